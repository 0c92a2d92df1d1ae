using System.Globalization;
using System.Net;
using System.Text;

using Auxo.Contracts;
using Auxo.Metrics.Exposition.Past;
using Auxo.Metrics.Tests.Coverage;
using Auxo.Metrics.Tests.Messages;
using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Tests.Exposition;

/// <summary>What the page of <c>/metrics</c> would have said, and whether Prometheus' own tools take it.</summary>
public sealed class PastTests(MetricsService service) : IClassFixture<MetricsService>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 34, 56, TimeSpan.Zero);

    private MetricsHost Host => service.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void moments_are_multiples_of_the_step_and_the_newest_three_hours_are_left_out()
    {
        var (moments, wrong) = new PastQuestion { From = Now.AddHours(-7), Step = 3600 }.Read(Now, 1);
        Assert.Null(wrong);
        Assert.Equal([6, 7, 8, 9], moments.Select(static m => m.Hour));
        Assert.Equal(
            moments.Take(3), new PastQuestion { From = Now.AddHours(-7), To = Now.AddHours(-4) }.Read(Now, 1).Moments);
        Assert.Equal(moments, new PastQuestion { From = Now.AddHours(-7), To = Now.AddYears(40) }.Read(Now, 1).Moments);
    }

    [Theory]
    [InlineData(null, 3600, "request/invalid-window")]
    [InlineData("2026-11-30T11:00:00Z", 3600, "request/invalid-window")]
    [InlineData("9999-12-31T23:00:00Z", 3600, "request/invalid-window")]
    [InlineData("0001-01-01T00:00:00Z", 3600, "request/invalid-window")]
    [InlineData("2026-11-01", 59, "request/invalid-step")]
    [InlineData("2026-11-01", -1, "request/invalid-step")]
    [InlineData("2026-11-01", int.MaxValue, "request/invalid-step")]
    [InlineData("1971-01-01", 60, "history/too-large")]
    public void what_cannot_be_asked_is_said(string? from, int step, string type)
    {
        var (moments, wrong) = new PastQuestion
        {
            From = from is null ? null : DateTimeOffset.Parse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Step = step,
        }.Read(Now, 50);
        Assert.Empty(moments);
        Assert.EndsWith(type, wrong!.ProblemDetails.Type, StringComparison.Ordinal);
    }

    [Fact]
    public void a_step_that_is_named_as_long_enough_is()
    {
        var question = new PastQuestion { From = Now.AddYears(-1), Step = 60 };
        Assert.Contains("at least 3h", question.Read(Now, 50).Problem!.ProblemDetails.Detail, StringComparison.Ordinal);
        Assert.InRange((question with { Step = 3 * 3600 }).Read(Now, 50).Moments.Count, 2_000, PastQuestion.MostMoments / 50);
        Assert.Equal(8757, (question with { Step = 3600 }).Read(Now, 20).Moments.Count);
    }

    [Fact]
    public async Task gaps_changes_and_hostile_labels_are_written_family_by_family_and_in_order_of_time()
    {
        DateTimeOffset[] moments = [.. Enumerable.Range(0, 5).Select(static i => DateTimeOffset.UnixEpoch.AddHours(i))];
        var history = new MetricsHistory(moments, ("job", "a\"b\\"), ("instance", ""));
        double?[] values = [1, 1, null, 0.5, 2e-7];
        foreach (var (i, value) in values.Index())
        {
            var page = new MetricsPage();
            page.Counter("c", "Not shown.").Set(i);
            page.Gauge("g", "Shown.").Set(value, ("repo", "x\n")).Set(i == 4 ? 7 : null).Set(double.NaN, ("repo", "none"));
            page.Gauge("h", "Also.").Set(i == 1 ? 3 : null);
            history.Add(page, i);
        }

        Assert.Equal(6, history.Samples);
        Assert.Equal("""
            # HELP g Shown.
            # TYPE g gauge
            g{repo="x\n",job="a\"b\\"} 1 0
            g{repo="x\n",job="a\"b\\"} 1 3600
            g{repo="x\n",job="a\"b\\"} 0.5 10800
            g{repo="x\n",job="a\"b\\"} 2E-07 14400
            g{job="a\"b\\"} 7 14400
            # HELP h Also.
            # TYPE h gauge
            h{job="a\"b\\"} 3 3600
            # EOF

            """, await TextAsync(history));
    }

    [Fact]
    public async Task a_past_day_says_what_was_known_then_and_the_same_as_the_answers_as_of_then()
    {
        var (rid, now) = (Ids.Rid("past"), TimeProvider.System.GetUtcNow());
        await SendAsync(rid, now);
        var from = now.AddDays(-12);

        var samples = (await HistoryAsync(rid, from, 86_400)).Split('\n').Where(static l => l.Length > 0 && l[0] != '#').ToList();

        Assert.All(samples, static s => Assert.Contains("job=\"radicle\",instance=\"127.0.0.1:9100\"} ", s, StringComparison.Ordinal));
        var checkedValues = 0;
        foreach (var sample in samples.Where(static s => s.StartsWith("radicle_ci_success_rate{", StringComparison.Ordinal)))
        {
            var parts = sample.Split(' ');
            var moment = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[^1], CultureInfo.InvariantCulture)).UtcDateTime;
            var then = await Host.GetAsync($"/api/ci/{rid}?days=30&asOf={moment:yyyy-MM-ddTHH:mm:ssZ}");
            Assert.Equal((double)then["success"]!["ratio"]!, double.Parse(parts[1], CultureInfo.InvariantCulture));
            checkedValues++;
        }

        // Its first build was ten days ago; whether today's midnight is old enough depends on the hour.
        Assert.InRange(checkedValues, 9, 10);
        Assert.Contains(Values(samples, "radicle_ci_success_rate{"), static v => v == 0);
        Assert.Contains(Values(samples, "radicle_ci_success_rate{"), static v => v == 0.5);
        Assert.Equal(
            [50.0, 80.0], Values(samples, $"radicle_test_coverage_percent{{repo=\"{rid}\",language=\"all\"").Distinct());
        Assert.NotEmpty(Values(samples, "radicle_repo_health_score{"));
        Assert.NotEmpty(Values(samples, "radicle_dora_samples{"));
        Assert.DoesNotContain(samples, static s => s.Contains("_total{", StringComparison.Ordinal)
            && !s.StartsWith("radicle_test_coverage_lines_total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task promtool_makes_blocks_of_it_that_give_the_values_back()
    {
        var promtool = Tool.Require("promtool");
        var (rid, now) = (Ids.Rid("blocks"), TimeProvider.System.GetUtcNow());
        await SendAsync(rid, now);
        var folder = Directory.CreateTempSubdirectory("auxo-history-");
        var text = await HistoryAsync(rid, now.AddDays(-12), 3600);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "history.om"), text, Ct);

        var said = await Tool.RunAsync(
            promtool, ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=744h", "history.om", "data"],
            folder.FullName);
        // Its dump wants the folder of a log that blocks alone do not have.
        Directory.CreateDirectory(Path.Combine(folder.FullName, "data", "wal"));
        var dump = await Tool.RunAsync(promtool, ["tsdb", "dump", "data"], folder.FullName);

        Assert.Contains("BLOCK ULID", said, StringComparison.Ordinal);
        // Nothing was dropped: what is out of order, promtool leaves out without a word.
        var written = text.Split('\n').Count(static line => line.Length > 0 && line[0] != '#');
        Assert.Equal(written, dump.Split('\n').Count(static line => line.StartsWith('{')));
        const string covered = "radicle_test_coverage_percent";
        var percent = text.Split('\n').Last(static l => l.StartsWith(covered + "{", StringComparison.Ordinal)).Split(' ');
        Assert.Contains(dump.Split('\n'), line => line.Contains($"__name__=\"{covered}\"", StringComparison.Ordinal)
            && line.EndsWith($" {percent[1]} {percent[2]}000", StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task what_is_not_followed_or_not_allowed_is_refused()
    {
        var rid = Ids.Rid("gone");
        await Host.SendAsync(
            new RepositoryTracked(rid, "gone", "main", SampleMessages.Nowhere, [], Now.AddDays(-9)),
            SampleMessages.Advanced(rid, null, "c0", 0), new RepositoryUntracked(rid, "gone", Now.AddDays(-8)));
        foreach (var (query, status) in ((string, HttpStatusCode)[])[
            ($"rid={rid}&from=2026-01-01", HttpStatusCode.NotFound),
            ($"rid={Ids.Rid("nobody")}&from=2026-01-01", HttpStatusCode.NotFound), ("", HttpStatusCode.BadRequest),
            ("from=tomorrow", HttpStatusCode.BadRequest), ("rid=x&from=2026-01-01", HttpStatusCode.BadRequest),
            ("from=2026-01-01&job=a%0Ab", HttpStatusCode.UnprocessableEntity),
            ($"from=2026-01-01&instance={new string('x', 5000)}", HttpStatusCode.UnprocessableEntity)])
        {
            using var answer = await Host.Client.GetAsync("/api/metrics/history?" + query, Ct);
            Assert.Equal((query, status), (query, answer.StatusCode));
        }

        using var reporter = await Host.ConnectAsync("an agent", MetricsScopes.Report);
        using var refused = await reporter.GetAsync("/api/metrics/history?from=2026-01-01", Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static IEnumerable<double> Values(IEnumerable<string> samples, string beginning)
        => samples.Where(s => s.StartsWith(beginning, StringComparison.Ordinal)).Select(static s
            => double.Parse(s.Split(' ')[^2], CultureInfo.InvariantCulture));

    private static async Task<string> TextAsync(MetricsHistory history)
    {
        using var text = new MemoryStream();
        await history.WriteAsync(text, Ct);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private async Task<string> HistoryAsync(Rid rid, DateTimeOffset from, int step)
    {
        var text = await Host.Client.GetStringAsync(
            $"/api/metrics/history?rid={rid}&from={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&step={step}"
                + "&job=radicle&instance=127.0.0.1:9100", Ct);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Ten days ago a build failed, six days ago one passed; coverage rose. It is followed since yesterday only.</summary>
    private async Task SendAsync(Rid rid, DateTimeOffset now)
    {
        var hours = (now - SampleMessages.Noon).TotalHours;
        await Host.SendAsync(
            new RepositoryTracked(rid, "a \"past\"", "main", SampleMessages.Nowhere, [], now.AddDays(-1)),
            SampleMessages.Advanced(rid, null, "c0", hours - 240), SampleMessages.Built(rid, "c0", hours - 239, Outcome.Failed),
            SampleMessages.Advanced(rid, "c0", "c1", hours - 144), SampleMessages.Built(rid, "c1", hours - 143),
            CoverageTests.Measured($"{rid} old", 500, now.AddDays(-9), rid),
            CoverageTests.Measured($"{rid} new", 800, now.AddDays(-5), rid));
    }
}
