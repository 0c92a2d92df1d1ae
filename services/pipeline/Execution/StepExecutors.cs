using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Docker;
using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Execution;

/// <summary>Says who may run a step on this machine. What the machine offers is found out once, at the first question.</summary>
public sealed class StepExecutors : IAsyncDisposable
{
    private readonly ExecutionSettings _settings;
    private readonly Lazy<ExecutorChoice> _commands;
    private readonly DockerExecutor _docker;

    /// <summary>Wires the executors; nothing is probed yet.</summary>
    /// <param name="layout">For small files that starting a step needs.</param>
    /// <param name="settings">Limits, and whether the host may be used.</param>
    /// <param name="user">The account of steps when this process is root.</param>
    /// <param name="launcher">Starts processes.</param>
    /// <param name="time">For time limits.</param>
    public StepExecutors(InstanceLayout layout, ExecutionSettings settings, StepUser? user, StepLauncher launcher, TimeProvider time)
    {
        _settings = settings;
        _docker = new DockerExecutor(layout, settings, user, time);
        _commands = new Lazy<ExecutorChoice>(() =>
        {
            if (settings.Sandbox == "host") return Host(layout, settings, user, launcher, time);
            if (settings.Sandbox != "auto") return Refused($"Auxo:Sandbox is '{settings.Sandbox}'; it must be 'auto' or 'host'");
            var (executor, refusal) = BubblewrapExecutor.Detect(layout, settings, user, launcher, time);
            return executor is null
                ? Refused($"{refusal}. Other ways: a step with an image on a machine with Docker, or Auxo__Sandbox=host for your own code")
                : new ExecutorChoice(executor, null);
        });
    }

    /// <summary>The executor for a step, or why it cannot run here and what to do.</summary>
    public ExecutorChoice For(CommandStep step)
    {
        if (step.Image is null) return _commands.Value;
        return _docker.Refusal() is { } refusal
            ? Refused($"the step wants the image {step.Image}, but {refusal}")
            : new ExecutorChoice(_docker, null);
    }

    /// <summary>Makes ready what a step without an image can begin with in a workspace; null when there is nothing of that kind.</summary>
    /// <param name="workspace">The top folder.</param>
    public IAsyncDisposable? MakeReady(string workspace) => _commands.Value.Executor?.MakeReady(workspace);

    /// <summary>The same for a workspace that is moved afterwards: returns when that may be done.</summary>
    /// <inheritdoc cref="MakeReady"/>
    public async Task<IAsyncDisposable?> MakeMovableAsync(string workspace)
    {
        var ready = MakeReady(workspace);
        if (ready is ReadySandbox sandbox) await sandbox.StandsAsync();
        return ready;
    }

    /// <summary>Removes the containers that a killed process of this instance left. Call it before the first step.</summary>
    /// <returns>How many there were; null when the engine is there and does not say.</returns>
    public Task<int?> SweepAsync(CancellationToken ct) => _docker.SweepAsync(ct);

    /// <summary>Has a container wait for a step that is likely to come next in a trusted author's build. It never fails.</summary>
    public Task PrepareAsync(CommandStep? next, Trust trust, string workspace, CancellationToken ct)
        => MayWait(next, trust) ? _docker.PrepareAsync(next!.Image!, HasNetwork(next, trust), workspace, ct) : Task.CompletedTask;

    /// <summary>A build is over: nothing waits for its steps any more.</summary>
    public Task LeaveAsync(string workspace) => _docker.LeaveAsync(workspace);

    /// <summary>True when a step of a build gets a network.</summary>
    public bool HasNetwork(CommandStep step, Trust trust) => step.Network && NetworkRefusal(trust) is null;

    /// <summary>Ends what is left of steps that have ended.</summary>
    public ValueTask DisposeAsync() => _docker.DisposeAsync();

    /// <summary>Why steps without an image cannot run here; null when they can.</summary>
    public string? Refusal => _commands.Value.Refusal;

    /// <summary>True when steps run without any sandbox, as the operator wished.</summary>
    public bool IsHost => _commands.Value.Executor is { IsIsolated: false };

    /// <summary>What of an ordinary machine steps do not find here; empty when they find all, or when there is no sandbox.</summary>
    public IReadOnlyList<MachineLook> NotFound()
        => _commands.Value.Executor is BubblewrapExecutor sandbox ? sandbox.LookAround() : [];

    /// <summary>Why steps with an image cannot run here; null when they can.</summary>
    public string? ImageRefusal => _docker.Refusal();

    /// <summary>Why a step of a build does not get the network that it asks for; null when it does.</summary>
    /// <param name="trust">The author's.</param>
    public string? NetworkRefusal(Trust trust)
        => !_settings.GrantsNetwork ? "the operator gives none (Auxo__Steps__Network=off)"
            : trust != Trust.Trusted ? "its author is not trusted"
            : null;

    /// <summary>What holds steps without an image here, for logs and status pages.</summary>
    public string Describe() => _commands.Value is { Executor: { } executor } ? executor.Sandbox : $"refused: {_commands.Value.Refusal}";

    /// <summary>What runs the steps of this instance, those without an image first.</summary>
    public IReadOnlyList<ExecutorState> All()
        => [new("commands", Describe(), IsIsolated: !IsHost, Refusal), new("images", _docker.Sandbox, _docker.IsIsolated, ImageRefusal)];

    /// <summary>The names of a container's services are fixed when it is made, so those of steps with services do not wait.</summary>
    private static bool MayWait(CommandStep? step, Trust trust)
        => trust == Trust.Trusted && step is { Image: not null } && step.Services.All(static service => service.Image is null);

    private static ExecutorChoice Host(
        InstanceLayout layout, ExecutionSettings settings, StepUser? user, StepLauncher launcher, TimeProvider time)
        => user is null
            ? new ExecutorChoice(new HostExecutor(layout, settings, launcher, time), null)
            : Refused("Auxo:Sandbox=host is not for root: every step would own this machine. Start Auxo as a user, or use bubblewrap");

    private static ExecutorChoice Refused(string reason) => new(null, reason);
}

/// <summary>Either an executor or a refusal.</summary>
/// <param name="Executor">Null when refused.</param>
/// <param name="Refusal">Why, and what to do, in one line; null when there is an executor.</param>
public sealed record ExecutorChoice(IStepExecutor? Executor, string? Refusal);

/// <summary>What runs steps of one kind here.</summary>
/// <param name="For"><c>commands</c> for steps without an image, <c>images</c> for those with one.</param>
/// <param name="Text">What holds them in.</param>
/// <param name="IsIsolated">False when nothing does: they run on the machine itself.</param>
/// <param name="Refusal">Why none can run here; null when they can.</param>
public sealed record ExecutorState(string For, string Text, bool IsIsolated, string? Refusal);
