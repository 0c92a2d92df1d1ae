namespace Auxo.Console.Wall;

/// <summary>A build that runs, and how long such a build usually takes.</summary>
/// <param name="Build">Which.</param>
/// <param name="Elapsed">Seconds since it began.</param>
/// <param name="Usual">Seconds: the median of the last ones of its repository that passed; null when there is none.</param>
internal sealed record RunningBuild(Build Build, double Elapsed, double? Usual)
{
    private const int Last = 10;

    /// <summary>How far it is, from 0 to 1; null when nobody knows.</summary>
    public double? Part => Usual is { } usual ? Math.Clamp(Elapsed / Math.Max(usual, 0.001), 0, 1) : null;

    /// <summary>Those that run among many.</summary>
    /// <param name="builds">Newest first.</param>
    /// <param name="now">The time of the page.</param>
    public static IReadOnlyList<RunningBuild> Of(IReadOnlyList<Build> builds, DateTimeOffset now)
        => [.. builds.Where(static b => b.State == "running").Select(b => new RunningBuild(
            b, Math.Max(0, (now - (b.StartedAt ?? b.QueuedAt)).TotalSeconds),
            Median([.. builds.Where(o => o.Rid == b.Rid && o is { Outcome: "passed", DurationSeconds: not null })
                .Take(Last).Select(static o => o.DurationSeconds!.Value).Order()])))];

    private static double? Median(IReadOnlyList<double> sorted)
        => sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}
