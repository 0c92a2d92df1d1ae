using System.Net;

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Lifecycle;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Hosting.Development;

/// <summary>One run of Aspire as a whole, with its orchestrator and its dashboard, on an instance's folder.</summary>
internal static class DevelopmentRun
{
    private const int UsualPort = 15000;

    /// <summary>Runs until a signal comes, a resource cannot start, or the orchestrator dies.</summary>
    /// <returns>The exit code: 0, or 1 when something failed; what it was is in the output.</returns>
    public static async Task<int> RunAsync(
        string[] args, InstanceLayout layout, IReadOnlyDictionary<string, string> settings,
        Action<IDistributedApplicationBuilder> describe)
    {
        var port = new ConfigurationBuilder().AddEnvironmentVariables().Build().Port("apphost", UsualPort);
        // The dashboard's address is on loopback and has a login; there is no certificate to make and to trust.
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = [.. args, .. Settings(port).Where(static s => Environment.GetEnvironmentVariable(s.Name) is null)
                .Select(static s => $"--{s.Name}={s.Value}")],
            AllowUnsecuredTransport = true,
        });
        HostCommand.Describe(builder, layout, describe);
        if (builder.ExecutionContext.IsPublishMode) throw new HostingException("Auxo is not published; 'aspire run' runs it.");

        using var folder = InstanceFolder.Open(layout);
        if (builder.TakenPorts(port) is { } taken) throw new HostingException(taken);
        foreach (var database in builder.Resources.OfType<PrivatePostgresDatabaseResource>().ToList()) RunWithItsServer(builder, database);
        builder.Services.AddSingleton<DevelopmentWatch>();
        builder.Services.AddSingleton<IDistributedApplicationEventingSubscriber>(static s => s.GetRequiredService<DevelopmentWatch>());
        // Without the AppHost's own address: under Aspire the dashboard is there, which answers people only.
        var urls = builder.Resources.Where(static r => r.Urls().Any())
            .ToDictionary(static r => r.Name, static r => r.Urls().First(), StringComparer.Ordinal);
        InstanceFile.Write(folder, settings, urls, $"http://{IPAddress.Loopback}:{port}");
        await using var app = builder.Build();
        await app.RunAsync();
        return app.Services.GetRequiredService<DevelopmentWatch>().Failed ? 1 : 0;
    }

    private static IEnumerable<(string Name, string Value)> Settings(int port) =>
    [
        ("ASPNETCORE_URLS", $"http://{IPAddress.Loopback}:{port}"),
        ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true"),
        ("ASPIRE_VERSION_CHECK_DISABLED", "true"),
        // Else this process ends before what it has started.
        ("DcpPublisher:WaitForResourceCleanup", "true"),
    ];

    /// <summary>The orchestrator gives a resource without a process no state: it runs when its server does and it is prepared.</summary>
    private static void RunWithItsServer(IDistributedApplicationBuilder builder, PrivatePostgresDatabaseResource database)
        => builder.CreateResourceBuilder(database.Parent).OnResourceReady(async (_, ready, ct) =>
        {
            var notifications = ready.Services.GetRequiredService<ResourceNotificationService>();
            try
            {
                await builder.Eventing.PublishAsync(new ConnectionStringAvailableEvent(database, ready.Services), ct);
                await builder.Eventing.PublishAsync(new BeforeResourceStartedEvent(database, ready.Services), ct);
                await notifications.PublishUpdateAsync(database, static s => s with { State = KnownResourceStates.Running });
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                ready.Services.GetRequiredService<DevelopmentWatch>().Fail($"{database.Name} could not be prepared: {e.Message}");
            }
        });
}
