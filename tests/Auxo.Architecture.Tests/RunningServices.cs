using System.Reflection;

using Alba;

using Auxo.Architecture.Tests.Description;

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.Architecture.Tests;

/// <summary>
/// The services as they are really put together, started with everything but their background work: what they register, handle
/// and map can be looked at without a database.
/// </summary>
internal static class RunningServices
{
    private static readonly Lazy<IReadOnlyDictionary<string, ServiceHost>> Hosts = new(Start);

    /// <summary>By short name, such as <c>pipeline</c>.</summary>
    public static IReadOnlyDictionary<string, ServiceHost> All => Hosts.Value;

    private static Dictionary<string, ServiceHost> Start()
    {
        // What every service is given by the AppHost; nothing answers there.
        Environment.SetEnvironmentVariable("ConnectionStrings__auxo", "Host=127.0.0.1;Port=1;Database=auxo;Username=nobody");
        var home = Directory.CreateTempSubdirectory("auxo-architecture-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => home.Delete(recursive: true);
        Environment.SetEnvironmentVariable("AUXO_HOME", home.FullName);
        return Solution.Projects.Values.Where(static p => p.IsService).OrderBy(static p => p.Name, StringComparer.Ordinal)
            .ToDictionary(static p => p.Name["Auxo.".Length..].ToLowerInvariant(), static p => Start(p.Name), StringComparer.Ordinal);
    }

    /// <summary>Another one of a service, on this database.</summary>
    /// <param name="assembly">Such as <c>Auxo.Pipeline</c>.</param>
    /// <param name="database">A connection string; null for one where nothing answers.</param>
    public static ServiceHost Start(string assembly, string? database = null)
    {
        // Alba finds the program by any type of its assembly; five programs have five types called Program, so
        // it is closed here.
        var program = Assembly.Load(assembly).EntryPoint!.DeclaringType!;
        var start = typeof(RunningServices)
            .GetMethod(nameof(StartOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(program);
        return (ServiceHost)start.Invoke(obj: null, [assembly, database])!;
    }

    private static ServiceHost StartOf<TProgram>(string assembly, string? database)
        where TProgram : class
    {
        IServiceCollection? registered = null;
        // Nothing in it starts, so that there is nothing to wait for.
        var host = AlbaHost.For<TProgram>(builder =>
        {
            if (database is not null)
                builder.UseSetting("ConnectionStrings:auxo", database).UseSetting("Logging:LogLevel:Default", "None");
            builder.UseEnvironment("Production").ConfigureTestServices(services =>
            {
                registered = services;
                DescribeService.AddTo(services);
                foreach (var background in services.Where(static s
                    => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Name != "GenericWebHostService").ToList())
                    services.Remove(background);
            });
        }).GetAwaiter().GetResult();
        return new ServiceHost(Assembly.Load(assembly), host.Services, registered!,
            host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList(), host.Server.CreateClient);
    }
}

/// <summary>One service, put together.</summary>
internal sealed record ServiceHost(
    Assembly Assembly, IServiceProvider Services, IServiceCollection Registered, IReadOnlyList<RouteEndpoint> Endpoints,
    Func<HttpClient> Connect);
