namespace Auxo.Console.Overview;

/// <summary>What of many builds matters now.</summary>
/// <param name="Red">The newest verdict of a branch, of a scan, or of a patch that is still open, is no pass.</param>
/// <param name="Held">Wait for somebody's approval.</param>
/// <param name="Running">Are being built.</param>
/// <param name="Waiting">Wait for a runner; the next one first.</param>
internal sealed record Standings(
    IReadOnlyList<Build> Red, IReadOnlyList<Build> Held, IReadOnlyList<Build> Running, IReadOnlyList<Build> Waiting)
{
    private static readonly string[] Reds = ["failed", "errored", "timed_out"];

    /// <summary>Whether it says how its subject stands; one that was ended because a newer one came does not.</summary>
    public static bool IsVerdict(Build build) => build is { IsFinished: true, Outcome: not ("superseded" or "cancelled" or "skipped") };

    /// <summary>Whether a finished build is no pass.</summary>
    public static bool IsRed(Build build) => Reds.Contains(build.Outcome);

    /// <summary>Sorts them.</summary>
    /// <param name="builds">Newest first.</param>
    /// <param name="closed">The patches that are merged or archived: nobody mends them.</param>
    public static Standings Of(IReadOnlyList<Build> builds, IReadOnlySet<string> closed)
    {
        // One that runs does not unsay the verdict before.
        var verdicts = builds.Where(IsVerdict)
            .GroupBy(static b => (b.Rid, b.PatchId ?? b.Ref, b.IsScan is true ? b.Schedule : null)).Select(static group => group.First());
        return new Standings(
            [.. verdicts.Where(b
                => IsRed(b) && b.Trigger != "manual" && !(b.PatchId is { } patch && closed.Contains(patch)))],
            [.. builds.Where(static b => b.State == "awaiting_approval")],
            [.. builds.Where(static b => b.State == "running")],
            [.. builds.Where(static b => b.State == "queued").Reverse()]);
    }
}
