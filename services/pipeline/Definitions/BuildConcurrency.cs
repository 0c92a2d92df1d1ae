namespace Auxo.Pipeline.Definitions;

/// <summary>What a new build does about the older ones of its group that have no verdict.</summary>
public enum ConcurrencyMode
{
    /// <summary>All run, one after the other, in the order in which they came.</summary>
    Queue,

    /// <summary>What runs goes on; of those that wait, the newest is kept.</summary>
    Latest,

    /// <summary>The older ones are stopped.</summary>
    Cancel,
}

/// <summary>Builds of which one runs at a time.</summary>
/// <param name="Mode">What becomes of the older ones.</param>
/// <param name="Group">Its name, within the repository; null for the builds of one patch, branch or tag.</param>
public sealed record BuildConcurrency(ConcurrencyMode Mode, string? Group)
{
    /// <summary>For which builds it counts; empty for all. Words of <see cref="StepCondition.EventNames"/>.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>
    /// True for a build of this kind. A stranger's is in no group that has a name: it would hold up, or end, builds of others.
    /// </summary>
    public bool IsFor(BuildFacts facts)
        => (Events.Count == 0 || Events.Any(name => StepCondition.EventNames[name] == facts.Trigger))
            && (Group is null || facts.Trust == Trust.Trusted);

    /// <summary>What builds of one group have in common, and no others of their repository.</summary>
    public string KeyOf(BuildSubject subject)
        => Group is { } group ? "group " + group : $"{subject.Trigger} {subject.PatchId?.Value ?? subject.Ref} {subject.Schedule}";
}
