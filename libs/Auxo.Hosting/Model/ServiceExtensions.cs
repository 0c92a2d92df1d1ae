using System.Collections;
using System.Net;

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Instances;

using Microsoft.Extensions.Configuration;

namespace Auxo.Hosting.Model;

/// <summary>What all projects of an instance have in common, however the model is run.</summary>
public static class ServiceExtensions
{
    /// <summary>
    /// How much a service allocates before it collects: 2 MiB, in hexadecimal; the runtime takes it from the environment only.
    /// Without it that is a share of the processor's cache, on a server tens of megabytes, which every service would hold for
    /// nothing while it rests.
    /// </summary>
    private const string Gen0Size = "200000";

    /// <summary>
    /// Lets a service have variables of the AppHost's environment that no other resource may see: a name, or a beginning
    /// followed by <c>*</c>, such as <c>RAD_*</c>. They are taken out of this process' environment, which all others inherit.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithConfidentialEnvironment(
        this IResourceBuilder<ProjectResource> service, params string[] patterns)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var (name, value) = ((string)variable.Key, (string?)variable.Value ?? "");
            if (!patterns.Any(p => p.EndsWith('*') ? name.StartsWith(p[..^1], StringComparison.Ordinal) : name == p)) continue;
            service.WithEnvironment(name, value);
            Environment.SetEnvironmentVariable(name, null);
        }

        return service;
    }

    /// <summary>The instance's folder.</summary>
    internal static InstanceLayout Layout(this IDistributedApplicationBuilder builder)
        => builder.Configuration["AUXO_HOME"] is { Length: > 0 } home
            ? new InstanceLayout(home) : throw new InvalidOperationException("AUXO_HOME is not set.");

    /// <summary>The address that services listen on.</summary>
    internal static IPAddress Bind(this IConfiguration configuration)
        => configuration["Auxo:Bind"] is not { Length: > 0 } text ? IPAddress.Loopback
            : IPAddress.TryParse(text, out var address) ? address : throw new HostingException($"Auxo__Bind={text} is no IP address.");

    /// <summary>The port that the operator chose for a resource, else the usual one.</summary>
    internal static int Port(this IConfiguration configuration, string resource, int usual)
    {
        var setting = Ports.Setting(resource);
        if (configuration[setting] is not { Length: > 0 } text) return usual;
        return int.TryParse(text, out var port)
            && port is > 0 and < 65536 ? port : throw new HostingException($"{setting}={text} is no port: a number from 1 to 65535.");
    }

    /// <summary>Where programs of this machine reach an endpoint: one that listens on all addresses has no address of its own.</summary>
    internal static string ReachableHost(this EndpointAnnotation endpoint)
        => endpoint.TargetHost is "0.0.0.0" or "::" ? "127.0.0.1" : endpoint.TargetHost;

    /// <summary>The URLs of a resource's endpoints, for programs of this machine.</summary>
    internal static IEnumerable<string> Urls(this IResource resource)
        => resource.Annotations.OfType<EndpointAnnotation>().Select(static e => $"{e.UriScheme}://{e.ReachableHost()}:{e.Port}");

    /// <summary>One line for every port that is not free, else null.</summary>
    internal static string? TakenPorts(this IDistributedApplicationBuilder builder, int apphost)
    {
        var bind = builder.Configuration.Bind();
        string?[] taken = [Ports.Taken(IPAddress.Loopback, apphost, "apphost"), .. builder.Resources.SelectMany(r
            => r.Annotations.OfType<EndpointAnnotation>().Select(e => Ports.Taken(bind, e.Port!.Value, r.Name)))];
        return taken.Any(static t => t is not null) ? string.Join('\n', taken.Where(static t => t is not null)) : null;
    }

    /// <summary>Applies the operator's settings to every project of a model that is described.</summary>
    internal static void ApplySettings(this IDistributedApplicationBuilder builder)
    {
        var bind = builder.Configuration.Bind();
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
            {
                endpoint.Port = endpoint.TargetPort = endpoint.Port is { } usual
                    ? builder.Configuration.Port(project.Name, usual)
                    : throw new HostingException($"{project.Name} has an endpoint without a port.");
                (endpoint.IsProxied, endpoint.TargetHost) = (false, bind.ToString());
            }

            // An IDE that debugs the services starts them itself.
            if (Environment.GetEnvironmentVariable("DEBUG_SESSION_PORT") is not { Length: > 0 })
                project.Annotations.Add(Program(project));
            AddEnvironment(builder.CreateResourceBuilder(project), builder.Layout());
        }

        foreach (var database in builder.Resources.OfType<IResourceWithConnectionString>()
            .Where(static r => r.Annotations.OfType<LoginAnnotation>().Any()))
        {
            if (database is not IResourceWithParent) builder.AddDatabaseHealthCheck(database);
            builder.CreateResourceBuilder(database)
                .OnBeforeResourceStarted((r, _, ct) => DatabaseExtensions.PrepareAsync(r, builder.Layout(), ct));
        }
    }

    /// <summary>
    /// Aspire starts a project by <c>dotnet run</c>, which stays beside each service. Here each is its built program, in the layout
    /// of <c>UseArtifactsOutput</c>: <c>artifacts/bin/{project}/{configuration}/{project}</c>, beside our own.
    /// </summary>
    private static ExecutableAnnotation Program(ProjectResource project)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var name = Path.GetFileNameWithoutExtension(project.GetProjectMetadata().ProjectPath);
        var folder = Path.GetFullPath(Path.Combine(here, "..", "..", name, Path.GetFileName(here)));
        return new ExecutableAnnotation { Command = Path.Combine(folder, name), WorkingDirectory = folder };
    }

    private static void AddEnvironment(IResourceBuilder<ProjectResource> service, InstanceLayout layout)
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is { Length: > 0 } set ? set : "Production";
        service.WithEnvironment("AUXO_HOME", layout.Home)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)
            .WithEnvironment("DOTNET_ENVIRONMENT", environment)
            .WithEnvironment("DOTNET_GCgen0size", Environment.GetEnvironmentVariable("DOTNET_GCgen0size") ?? Gen0Size);
    }
}
