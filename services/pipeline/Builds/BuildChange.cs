using Auxo.Pipeline.Findings;

namespace Auxo.Pipeline.Builds;

/// <summary>What was decided of a build that exists: its next events, and the rows that follow them.</summary>
/// <param name="Before">The build when this was decided; when it has changed since, the save is refused as a lost race.</param>
/// <param name="Events">What happened; none changes nothing.</param>
public sealed record BuildChange(Build Before, Events Events) : IMartenOp
{
    /// <summary>The build afterwards, with the version that the save gives it.</summary>
    public Build After { get; } = Before.After(Events) with { Version = Before.Version + Events.Count };

    /// <summary>What the runner of this process hears after the commit; null when it is nothing to it.</summary>
    public object? Wake => Events.Count == 0 ? null : BuildSignals.Of(After);

    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        if (Events.Count == 0) return;
        session.Events.Append(Build.StreamKey(Before.BuildId), After.Version, Events);
        if ((BuildTable.StateOf(After), After.HasStepsLeft()) != (BuildTable.StateOf(Before), Before.HasStepsLeft()))
            session.QueueSqlCommand(BuildTable.Follow(After));
        if (After.State == BuildState.Finished && FindingsStore.IsFollowed(After))
            session.QueueSqlCommand(FindingsTable.Unstage(After.BuildId));
        foreach (var granted in Events.OfType<BuildEvent.ApprovalGranted>())
            session.QueueSqlCommand(BuildTable.Approve(After.Subject.Rid, granted));
    }
}
