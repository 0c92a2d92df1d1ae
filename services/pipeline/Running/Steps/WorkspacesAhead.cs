using System.Collections.Concurrent;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Running.Steps;

/// <summary>
/// Makes what the first command of a build waits for before it is waited for: an empty workspace with a sandbox in it at all times, and
/// the files of a commit while its build is being queued. All of it is only ever a saving: what is not there is made when it is needed.
/// </summary>
public sealed class WorkspacesAhead(
    WorkspaceStore workspaces, StepExecutors executors, RepositoryFolders folders, CommitJoiner joiner, RunnerSettings settings,
    TimeProvider time,
    ILogger<WorkspacesAhead> logger) : BackgroundLoop(time, logger)
{
    /// <summary>The first command of the build that took the last empty workspace has the processors to itself meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a planned build may leave its files lying: it was not queued, or another runner has it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// One entry for each build that was planned lately. It stays for a while when it was taken: a second plan of the same build, which
    /// came to nothing, must not begin to write into the folder that the build has.
    /// </summary>
    private readonly ConcurrentDictionary<Guid, Planned> _planned = new();
    private readonly Signal _taken = new();

    /// <summary>Messages are heard before the leftovers of a killed process are swept: what is written until then is swept too.</summary>
    private volatile bool _isOpen;

    /// <summary>
    /// A build was planned and is being queued: its files are written meanwhile. Returns at once. Nothing is done for one that will wait,
    /// or while as many are being written as can run at once.
    /// </summary>
    public void Begin(Guid buildId, RepositoryLocator source, CommitId commit, Plan plan)
    {
        if (!_isOpen || plan.NeedsApproval || plan.Concurrency is not null || plan.Runner is not null || plan.Problems.Count > 0
            || plan.Joined is not null
            || !plan.Steps.Any(static step => step.LeftOut is null)
            || _planned.Values.Count(static waits => !waits.IsTaken) >= settings.Capacity) return;
        var planned = new Planned(new Lazy<Task<Workspace?>>(() => MakeAsync(buildId, source, commit, plan)));
        if (!_planned.TryAdd(buildId, planned)) return;
        _ = planned.Making.Value;
        _ = ForgetAsync(buildId, planned);
    }

    /// <summary>The workspace of a build, with a sandbox for its first step.</summary>
    /// <inheritdoc cref="WorkspaceStore.PrepareAsync"/>
    public async Task<Workspace> TakeAsync(Build build, CancellationToken ct)
    {
        if (_planned.TryGetValue(build.BuildId, out var planned))
        {
            if (planned.TryTake())
            {
                planned.Gone.TrySetResult();
                if (await planned.Making.Value is { } made) return made;
            }

            // It may just be removed, since nobody came for so long.
            await planned.Gone.Task;
        }

        return await PrepareAsync(build.BuildId, await joiner.FolderAsync(build, ct), build.BuiltCommit, build.Plan, ct);
    }

    /// <summary>A step has begun in a workspace: what the next one of its build can begin with is made.</summary>
    public void Follow(Workspace workspace, IEnumerable<CommandStep> left)
    {
        if (NeedsSandbox(left)) workspace.MakeReady(executors.MakeReady);
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _isOpen = true;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isOpen = false;
        await base.StopAsync(cancellationToken);
        foreach (var (buildId, planned) in _planned) await RemoveAsync(buildId, planned);
        await workspaces.RemoveEmptyAsync();
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        await workspaces.MakeEmptyAsync(executors.MakeMovableAsync);
        await _taken.WaitAsync(ct);
        await Task.Delay(Pause, Time, ct);
    }

    private static bool NeedsSandbox(IEnumerable<CommandStep> steps)
        => steps.Any(static step => step is { LeftOut: null, Image: null, Network: false });

    private async Task<Workspace> PrepareAsync(
        Guid buildId, string source, CommitId commit, Plan plan, CancellationToken ct)
    {
        var workspace = await workspaces.PrepareAsync(
            source, commit, buildId, ct, NeedsSandbox(plan.Steps) ? executors.MakeReady : null);
        _taken.Set();
        return workspace;
    }

    private async Task<Workspace?> MakeAsync(Guid buildId, RepositoryLocator source, CommitId commit, Plan plan)
    {
        // The plan goes on meanwhile.
        await Task.Yield();
        try
        {
            return await PrepareAsync(buildId, folders.FolderOf(source), commit, plan, CancellationToken.None);
        }
        catch (Exception e) when (e is WorkspaceException or IOException or UnauthorizedAccessException)
        {
            // Whoever needs it tries again, and says on the build what is wrong.
            return null;
        }
    }

    private async Task ForgetAsync(Guid buildId, Planned planned)
    {
        await Task.Delay(Patience, Time);
        await RemoveAsync(buildId, planned);
    }

    private async Task RemoveAsync(Guid buildId, Planned planned)
    {
        if (planned.TryTake())
        {
            try
            {
                if (await planned.Making.Value is { } unused) await unused.DisposeAsync();
            }
            finally
            {
                planned.Gone.TrySetResult();
            }
        }

        _planned.TryRemove(new KeyValuePair<Guid, Planned>(buildId, planned));
    }

    /// <summary>A workspace that is being made, for whoever takes it first.</summary>
    private sealed class Planned(Lazy<Task<Workspace?>> making)
    {
        private int _taken;

        /// <summary>Null when it could not be made.</summary>
        public Lazy<Task<Workspace?>> Making { get; } = making;

        /// <summary>Ends when nothing is removed of it any more.</summary>
        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsTaken => Volatile.Read(ref _taken) != 0;

        public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
    }
}
