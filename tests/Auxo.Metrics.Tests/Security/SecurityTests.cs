using Auxo.Contracts;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Security;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Security;

/// <summary>How findings are counted, from the message to the page.</summary>
public sealed class SecurityTests(MetricsService service) : IClassFixture<MetricsService>
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 9, 30, 0, TimeSpan.Zero);

    private MetricsHost Host => service.Host;

    [Fact]
    public void only_what_is_new_is_recorded_and_each_day_once()
    {
        var first = Counted(Ids.Rid("one"), 2, At);
        var facts = SecurityFacts.Create(Assert.IsType<SecurityEvent.Counted>(Assert.Single(RecordFindingsHandler.Handle(first, null))));
        Assert.Empty(RecordFindingsHandler.Handle(first, facts));
        Assert.Empty(RecordFindingsHandler.Handle(first with { At = At.AddHours(1) }, facts));
        Assert.Empty(RecordFindingsHandler.Handle(Counted(facts.Rid, 3, At.AddHours(-1)), facts));
        Assert.Single(RecordFindingsHandler.Handle(Counted(facts.Rid, 3, At.AddHours(1)), facts));
        Assert.Single(RecordFindingsHandler.Handle(Counted(facts.Rid, 3, At.AddYears(-5)), facts));
        Assert.Single(RecordFindingsHandler.Handle(first with { At = At.AddDays(1) }, facts));
        Assert.Single(RecordFindingsHandler.Handle(first with { At = At.AddHours(1), Score = 1 }, facts));
        Assert.Equal((2, 2, 0), (
            facts.Open(Severity.Critical), facts.Open(Severity.Critical, "dependencies"), facts.Open(Severity.Critical, "sast")));
    }

    [Fact]
    public async Task what_was_counted_stands_on_the_page_and_none_where_nobody_looked()
    {
        var (rid, other) = (Ids.Rid("secure"), Ids.Rid("unseen"));
        await Host.SendAsync(
            new RepositoryTracked(rid, "secure", "main", RepositoryLocator.OfFolder("/nowhere"), [], At),
            new RepositoryTracked(other, "unseen", "main", RepositoryLocator.OfFolder("/nowhere"), [], At),
            Counted(rid, 2, At),
            Counted(other, 0, At) with { Counts = [], Checks = [new CheckLooked("shellcheck", At, false)], Score = null },
            Counted(Ids.Rid("gone"), 7, At));
        await Host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(CancellationToken.None);
        var page = await Host.Client.GetStringAsync("/metrics");
        foreach (var line in (string[])[
            $"radicle_security_vulnerabilities_critical{{repo=\"{rid}\"}} 2", $"radicle_security_vulnerabilities_low{{repo=\"{rid}\"}} 0",
            $"radicle_security_vulnerabilities{{repo=\"{rid}\",severity=\"critical\",scanner=\"dependencies\"}} 2",
            $"radicle_security_secrets_found{{repo=\"{rid}\"}} 1", $"radicle_security_score{{repo=\"{rid}\"}} 45",
            $"radicle_security_accepted_findings{{repo=\"{rid}\",state=\"false_alarm\"}} 1",
            $"radicle_security_overdue_findings{{repo=\"{rid}\",severity=\"critical\"}} 1",
            $"radicle_security_scan_last_success_timestamp_seconds{{repo=\"{rid}\",scanner=\"dependencies\"}} {At.ToUnixTimeSeconds()}"])
            Assert.Contains(line + "\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"radicle_security_sast_findings{{repo=\"{rid}\"", page, StringComparison.Ordinal);
        foreach (var unseen in (Rid[])[other, Ids.Rid("gone")])
            Assert.DoesNotContain(page.Split('\n'), line
                => line.StartsWith("radicle_security", StringComparison.Ordinal)
                    && line.Contains($"\"{unseen}\"", StringComparison.Ordinal));
        Assert.Equal(2, (await Host.Services.GetRequiredService<SecurityTable>().FindAsync(rid, CancellationToken.None))!
            .Open(Severity.Critical));
        Assert.Equal("", await Tool.RunAsync("promtool", ["check", "metrics"], input: page));
    }

    internal static FindingsCounted Counted(Rid rid, int critical, DateTimeOffset at)
        => new(
            rid, "secure",
            [new CountedFindings("dependencies", Severity.Critical, critical, 1, 1, 1),
                new CountedFindings("secrets", Severity.High, 1, 0, 0, 0)],
            [new CheckLooked("dependencies", At, false, true), new CheckLooked("secrets", At, false), new CheckLooked("sast", At, true)],
            45, at);
}
