using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Execution;

/// <summary>
/// Runs the commands of one step somewhere: in a namespace sandbox, in a container, or (only when the operator says so) on the
/// host.
/// </summary>
public interface IStepExecutor
{
    /// <summary>
    /// What holds the step in, for people and for the build's record; for instance <c>bubblewrap 0.8.0, seccomp; limits: cgroup
    /// v1</c>.
    /// </summary>
    string Sandbox { get; }

    /// <summary>False when nothing stands between a step and this machine; whoever shows a build or a step says so.</summary>
    bool IsIsolated { get; }

    /// <summary>
    /// Runs the step to its end. Nothing of it is left running afterwards, whatever the outcome. Its output is in the log,
    /// which stays open for the caller.
    /// </summary>
    /// <param name="run">What to run.</param>
    /// <param name="ct">Stops the step: SIGTERM to all its processes, after a grace SIGKILL. The result is then
    /// <see cref="Outcome.Cancelled"/>, not an exception.</param>
    Task<StepExit> RunAsync(StepRun run, CancellationToken ct);

    /// <summary>
    /// Makes ready what one step can begin with in a workspace, which may be moved once that stands; the workspace keeps it
    /// (<see cref="Workspace.TakeReady"/>). Disposing it takes it apart. Returns at once.
    /// </summary>
    /// <param name="workspace">The top folder.</param>
    /// <returns>Null when there is nothing of that kind.</returns>
    IAsyncDisposable? MakeReady(string workspace);
}

/// <summary>One run of one step.</summary>
/// <param name="BuildId">The build it belongs to.</param>
/// <param name="Step">The commands, their environment and their time limit.</param>
/// <param name="Workspace">The files; writable for the step.</param>
/// <param name="Log">Gets everything the step prints.</param>
/// <param name="Environment">Variables that Auxo gives (<c>AUXO_*</c>); they win over the step's own.</param>
public sealed record StepRun(
    Guid BuildId, CommandStep Step, Workspace Workspace, StepLog Log, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>It reaches the network of this machine: the step asks for it, and the operator and the author's trust allow it.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Its author is trusted: it may have a container that was started before, and one may wait for the next build.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>What it has of the registry; null for nothing, and then it has no way there either.</summary>
    public StepRegistry? Registry { get; init; }

    /// <summary>The files that are unpacked before its commands, and packed after them.</summary>
    public IReadOnlyList<StepCacheFile> Caches { get; init; } = [];
}

/// <summary>A tar file at the top of a step's workspace.</summary>
/// <param name="File">Its name.</param>
/// <param name="Paths">What of the step goes into it.</param>
/// <param name="InHome">The paths are below the step's home, not below its workspace.</param>
public sealed record StepCacheFile(string File, IReadOnlyList<string> Paths, bool InHome)
{
    /// <summary>It is there, and unpacked before the first command.</summary>
    public bool Restores { get; init; }

    /// <summary>It is packed when all commands have passed.</summary>
    public bool Keeps { get; init; }
}

/// <summary>How a step ended.</summary>
/// <param name="Outcome">Passed, failed (the author has something to fix), errored (the operator has), cancelled or timed out.</param>
/// <param name="ExitCode">Of the command that ended the step; null when it was stopped or never began.</param>
/// <param name="Reason">One line for people, such as <c>command 2 of 3 (make test) ended with exit code 1</c>; null when it passed.</param>
/// <param name="Duration">Wall time, sandbox included.</param>
public sealed record StepExit(Outcome Outcome, int? ExitCode, string? Reason, TimeSpan Duration)
{
    /// <summary>What it took of the machine; null when nobody counted.</summary>
    public StepUsage? Usage { get; init; }
}
