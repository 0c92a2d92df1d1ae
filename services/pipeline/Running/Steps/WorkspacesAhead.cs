using System.Collections.Concurrent;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running.Steps;

/// <summary>
/// Makes what the first command of a build waits for before it is waited for: an empty workspace with a sandbox in it at all times, and
/// the files of a commit while its build is being queued. All of it is only ever a saving: what is not there is made when it is needed.
/// </summary>
public sealed class WorkspacesAhead(
    WorkspaceStore workspaces, StepExecutors executors, RepositoryFolders folders, RunnerSettings settings, TimeProvider time,
    ILogger<WorkspacesAhead> logger) : BackgroundLoop(time, logger)
{
    /// <summary>The first command of the build that took the last empty workspace has the processors to itself meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a planned build may leave its files lying: it was not queued, or another runner has it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Guid, Task<Workspace?>> _planned = new();
    private readonly Signal _taken = new();

    /// <summary>
    /// A build was planned and is being queued: its files are written meanwhile. Returns at once. Nothing is done for one that will wait,
    /// or while as many are being written as can run at once.
    /// </summary>
    public void Begin(Guid buildId, RepositoryLocator source, CommitId commit, Plan plan, Trust trust)
    {
        if (plan.NeedsApproval || plan.Concurrency is not null || plan.Runner is not null || plan.Problems.Count > 0
            || !plan.Steps.Any(static step => step.LeftOut is null) || _planned.Count >= settings.Capacity) return;
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_planned.TryAdd(buildId, MakeAsync())) return;
        begin.SetResult();
        _ = ForgetAsync(buildId);

        async Task<Workspace?> MakeAsync()
        {
            await begin.Task;
            try
            {
                return await PrepareAsync(buildId, source, commit, plan, trust, CancellationToken.None);
            }
            catch (Exception e) when (e is WorkspaceException or IOException or UnauthorizedAccessException)
            {
                // Whoever needs it tries again, and says on the build what is wrong.
                return null;
            }
        }
    }

    /// <summary>The workspace of a build, with a sandbox for its first step.</summary>
    /// <inheritdoc cref="WorkspaceStore.PrepareAsync"/>
    public async Task<Workspace> TakeAsync(Build build, CancellationToken ct)
        => _planned.TryRemove(build.BuildId, out var making) && await making is { } made
            ? made
            : await PrepareAsync(build.BuildId, build.Source, build.Subject.Commit, build.Plan, build.Trust, ct);

    /// <summary>A step has begun in a workspace: what the next one of its build can begin with is made.</summary>
    public void Follow(Workspace workspace, IEnumerable<CommandStep> left)
    {
        if (NeedsSandbox(left)) workspace.MakeReady(executors.MakeReady);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var buildId in _planned.Keys) await RemoveAsync(buildId);
        await workspaces.RemoveEmptyAsync();
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        workspaces.MakeEmpty(executors.MakeReady);
        await _taken.WaitAsync(ct);
        await Task.Delay(Pause, Time, ct);
    }

    private static bool NeedsSandbox(IEnumerable<CommandStep> steps)
        => steps.Any(static step => step is { LeftOut: null, Image: null, Network: false });

    private async Task<Workspace> PrepareAsync(
        Guid buildId, RepositoryLocator source, CommitId commit, Plan plan, Trust trust, CancellationToken ct)
    {
        var first = plan.Steps.FirstOrDefault(static step => step.LeftOut is null);
        var reserved = await executors.ReserveAsync(first, trust, ct);
        try
        {
            var workspace = await workspaces.PrepareAsync(
                folders.FolderOf(source), commit, buildId, ct, NeedsSandbox(plan.Steps) ? executors.MakeReady : null, reserved?.Tree);
            if (reserved is not null && workspace.TookTree) executors.Bind(reserved, workspace.Path);
            else if (reserved is not null) executors.Remove(reserved);
            _taken.Set();
            return workspace;
        }
        catch
        {
            if (reserved is not null) executors.Remove(reserved);
            throw;
        }
    }

    private async Task ForgetAsync(Guid buildId)
    {
        await Task.Delay(Patience, Time);
        await RemoveAsync(buildId);
    }

    private async Task RemoveAsync(Guid buildId)
    {
        if (!_planned.TryRemove(buildId, out var making) || await making is not { } unused) return;
        executors.Leave(unused.Path);
        await unused.DisposeAsync();
    }
}
