using System.Net;
using System.Reflection;

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.Configuration;

namespace Auxo.Hosting.Supervision;

/// <summary>
/// Aspire's dashboard as one more program beside the services: their traces, metrics and structured logs. What runs and what it
/// prints it does not know here; <c>auxo status</c> does.
/// </summary>
internal static class StandaloneDashboard
{
    private const string Name = "dashboard";
    private const int UsualPort = 15001;

    /// <summary>Where it is, with the token that opens it.</summary>
    public static string LoginUrl(InstanceLayout layout, IConfiguration configuration)
        => $"http://{IPAddress.Loopback}:{configuration.Port(Name, UsualPort)}/login?t={PrivateFiles.Secret(layout.TokenFile(Name))}";

    /// <summary>Adds it to a model that is described. The services send to it, with a key that no other local user has.</summary>
    /// <exception cref="HostingException">Its program is not on this machine.</exception>
    public static void Add(IDistributedApplicationBuilder builder, InstanceLayout layout)
    {
        var port = builder.Configuration.Port(Name, UsualPort);
        var key = PrivateFiles.Secret(layout.TelemetryKey);
        var program = Program();
        var (page, receiver) = ($"http://{IPAddress.Loopback}:{port}", $"http://{IPAddress.Loopback}:{port + 1}");
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = receiver;
        builder.Configuration["AppHost:OtlpApiKey"] = key;
        var dashboard = builder.AddExecutable(Name, program, Path.GetDirectoryName(program)!)
            .WithEndpoint("http", e => (e.UriScheme, e.Port, e.TargetPort, e.TargetHost, e.IsProxied)
                = ("http", port, port, $"{IPAddress.Loopback}", false))
            .WithHttpHealthCheck("/login")
            .WithEnvironment("ASPNETCORE_URLS", page)
            .WithEnvironment("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", receiver)
            .WithEnvironment("ASPIRE_DASHBOARD_TELEMETRY_OPTOUT", "true")
            .WithEnvironment("DASHBOARD__FRONTEND__AUTHMODE", "BrowserToken")
            .WithEnvironment("DASHBOARD__FRONTEND__BROWSERTOKEN", PrivateFiles.Secret(layout.TokenFile(Name)))
            .WithEnvironment("DASHBOARD__OTLP__AUTHMODE", "ApiKey")
            .WithEnvironment("DASHBOARD__OTLP__PRIMARYAPIKEY", key);
        // Stopped after the services: one whose receiver is gone waits for ten seconds at its end.
        foreach (var project in builder.Resources.OfType<ProjectResource>())
            project.Annotations.Add(new WaitAnnotation(dashboard.Resource, WaitType.WaitUntilStarted));
    }

    private static string Program()
        => Assembly.GetEntryAssembly()!.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(static m => m.Key.Equals("aspiredashboardpath", StringComparison.OrdinalIgnoreCase))?.Value is { } path
            && File.Exists(path)
            ? path
            : throw new HostingException("Aspire's dashboard is not on this machine any more; a new build of the AppHost fetches it.");
}
