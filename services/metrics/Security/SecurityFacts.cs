namespace Auxo.Metrics.Security;

/// <summary>How the findings of a repository's default branch stand, by the newest count.</summary>
public sealed record SecurityFacts
{
    /// <summary>The checks that are about security; the others are about the code.</summary>
    public static IReadOnlyCollection<string> SecurityChecks { get; } = ["dependencies", "secrets", "sast"];

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The repository.</summary>
    public Rid Rid { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>By check and severity; what has none is not named.</summary>
    public IReadOnlyList<CountedFindings> Counts { get; init; } = [];

    /// <summary>When each check last looked.</summary>
    public IReadOnlyList<CheckLooked> Checks { get; init; } = [];

    /// <summary>0 to 100 for the checks that are about security; null while none of them has looked.</summary>
    public int? Score { get; init; }

    /// <summary>When it was counted.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(Rid rid) => $"security/{rid}";

    /// <summary>The first count.</summary>
    public static SecurityFacts Create(SecurityEvent.Counted e) => new SecurityFacts().Apply(e);

    /// <summary>One more.</summary>
    public SecurityFacts Apply(SecurityEvent.Counted e)
        => this with { Rid = e.Rid, Name = e.Name, Counts = e.Counts, Checks = e.Checks, Score = e.Score, At = e.At };

    /// <summary>How many are open of a severity.</summary>
    /// <param name="severity">How bad.</param>
    /// <param name="checks">Of these checks; none means all.</param>
    public int Open(Severity severity, params IReadOnlyCollection<string> checks)
        => Counts.Where(count => count.Severity == severity && (checks.Count == 0 || checks.Contains(count.Check)))
            .Sum(static count => count.Open);

    /// <summary>How many are open of the checks that are about security.</summary>
    public int OpenOfSecurity() => Counts.Where(static count => SecurityChecks.Contains(count.Check)).Sum(static count => count.Open);

    /// <summary>How many of these are past their due date.</summary>
    public int OverdueOfSecurity() => Counts.Where(static count => SecurityChecks.Contains(count.Check)).Sum(static count => count.Overdue);

    /// <summary>True when a check has looked and is not switched off: then none is none.</summary>
    public bool HasLooked(string check) => Checks.Any(look => look.Check == check && !look.IsOff);
}
