namespace Auxo.Metrics.Health;

/// <summary>The last known facts of a repository's health, and its scores day by day: the fold of its stream.</summary>
public sealed record RepositoryHealth
{
    /// <summary>Two years, for the trend.</summary>
    private const int MostDays = 740;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>What stands in its default branch; null until it was read.</summary>
    public HealthEvent.Surveyed? Survey { get; init; }

    /// <summary>How it stands on its node; null until it was looked.</summary>
    public HealthEvent.Stood? Standing { get; init; }

    /// <summary>How old what it uses is; null until it was compared.</summary>
    public HealthEvent.Compared? Dependencies { get; init; }

    /// <summary>The last score; null before the first.</summary>
    public HealthEvent.Scored? Last { get; init; }

    /// <summary>The last score of each day (UTC) that has one, the oldest first.</summary>
    public IReadOnlyList<DayScore> Days { get; init; } = [];

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(Rid rid) => $"health/{rid}";

    /// <summary>The state after one more event.</summary>
    public RepositoryHealth Apply(HealthEvent e) => e switch
    {
        HealthEvent.Surveyed x => this with { Survey = x },
        HealthEvent.Stood x => this with { Standing = x },
        HealthEvent.Compared x => this with { Dependencies = x },
        HealthEvent.Scored x => this with { Last = x, Days = With(x) },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A score of a day before the last one, by a clock that was set back, replaces nothing.</summary>
    private IReadOnlyList<DayScore> With(HealthEvent.Scored scored)
    {
        var day = DateOnly.FromDateTime(scored.At.UtcDateTime);
        return Days is [.., var last] && last.Day > day
            ? Days
            : [.. Days.Where(d => d.Day != day).TakeLast(MostDays - 1), new DayScore(day, scored.Score)];
    }
}

/// <summary>The score at the end of a day.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="Score">0 to 100.</param>
public sealed record DayScore(DateOnly Day, int Score);
