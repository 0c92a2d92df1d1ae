using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;

namespace Auxo.Metrics.Health.Checks;

/// <summary>25 points: how builds went in thirty days, how the default branch is, how much tests run.</summary>
internal static class CiChecks
{
    private const HealthCategory Of25 = HealthCategory.Ci;
    private const int Days = 30;

    /// <summary>A rate of three builds is none.</summary>
    private const int Enough = 10;

    private static readonly (string Check, double Max)[] OfBuilds =
        [("success-rate", 10), ("default-branch-green", 5), ("head-built", 3), ("build-time", 2), ("flaky", 2)];

    public static IEnumerable<CheckScore> Of(HealthFacts facts)
    {
        if (facts.Series is not { } series)
        {
            foreach (var (check, max) in OfBuilds) yield return Nothing(check, max);
        }
        else
        {
            var window = new Window(facts.Now - TimeSpan.FromDays(Days), facts.Now);
            var verdicts = MeasureCi.Of(series, window).Where(static b => b.Counts).ToList();
            yield return Success(verdicts, facts);
            yield return Green(series, window, facts);
            yield return Head(series, facts);
            yield return Time(verdicts, facts.Policy.BuildMinutes);
            yield return Flaky(verdicts, facts);
        }

        yield return Coverage(facts);
    }

    private static CheckScore Success(List<BuildPoint> verdicts, HealthFacts facts)
    {
        var passed = MeasureCi.Passed(verdicts);
        if (passed.N < Enough || passed.Ratio is not { } ratio)
            return Few("success-rate", 10, passed.N);
        var points = 10 * Math.Clamp((ratio - 0.5) / 0.4, 0, 1);
        return new("success-rate", Of25, 10, points, $"{Words.Percent(ratio)} of {passed.N} builds in {Days} days passed",
            points < 10 ? $"auxo metrics ci {facts.InCommands} --days {Days}" : null);
    }

    private static CheckScore Green(DoraSeries series, Window window, HealthFacts facts)
    {
        const string check = "default-branch-green";
        if (!series.HasDefaultBranchVerdict) return Nothing(check, 5);
        return Measure.Red(series, window).RedSince is { } since
            ? new(check, Of25, 5, 0, $"the default branch has been red for {Words.Age(facts.Now - since)}",
                $"auxo ci status --repo {facts.InCommands}")
            : new(check, Of25, 5, 5, "the default branch is green");
    }

    private static CheckScore Head(DoraSeries series, HealthFacts facts) => series.HeadIsJudged switch
    {
        null => Nothing("head-built", 3),
        true => new("head-built", Of25, 3, 3, "the newest head was built"),
        false => new("head-built", Of25, 3, 0, "the newest head has no verdict", $"auxo ci status --repo {facts.InCommands}"),
    };

    private static CheckScore Time(List<BuildPoint> verdicts, int minutes)
    {
        var spread = Spread.Of(verdicts.Select(static b => b.Duration).OfType<TimeSpan>());
        if (spread.P95Seconds is not { } p95) return Few("build-time", 2, 0);
        var said = $"95 of 100 builds end within {Words.Age(TimeSpan.FromSeconds(Math.Ceiling(p95)))}, the target is {minutes} minutes";
        return p95 <= 60.0 * minutes
            ? new("build-time", Of25, 2, 2, said)
            : new("build-time", Of25, 2, 0, said, "auxo ci logs shows what each step took; caches and parallel steps: docs/steps.md");
    }

    private static CheckScore Flaky(List<BuildPoint> verdicts, HealthFacts facts)
    {
        var commits = verdicts.GroupBy(static b => b.Commit).ToList();
        if (commits.Count < Enough) return Few("flaky", 2, commits.Count);
        var ratio = (double)commits.Count(MeasureCi.IsFlaky) / commits.Count;
        var said = $"{Words.Percent(ratio)} of {commits.Count} commits failed and then passed unchanged";
        return ratio <= 0.05
            ? new("flaky", Of25, 2, 2, said)
            : new("flaky", Of25, 2, 0, said, $"auxo ci status --repo {facts.InCommands}; quarantine a flaky test: docs/coverage.md");
    }

    /// <summary>The limits of the old dashboards.</summary>
    private static CheckScore Coverage(HealthFacts facts)
    {
        const string check = "coverage";
        if (facts.Coverage is not { } covered) return new(check, Of25, 3, null, "no build reported coverage", Unknown: true);
        var points = covered switch { >= 80 => 3, >= 70 => 2, >= 50 => 1, _ => 0 };
        return new(check, Of25, 3, points, $"tests run {Words.Percent(covered / 100)} of the lines",
            points < 3 ? $"auxo metrics coverage {facts.InCommands} --by file" : null);
    }

    private static CheckScore Few(string check, double max, int n)
        => new(
            check, Of25, max, null, n == 0 ? "nothing was built in 30 days" : $"only {n} of the last 30 days, which says little",
            Unknown: true);

    private static CheckScore Nothing(string check, double max) => new(check, Of25, max, null, "nothing was built yet", Unknown: true);
}
