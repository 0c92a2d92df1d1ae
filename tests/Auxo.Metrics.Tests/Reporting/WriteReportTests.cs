using Auxo.Metrics.Health;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Reporting;
using Auxo.Metrics.Reporting.Rendering;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Reporting;

/// <summary>Facts in, a report out, in every form.</summary>
public sealed class WriteReportTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void a_day_on_which_all_is_well_has_no_report_and_a_sunday_has_one()
    {
        Assert.Null(WriteReport.Of(ReportKind.Daily, Day, Facts(Report("calm", 95))));
        Assert.False(WriteReport.Of(ReportKind.Weekly, Day, Facts(Report("calm", 95)))!.NeedsAttention);
    }

    [Fact]
    public void an_instance_without_anything_is_silent()
        => Assert.All(Enum.GetValues<ReportKind>(), static kind => Assert.Null(WriteReport.Of(kind, Day, Facts())));

    [Fact]
    public void a_daily_report_names_only_what_is_not_well_the_worst_first()
    {
        var report = WriteReport.Of(ReportKind.Daily, Day, Facts(Report("fine", 95), Report("poor", 65), Report("ill", 20)))!;

        Assert.True(report.NeedsAttention);
        Assert.Equal(["ill", "poor"], Assert.Single(report.Sections).Rows.Select(static row => row[0]));
    }

    [Fact]
    public void a_repository_that_fell_by_five_points_is_named_though_it_is_still_good()
    {
        var report = WriteReport.Of(ReportKind.Daily, Day, Facts(Report("falls", 80, before: 90)))!;
        Assert.Equal("80 (▼ 10)", report.Sections[0].Rows[0][1]);
    }

    [Fact]
    public void an_audit_has_every_lost_point_with_what_wins_it_back_and_a_day()
    {
        var lost = new CheckScore("secrets", HealthCategory.Security, 5, 0, "1 secret", "auxo ci findings");
        var small = new CheckScore("license", HealthCategory.Documentation, 2, 0, "there is no LICENSE", "write a LICENSE");

        var rows = WriteReport.Of(ReportKind.Audit, Day, Facts(Report("x", 90) with { Checks = [small, lost] }))!.Sections[0].Rows;

        Assert.Equal(["x", "5", "1 secret", "auxo ci findings", "2026-11-27"], rows[0]);
        Assert.Equal("2026-12-01", rows[1][4]);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[click](http://evil.example)")]
    [InlineData("a | b\n# c **d** `e`")]
    public void words_of_strangers_stay_words_in_every_form(string name)
    {
        var report = WriteReport.Of(ReportKind.Weekly, Day, Facts(Report(name, 12)))!;

        Assert.DoesNotContain("<script>alert", ReportHtml.Of(report), StringComparison.Ordinal);
        var page = Markdig.Markdown.ToHtml(ReportMarkdown.Of(report), new Markdig.MarkdownPipelineBuilder().Build());
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<strong>", page, StringComparison.Ordinal);
        // One heading of the report, and none that a name made.
        Assert.Single(page.Split("<h1>")[1..]);
        Assert.DoesNotContain(ReportText.Of(report).Split('\n'), static line => line.StartsWith('#'));
    }

    [Fact]
    public void a_mail_says_how_it_looks_in_the_dark_and_loads_nothing()
    {
        var html = ReportHtml.Of(WriteReport.Of(ReportKind.Weekly, Day, Facts(Report("x", 12)))!);

        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
        Assert.Contains("name=\"color-scheme\" content=\"light dark\"", html, StringComparison.Ordinal);
        foreach (var outside in (string[])["<script", "<img", "<link", "http:", "https:", "url("])
            Assert.DoesNotContain(outside, html, StringComparison.Ordinal);
    }

    internal static HealthReport Report(string name, int score, int? before = null) => new(
        Ids.Rid("r" + score), name, score, HealthScore.BandOf(score), null, 100, [], [], [], [], before, Now, 2, HealthScore.Ruling);

    private static ReportFacts Facts(params HealthReport[] health) => new(Now, health, [], [], [], [], [], [], new MeshMatrix([], []));
}
