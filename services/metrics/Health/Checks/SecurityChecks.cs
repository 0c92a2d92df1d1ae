namespace Auxo.Metrics.Health.Checks;

/// <summary>25 points: what is open, whether somebody looked lately, whether what is used is pinned.</summary>
internal static class SecurityChecks
{
    private const HealthCategory Of25 = HealthCategory.Security;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(36), Old = TimeSpan.FromDays(8);

    public static IEnumerable<CheckScore> Of(HealthFacts facts)
    {
        var open = facts.Security;
        var look = $"auxo ci findings {facts.InCommands} --check";
        yield return None(
            "vulnerabilities-critical", 8, open?.Critical, "critical vulnerability", "critical vulnerabilities", $"{look} dependencies");
        yield return High(open?.High, $"{look} dependencies");
        yield return None("secrets", 5, open?.Secrets, "secret", "secrets", $"{look} secrets");
        yield return Scans(facts);
        yield return None("static-analysis", 2, open?.SastErrors, "sure hole", "sure holes", $"{look} sast");
        yield return Pinned(facts.Survey?.Tree.Dependencies);
    }

    private static CheckScore None(string check, double max, int? open, string one, string many, string fix) => open switch
    {
        null => Unseen(check, max),
        0 => new(check, Of25, max, max, $"no {one}"),
        1 => new(check, Of25, max, 0, $"1 {one}", fix),
        _ => new(check, Of25, max, 0, $"{open} {many}", fix),
    };

    private static CheckScore High(int? open, string fix) => open switch
    {
        null => Unseen("vulnerabilities-high", 5),
        0 => new("vulnerabilities-high", Of25, 5, 5, "no high vulnerability"),
        { } n => new(
            "vulnerabilities-high", Of25, 5, Math.Max(0, 5 - n), n == 1 ? "1 high vulnerability" : $"{n} high vulnerabilities", fix),
    };

    private static CheckScore Scans(HealthFacts facts)
    {
        const string check = "scans-fresh";
        if (facts.Security is null) return Unseen(check, 3);
        if (facts.Security.LastScan is not { } last)
            return new(check, Of25, 3, 0, "dependencies were never looked at", Words.BuildNow(facts));
        var points = (facts.Now - last) switch { var age when age <= Fresh => 3, var age when age <= Old => 1, _ => 0 };
        return new(
            check, Of25, 3, points, $"dependencies were looked at {Words.Ago(facts.Now, last)}", points < 3 ? Words.BuildNow(facts) : null);
    }

    private static CheckScore Pinned(DependencySurvey? seen)
    {
        const string check = "pinned";
        return seen switch
        {
            null => new(check, Of25, 2, null, "the default branch was not read yet", Unknown: true),
            { Declared: 0 } => new(check, Of25, 2, null, "it declares nothing that it uses"),
            { } d when d.Pinned == d.Declared => new(
                check, Of25, 2, 2, $"{d.Declared} of {d.Declared} manifests and images are exact"),
            { } d => new(
                check, Of25, 2, 2.0 * d.Pinned / d.Declared,
                $"{d.Pinned} of {d.Declared} manifests and images are exact",
                $"commit a lock file beside {d.FirstLoose}, or name exact versions or digests in it"),
        };
    }

    private static CheckScore Unseen(string check, double max)
        => new(check, Of25, max, null, "no build of the default branch has looked yet", Unknown: true);
}
