using System.Collections.Concurrent;
using System.Text.Json.Serialization;

using Auxo.Contracts;
using Auxo.ServiceDefaults.Messages;
using Auxo.ServiceDefaults.Storage;

using JasperFx.CodeGeneration;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Wolverine;
using Wolverine.ErrorHandling;

namespace Auxo.ServiceDefaults.Tests.Messages;

/// <summary>What the handler below has seen, per host.</summary>
public sealed class Seen
{
    public ConcurrentQueue<BuildStarted> Messages { get; } = new();

    /// <summary>While it is set, handling fails.</summary>
    public bool Ill { get; set; }
}

/// <summary>What a handler throws that is to become a dead letter at once.</summary>
public sealed class IllException() : Exception("ill");

/// <summary>The handler of the tests.</summary>
public static class BuildStartedHandler
{
    public static void Handle(BuildStarted message, Seen seen)
    {
        if (seen.Ill) throw new IllException();
        seen.Messages.Enqueue(message);
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class NothingJson : JsonSerializerContext;

/// <summary>A service of Auxo's, configured as all are, with one handler; its code is compiled when it starts.</summary>
internal sealed class MessageHost : IAsyncDisposable
{
    private readonly IHost _host;

    private MessageHost(IHost host) => _host = host;

    public Seen Seen => _host.Services.GetRequiredService<Seen>();

    public IServiceProvider Services => _host.Services;

    public static ServiceModel Model(string name) => new(name, NothingJson.Default, static _ => { }, static options =>
    {
        options.UseRuntimeCompilation();
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Dynamic;
        options.Policies.OnException<IllException>().MoveToErrorQueue();
    }, typeof(MessageHost).Assembly);

    public static async Task<MessageHost> StartAsync(string name, string connectionString, string? home = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
            [KeyValuePair.Create<string, string?>("ConnectionStrings:auxo", connectionString), KeyValuePair.Create("AUXO_HOME", home)]);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(new ServiceIdentity(name));
        builder.Services.AddSingleton<Seen>();
        builder.AddStore(Model(name));
        builder.AddMessages(Model(name));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new MessageHost(host);
    }

    /// <summary>A message of a build, recognised by its time.</summary>
    public static BuildStarted Started(Guid build, int number) => new(
        new BuildSubject(build, Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), "heartwood", BuildTrigger.Branch, null, null, "main",
            CommitId.Parse(new string('b', 40)), "title", null), DateTimeOffset.UnixEpoch.AddSeconds(number));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
