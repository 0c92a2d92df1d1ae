using System.Net;

using Auxo.Contracts;
using Auxo.Metrics.Coverage;
using Auxo.Metrics.Exposition;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Coverage;

/// <summary>Coverage and its trend, from the message to the answer.</summary>
public sealed class CoverageTests(MetricsService service) : IClassFixture<MetricsService>
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 9, 30, 0, TimeSpan.Zero);

    private MetricsHost Host => service.Host;

    [Fact]
    public void a_day_has_its_newest_measurement_and_all_lines_that_were_written()
    {
        var facts = Fold(Measured("a", 800, At), Measured("b", 820, At.AddHours(2)), Measured("c", 900, At.AddDays(1)));
        Assert.Equal(
            [(820L, 40L, 26L), (900L, 20L, 13L)], facts.Days.Select(static day => (day.Covered, day.ChangedLines, day.ChangedCovered)));
        Assert.Equal(900, facts.Newest!.Covered);
    }

    [Fact]
    public void messages_in_another_order_make_the_same_trend()
    {
        CoverageMeasured[] all = [Measured("a", 800, At), Measured("b", 820, At.AddHours(2)), Measured("c", 900, At.AddDays(1))];
        var expected = Fold(all);
        foreach (var order in (int[][])[[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            var facts = Fold([.. order.Select(i => all[i])]);
            Assert.Equal(expected.Days, facts.Days);
            Assert.Equal(expected.Newest!.BuildId, facts.Newest!.BuildId);
        }
    }

    [Fact]
    public void what_cannot_be_is_not_recorded_and_hostile_names_are_tamed()
    {
        Assert.Empty(RecordCoverageHandler.Handle(Measured("a", 0, At) with { Lines = 0 }, facts: null));
        var many = Measured("a", 1, At) with
        {
            Languages = [.. Enumerable.Range(0, 500).Select(static i => new LanguageCoverage($"l{i}\n\"", 2, 1))],
        };
        var recorded = Assert.IsType<CoverageEvent.Measured>(Assert.Single(RecordCoverageHandler.Handle(many, facts: null)));
        Assert.Equal((41, 1000L), (recorded.Languages.Count, recorded.Languages.Sum(static language => language.Lines)));
    }

    [Fact]
    public async Task coverage_is_answered_with_its_trend_and_stands_on_the_page()
    {
        var (rid, now) = (Ids.Rid("covered"), TimeProvider.System.GetUtcNow());
        await Host.SendAsync(
            new RepositoryTracked(rid, "covered", "main", RepositoryLocator.OfFolder("/nowhere"), [], now),
            Measured("old", 500, now.AddDays(-40), rid), Measured("mid", 800, now.AddDays(-3), rid),
            Measured("new", 812, now.AddDays(-1), rid), Measured("new", 812, now.AddDays(-1), rid));
        var report = await Host.GetAsync($"/api/coverage/{rid}?days=30");
        Assert.Equal((81.2, 50.0, 2, 40L, 65.0, Ids.Build("new").ToString()), (
            (double)report["percent"]!, (double)report["percentBefore"]!, report["days"]!.AsArray().Count, (long)report["changedLines"]!,
            (double)report["changedPercent"]!, (string)report["buildId"]!));
        Assert.Contains((await Host.GetAsync("/api/coverage"))["items"]!.AsArray(), item => (string)item!["rid"]! == rid.Value);
        foreach (var (path, status) in ((string, HttpStatusCode)[])[
            ($"/api/coverage/{Ids.Rid("none")}", HttpStatusCode.NotFound), ($"/api/coverage/{rid}?days=0", HttpStatusCode.BadRequest)])
        {
            using var answer = await Host.Client.GetAsync(path);
            Assert.Equal(status, answer.StatusCode);
        }

        await Host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(CancellationToken.None);
        var page = await Host.Client.GetStringAsync("/metrics");
        foreach (var line in (string[])[
            $"radicle_test_coverage_percent{{repo=\"{rid}\",language=\"all\"}} 81.2",
            $"radicle_test_coverage_lines_covered{{repo=\"{rid}\",language=\"C#\"}} 780",
            $"radicle_test_coverage_lines{{repo=\"{rid}\",language=\"all\"}} 1000",
            $"radicle_test_coverage_lines_total{{repo=\"{rid}\",language=\"all\"}} 1000"])
            Assert.Contains(line, page, StringComparison.Ordinal);
    }

    private static CoverageFacts Fold(params CoverageMeasured[] messages)
    {
        CoverageFacts? facts = null;
        foreach (var message in messages)
        {
            var e = Assert.IsType<CoverageEvent.Measured>(Assert.Single(RecordCoverageHandler.Handle(message, facts)));
            facts = facts?.Apply(e) ?? CoverageFacts.Create(e);
        }

        return facts!;
    }

    internal static CoverageMeasured Measured(string build, long covered, DateTimeOffset at, Rid? rid = null)
        => new(
            rid ?? Ids.Rid("cov"), "covered", Ids.Build(build), Ids.Commit(build), 1000, covered, 20, 13,
            [new LanguageCoverage("C#", 900, 780), new LanguageCoverage("other", 100, 32)], at);
}
