using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Docker;
using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Execution;

/// <summary>Says who may run a step on this machine. What the machine offers is found out once, at the first question.</summary>
public sealed class StepExecutors
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

    /// <summary>Why steps without an image cannot run here; null when they can.</summary>
    public string? Refusal => _commands.Value.Refusal;

    /// <summary>True when steps run without any sandbox, as the operator wished.</summary>
    public bool IsHost => _commands.Value.Executor is HostExecutor;

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
