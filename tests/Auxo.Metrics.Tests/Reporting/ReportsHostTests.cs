using System.Net;

using Auxo.Contracts;
using Auxo.Metrics.Reporting;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Reporting;

/// <summary>The real service on a real database makes reports, keeps them and tells notify.</summary>
public sealed class ReportsHostTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_report_of_now_keeps_nothing_and_comes_in_every_form()
    {
        await using var host = await StartAsync();

        var report = await host.GetAsync("/api/reports/weekly/now");
        Assert.Equal("Health", (string)report["sections"]![1]!["title"]!);
        foreach (var (format, said) in ((string, string)[])[("markdown", "## Health"), ("html", "<h2>Health</h2>"), ("text", "HEALTH")])
        {
            var text = await host.Client.GetStringAsync(At($"/api/reports/weekly/now/{format}"), Ct);
            Assert.Contains(said, text, StringComparison.Ordinal);
        }

        Assert.Empty((await host.GetAsync("/api/reports"))["items"]!.AsArray());
        foreach (var wrong in (string[])["/api/reports/hourly/now", "/api/reports/daily/2026-01-01", "/api/reports/daily/yesterday",
            "/api/reports/weekly/now/pdf"])
        {
            using var answer = await host.Client.GetAsync(At(wrong), Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task what_is_due_is_told_once_and_can_be_read_again()
    {
        await using var host = await StartAsync();
        var (reports, due) = (host.Services.GetRequiredService<PublishReports>(), host.Services.GetRequiredService<DueReports>());
        var expected = due.At(DateTimeOffset.UtcNow, static (_, _) => false);

        await reports.RunAsync(Ct);
        Assert.Equal(0, await reports.RunAsync(Ct));

        var kept = (await host.GetAsync("/api/reports"))["items"]!.AsArray();
        var told = await host.Queues.MessagesAsync<ReportPublished>("notify");
        // At night nothing is due, and on a day on which all is well there is no daily report.
        Assert.Equal(kept.Count, told.Count);
        Assert.InRange(kept.Count, 0, expected.Count);
        foreach (var one in told)
            Assert.Equal(one.Title, (string)(await host.GetAsync($"/api/reports/{one.Kind}/{one.Day:yyyy-MM-dd}"))["title"]!);
    }

    private async Task<MetricsHost> StartAsync()
    {
        var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.SendAsync(
            new RepositoryTracked(Heartwood, "sample", "main", RepositoryLocator.InStorage(Heartwood), [], Now.AddDays(-9)),
            SurveyTold(DateTimeOffset.UtcNow), StandingTold(DateTimeOffset.UtcNow));
        return host;
    }

    private static Uri At(string path) => new(path, UriKind.Relative);
}
