using System.Collections;
using System.Net;
using System.Runtime.InteropServices;

using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;
using Auxo.Hosting.Orchestration;

namespace Auxo.Hosting;

/// <summary>An application of several programs on one machine: described by a model, run by this process.</summary>
public sealed class DistributedApplication
{
    private const int UsualPort = 15000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(100);

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string[] _args;

    internal DistributedApplication(DistributedApplicationModel model, IReadOnlyDictionary<string, string> environment, string[] args)
        => (Model, _environment, _args) = (model, environment, args);

    /// <summary>The resources; inert.</summary>
    public DistributedApplicationModel Model { get; }

    /// <summary>Begins to describe an application.</summary>
    /// <param name="args">The command line: nothing (run in the foreground), <c>--detach</c>, <c>down</c> or <c>status</c>.</param>
    /// <param name="environment">What configures it; null: this process' environment.</param>
    public static DistributedApplicationBuilder CreateBuilder(string[] args, IReadOnlyDictionary<string, string>? environment = null)
        => new(args, environment ?? System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal));

    /// <summary>Does what the command line says. Errors are one line each on standard error.</summary>
    /// <returns>The exit code: 0, or 1 when it could not start, 2 for a word it does not know.</returns>
    public async Task<int> RunAsync()
    {
        try
        {
            var home = InstanceFolder.Locate(_environment);
            return _args switch
            {
                [] => await ServeAsync(home, new ForegroundOutput(
                    Console.Out, !Console.IsOutputRedirected && !_environment.ContainsKey("NO_COLOR"))),
                ["--serve"] => await ServeAsync(home, output: null),
                ["--detach"] => await Detached.UpAsync(home, StartLimit + TimeSpan.FromSeconds(20)),
                ["down"] => await Detached.DownAsync(home),
                ["status"] => await Detached.StatusAsync(home),
                _ => Fail($"'{string.Join(' ', _args)}' is not understood; known are --detach, down and status.", 2),
            };
        }
        catch (HostingException e)
        {
            return Fail(e.Message, 1);
        }
    }

    /// <summary>
    /// Runs until a signal comes. Without <paramref name="output"/> it is in the background: silent, and a start that fails
    /// ends it.
    /// </summary>
    private async Task<int> ServeAsync(string home, ForegroundOutput? output)
    {
        var bind = _environment.GetValueOrDefault("Auxo__Bind") is { Length: > 0 } b ? b : "127.0.0.1";
        if (!IPAddress.TryParse(bind, out var address)) throw new HostingException($"Auxo__Bind={bind} is no IP address.");
        var port = new DistributedApplicationBuilder([], _environment).Port("apphost", UsualPort);
        using var folder = InstanceFolder.Open(home);
        string?[] taken = [Ports.Taken(IPAddress.Loopback, port, "apphost"), .. Model.Projects.Where(static p => p.Port is not null)
            .Select(p => Ports.Taken(address, p.Port!.Value, p.Name))];
        if (taken.Any(static t => t is not null)) throw new HostingException(string.Join('\n', taken.Where(static t => t is not null)));

        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop, hangUpToo: output is not null);
        await using var orchestrator = new Orchestrator(Model, _environment, bind, AppContext.BaseDirectory, folder, TimeProvider.System);
        if (output is not null) foreach (var runner in orchestrator.Runners) output.Follow(runner, stop.Token);
        var token = InstanceFolder.Secret(home, "admin.token");
        await using var api = await ResourcesApi.StartAsync(orchestrator, $"http://127.0.0.1:{port}", token);
        var endpoints = Model.Projects.Where(static p => p.Port is not null)
            .ToDictionary(static p => p.Name, p => p.Url(bind)!, StringComparer.Ordinal);
        endpoints["apphost"] = $"http://127.0.0.1:{port}";
        new InstanceFile(typeof(DistributedApplication).Assembly.GetName().Version?.ToString(3)
            ?? "", System.Environment.ProcessId, TimeProvider.System.GetUtcNow(),
            Path.Combine(folder.Run, "admin.token"), endpoints).Write(home);

        try
        {
            await orchestrator.StartAsync();
            var failure = await orchestrator.WaitUntilRunningAsync(attempts: 3, StartLimit, stop.Token);
            if (failure is not null) throw new HostingException($"Auxo could not start; the logs are in {folder.Logs}.\n{failure}");
            output?.Ready([.. orchestrator.Runners.Select(static r => r.Snapshot)], endpoints["apphost"]);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output?.Say("stopping");
        }

        await orchestrator.StopAsync();
        output?.Say("stopped");
        return 0;
    }

    private static int Fail(string message, int code)
    {
        foreach (var line in message.Split('\n')) Console.Error.WriteLine($"auxo: {line}");
        return code;
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
