namespace Auxo.Console.Overview;

/// <summary>What of many builds matters now.</summary>
/// <param name="Red">The newest verdict of a branch, or of a patch that is still open, is no pass.</param>
/// <param name="Held">Wait for somebody's approval.</param>
/// <param name="Running">Are being built.</param>
/// <param name="Waiting">Wait for a runner; the next one first.</param>
internal sealed record Standings(
    IReadOnlyList<Build> Red, IReadOnlyList<Build> Held, IReadOnlyList<Build> Running, IReadOnlyList<Build> Waiting)
{
    private static readonly string[] Reds = ["failed", "errored", "timed_out"];

    /// <summary>Sorts them.</summary>
    /// <param name="builds">Newest first.</param>
    /// <param name="closed">The patches that are merged or archived: nobody mends them.</param>
    public static Standings Of(IReadOnlyList<Build> builds, IReadOnlySet<string> closed)
    {
        // A build that was ended because a newer one came says nothing of its subject; one that runs does not unsay the verdict before.
        var verdicts = builds.Where(static b => b is { IsFinished: true, Outcome: not ("superseded" or "cancelled" or "skipped") })
            .GroupBy(static b => (b.Rid, b.PatchId ?? b.Ref)).Select(static group => group.First());
        return new Standings(
            [.. verdicts.Where(b
                => Reds.Contains(b.Outcome) && b.Trigger != "manual" && !(b.PatchId is { } patch && closed.Contains(patch)))],
            [.. builds.Where(static b => b.State == "awaiting_approval")],
            [.. builds.Where(static b => b.State == "running")],
            [.. builds.Where(static b => b.State == "queued").Reverse()]);
    }
}
