using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Execution.RegistryAccess;

using Docker.DotNet;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// Runs a step in a container of the image that it names: no capabilities, no network unless it asks, the workspace mounted, the same
/// script and the same limits as in the namespace sandbox. The image is used as it is here, and pulled only when it is missing. Each
/// container is used once; for trusted authors, the next one is started before it is needed (<see cref="ReadyContainers"/>).
/// </summary>
internal sealed class DockerExecutor : IStepExecutor, IAsyncDisposable
{
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SweepLimit = TimeSpan.FromSeconds(30);

    private const string Workspace = Bubblewrap.BubblewrapArguments.Workspace;

    private readonly ContainerPlace _place;
    private readonly Lazy<DockerClient> _engine;
    private readonly ReadyContainers _ready;
    private readonly Background _removing = new();

    /// <summary>Asks nothing of the engine yet.</summary>
    public DockerExecutor(InstanceLayout layout, ExecutionSettings settings, StepUser? user, TimeProvider time)
    {
        _place = new ContainerPlace(layout, settings, user, time);
        // No version of the API is named: the engine answers in its own. One that is named is refused by older engines or by newer ones.
        _engine = new Lazy<DockerClient>(() => new DockerClientBuilder().WithEndpoint(new Uri("unix://" + settings.DockerSocket))
            .WithTimeout(Timeout.InfiniteTimeSpan).Build());
        _ready = new ReadyContainers(() => _engine.Value, _place);
    }

    /// <inheritdoc/>
    public string Sandbox => "docker: no capabilities; limits: the engine's control groups and a watcher";

    /// <inheritdoc/>
    public bool IsIsolated => true;

    private ExecutionSettings Settings => _place.Settings;

    private TimeProvider Time => _place.Time;

    /// <summary>Why no container can run here; null when the engine takes connections.</summary>
    public string? Refusal()
    {
        if (!File.Exists(Settings.DockerSocket))
            return $"Docker is not running here (no {Settings.DockerSocket}; Auxo__DockerSocket names another)";
        try
        {
            using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            connection.Connect(new UnixDomainSocketEndPoint(Settings.DockerSocket));
            return null;
        }
        catch (SocketException e)
        {
            return $"Docker does not answer at {Settings.DockerSocket}: {e.Message}";
        }
    }

