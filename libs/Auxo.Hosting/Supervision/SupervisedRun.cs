using System.Runtime.InteropServices;

using Aspire.Hosting;

using Auxo.Hosting.Model;
using Auxo.Instances;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Auxo.Hosting.Supervision;

/// <summary>One run of the supervisor on an instance's folder, from the lock to the ordered stop.</summary>
internal static class SupervisedRun
{
    private const int UsualPort = 15000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(100);

    /// <summary>One that others wait for to complete may have much to do.</summary>
    private static readonly TimeSpan StartLimitWithWork = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Runs until a signal comes. Without <paramref name="output"/> it is in the background: silent. A start that fails ends it.
    /// </summary>
    /// <exception cref="HostingException">It cannot be started; the message says why.</exception>
    public static async Task<int> RunAsync(
        IDistributedApplicationBuilder builder, InstanceLayout layout, IReadOnlyDictionary<string, string> settings, bool dashboard,
        ForegroundOutput? output)
    {
        var port = builder.Configuration.Port("apphost", UsualPort);
        using var folder = InstanceFolder.Open(layout);
        if (dashboard) StandaloneDashboard.Add(builder, layout);
        if (builder.TakenPorts(port) is { } taken) throw new HostingException(taken);

        // A probe that fails while a service starts is no news; the state says the rest.
        builder.Services.AddLogging(static logging => logging.ClearProviders());
        await using var app = builder.Build();
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop, hangUpToo: output is not null);
        await using var supervisor = new Supervisor(app, folder, TimeProvider.System);
        if (output is not null) foreach (var runner in supervisor.Runners) output.Follow(runner, stop.Token);
        var url = $"http://127.0.0.1:{port}";
        await using var api = await ResourcesApi.StartAsync(supervisor, url, PrivateFiles.Secret(layout.AdminToken));
        var urls = supervisor.Runners.Where(static r => r.Snapshot.Urls.Count > 0)
            .ToDictionary(static r => r.Resource.Name, static r => r.Snapshot.Urls[0], StringComparer.Ordinal);
        urls["apphost"] = url;
        InstanceFile.Write(folder, settings, urls);

        try
        {
            await supervisor.StartAsync(stop.Token);
            var limit = supervisor.Runners.Any(static r => r.EndsWith is not null) ? StartLimitWithWork : StartLimit;
            var failure = await supervisor.WaitUntilWellAsync(attempts: 3, limit, stop.Token);
            if (failure is not null) throw new HostingException($"Auxo could not start; the logs are in {layout.Logs}.\n{failure}");
            output?.Ready([.. supervisor.Runners.Select(static r => r.Snapshot)], url);
            if (dashboard) output?.Say($"the dashboard: {StandaloneDashboard.LoginUrl(layout, builder.Configuration)}");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output?.Say("stopping");
        }

        await supervisor.StopAsync();
        output?.Say("stopped");
        return 0;
    }

    /// <summary>Ctrl-C and SIGTERM stop in order. In the background the closing of the terminal does not.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly List<PosixSignalRegistration> _registrations;

        public StopSignals(CancellationTokenSource stop, bool hangUpToo)
        {
            void Handle(PosixSignalContext context)
            {
                context.Cancel = true;
                if (context.Signal != PosixSignal.SIGHUP || hangUpToo) stop.Cancel();
            }

            _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(
                s => PosixSignalRegistration.Create(s, Handle))];
        }

        public void Dispose() => _registrations.ForEach(static r => r.Dispose());
    }
}