    /// <summary>Removes what an earlier process of this instance left. Call it before the first step.</summary>
    /// <returns>How many containers there were; null when the engine is there and does not say.</returns>
    public async Task<int?> SweepAsync(CancellationToken ct)
    {
        if (Refusal() is not null) return 0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(SweepLimit);
        try
        {
            return await LeftoverContainers.RemoveAsync(_engine.Value, _place.Layout.Home, limit.Token);
        }
        catch (Exception e) when (IsEngineTrouble(e) || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Has a container wait for a step of a build that runs. It ends when the container is being made; it never fails.</summary>
    public async Task PrepareAsync(string image, bool hasNetwork, string workspace, CancellationToken ct)
    {
        if (Settings.ReadyContainers == 0 || Refusal() is not null) return;
        try
        {
            var id = (await _engine.Value.Images.InspectImageAsync(image, ct)).ID;
            _ready.Keep(new ContainerKind(id, hasNetwork, []), workspace);
        }
        catch (Exception e) when (IsEngineTrouble(e) || e is OperationCanceledException)
        {
            // It is not there yet: the step pulls it, or says why it cannot.
        }
    }

    /// <summary>A build is over: what waits for its steps goes. When this ends, none of it has the workspace any more.</summary>
    public Task LeaveAsync(string workspace) => _ready.LeaveAsync(workspace);

    /// <inheritdoc/>
    public async Task<StepExit> RunAsync(StepRun run, CancellationToken ct)
    {
        var began = Time.GetTimestamp();
        if (StepScript.Refuse(EnvironmentOf(run, registry: null)) is { } refusal)
            return new StepExit(Outcome.Failed, null, refusal, TimeSpan.Zero);
        try
        {
            // An engine that takes connections and says nothing must not hold a build forever; a pull may take its time.
            using var setUp = CancellationTokenSource.CreateLinkedTokenSource(ct);
            setUp.CancelAfter(BeforeStart);
            var container = await ContainerAsync(run, setUp.Token);
            try
            {
                var script = Script(run, await ConnectAsync(run, container));
                return await WithServicesAsync(container, run, script, began, setUp.Token, ct);
            }
            finally
            {
                // Nothing of it runs any more: the step's end need not wait for the engine's tidying up.
                _removing.Add(container.DisposeAsync());
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new StepExit(Outcome.Cancelled, null, "stopped", Time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            return Errored($"Docker did not get {run.Step.Image} running within {BeforeStart.TotalMinutes:0} minutes", began);
        }
        catch (DockerApiException e)
        {
            return Errored($"Docker could not run {run.Step.Image}: {Words(e)}", began);
        }
        catch (Exception e) when (IsEngineTrouble(e))
        {
            return Errored($"Docker could not run {run.Step.Image}: {e.Message}", began);
        }
    }

    /// <summary>Removes all containers of this process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ready.DisposeAsync();
        await _removing.DisposeAsync();
        if (_engine.IsValueCreated) _engine.Value.Dispose();
    }

    /// <summary>True for what the engine, or the way to it, is to blame for.</summary>
    internal static bool IsEngineTrouble(Exception e)
        => e is DockerApiException or DockerRefusedException or HttpRequestException or IOException or SocketException or JsonException;

    private static Dictionary<string, string> EnvironmentOf(StepRun run, string? registry)
    {
        var environment = StepEnvironment.Of(run, "/tmp", Workspace, registry);
        // The image knows best where its programs are.
        if (!run.Step.Environment.ContainsKey("PATH")) environment.Remove("PATH");
        environment.Remove("SHELL");
        return environment;
    }

    private static string Script(StepRun run, string? registry)
        => StepScript.Write(
            run.Step.Commands, EnvironmentOf(run, registry), StepEnvironment.Folder(Workspace, run.Step), ["ulimit -c 0"],
            setUp: StepSetUp.Of(run, Workspace, registry));

    /// <summary>Opens the way to the registry for a step that is given one.</summary>
    /// <returns>The registry's address in the container; null for none.</returns>
    private static async Task<string?> ConnectAsync(StepRun run, StepContainer container)
    {
        if (run.Registry is not { } registry) return null;
        if (await container.OpenAsync(registry.Socket) is not { } whyNot) return NamespaceListener.Address;
        run.Log.WriteLine($"--- Auxo: the step cannot reach the registry: {whyNot}");
        return null;
    }

    private async Task<StepExit> WithServicesAsync(
        StepContainer container, StepRun run, string script, long began, CancellationToken setUp, CancellationToken ct)
    {
        if (ContainerServices.Of(run.Step).Count == 0) return await RunAsync(container, run, script, began, setUp, ct);
        var (services, whyNot) = await ContainerServices.StartAsync(_engine.Value, _place, container, run, setUp);
        await using (services)
        {
            var exit = whyNot is null
                ? await RunAsync(container, run, script, began, setUp, ct)
                : new StepExit(Outcome.Failed, null, whyNot, Time.GetElapsedTime(began));
            if (exit.Outcome != Outcome.Passed) await services.PrintAsync(run.Log.WriteLine);
            return exit;
        }
    }

    /// <inheritdoc/>
    public IAsyncDisposable? MakeReady(string workspace) => null;

    private async Task<StepContainer> ContainerAsync(StepRun run, CancellationToken ct)
    {
        var image = await DockerImages.EnsureAsync(_engine.Value.Images, run.Step.Image!, run.Log.WriteLine, ct);
        var kind = new ContainerKind(
            image, run.HasNetwork, [.. ContainerServices.Of(run.Step).Select(static service => service.Name)]);
        var ready = run.IsTrusted ? await _ready.TakeAsync(kind, run.Workspace.Path, ct) : null;
        return ready ?? await StepContainer.StartAsync(_engine.Value, _place, kind, run.Workspace.Path, ct);
    }

    private async Task<StepExit> RunAsync(
        StepContainer container, StepRun run, string script, long began, CancellationToken setUp, CancellationToken ct)
    {
        var status = new StepStatus();
        var printing = await container.BeginAsync(script, bytes => run.Log.WriteAsync(bytes).AsTask(), status, setUp);
        var stop = await StopAsync(container, run, printing, ct);
        var end = await printing;
        var isGone = end is not null && await container.GoneAsync();
        if (stop is null && isGone && end is { Code: 0 })
            return new StepExit(Outcome.Passed, 0, null, Time.GetElapsedTime(began)) { Usage = end.Usage };
        // What went wrong is worth the engine's word: it knows of limits.
        var ending = container.EndedAsync(status);
        // The line of the end is the word of the image's shell, and nobody watches any more: what runs on after it is ended.
        if (end is not null && await Task.WhenAny(ending, Task.Delay(Settings.Grace, Time, CancellationToken.None)) != ending)
            await container.KillAsync();
        var (code, outOfMemory) = await ending;
        return Result(run, stop, end?.Code ?? code, outOfMemory, status, began) with { Usage = end?.Usage };
    }

    /// <summary>Waits for the end, and makes one when the step is stopped, late, or takes too much.</summary>
    /// <returns>Why it was ended; null when it ended by itself.</returns>
    private async Task<(Outcome Outcome, string Reason)?> StopAsync(
        StepContainer container, StepRun run, Task ended, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var late = Task.Delay(run.Step.Timeout, Time, over.Token);
        var watch = new StepWatch(Settings, Time, run.Workspace.Path, cgroup: null, root: null).UntilExceededAsync(over.Token);
        await Task.WhenAny(ended, late, watch);
        (Outcome Outcome, string Reason)? stop = ended.IsCompleted ? null
            : ct.IsCancellationRequested ? (Outcome.Cancelled, "stopped")
            : watch.IsCompletedSuccessfully ? (Outcome.Failed, $"stopped: {await watch}")
            : (Outcome.TimedOut, string.Create(
                CultureInfo.InvariantCulture, $"stopped after its {run.Step.Timeout.TotalSeconds:0.#} seconds"));
        if (stop is not null) await EndAsync(container, ended, graceful: stop.Value.Outcome != Outcome.Failed);
        await over.CancelAsync();
        await Task.WhenAny(watch);
        return stop;
    }

    /// <summary>SIGTERM to every process, and SIGKILL to what is there when the grace is over. What runs away is not asked.</summary>
    private async Task EndAsync(StepContainer container, Task ended, bool graceful)
    {
        if (graceful)
        {
            await container.AskToEndAsync();
            if (await Task.WhenAny(ended, Task.Delay(Settings.Grace, Time)) == ended) return;
        }

        await container.KillAsync();
    }

    private StepExit Result(
        StepRun run, (Outcome Outcome, string Reason)? stop, int code, bool memory, StepStatus status, long began)
    {
        var took = Time.GetElapsedTime(began);
        var at = StepProcess.CommandAt(run, status.Command);
        if (stop is var (outcome, reason)) return new StepExit(outcome, null, at is null ? reason : $"{reason}, in {at}", took);
        if (code == 0) return new StepExit(Outcome.Passed, 0, null, took);
        if (at is null && StepProcess.WhyNotBegun(run, status) is { } words) return new StepExit(Outcome.Failed, code, words, took);
        if (at is null) return Errored($"the container of {run.Step.Image} ended with {code} before the first command", began);
        var why = memory ? $": it needed more than {Settings.MemoryBytes >> 20} MiB of memory" : "";
        return new StepExit(Outcome.Failed, code, $"{at} ended with exit code {code}{why}", took);
    }

    private StepExit Errored(string reason, long began) => new(Outcome.Errored, null, reason, Time.GetElapsedTime(began));

    /// <summary>The engine answers errors with an object whose <c>message</c> is meant for people.</summary>
    private static string Words(DockerApiException e)
    {
        try
        {
            using var body = JsonDocument.Parse(e.ResponseBody ?? "");
            if (body.RootElement.TryGetProperty("message", out var message)) return $"{message.GetString()} (HTTP {(int)e.StatusCode})";
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Something else than an engine answered; its own words are the best there is.
        }

        return e.Message;
    }
}
