using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Tests.Security;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Alerts;

/// <summary>Alerts in the whole service: from what was told to what is told.</summary>
public sealed class AlertHostTests(MetricsService service) : IClassFixture<MetricsService>
{
    private MetricsHost Host => service.Host;

    [Fact]
    public async Task an_alert_is_raised_shown_told_and_over()
    {
        var (rid, now) = (Ids.Rid("overdue"), TimeProvider.System.GetUtcNow());
        await Host.SendAsync(
            new RepositoryTracked(rid, "overdue", "main", RepositoryLocator.OfFolder("/nowhere"), [], now),
            SecurityTests.Counted(rid, 2, now.AddMinutes(-9)),
            new MergedWithoutPass(
                rid, "overdue", Ids.Patch("p"), Ids.Commit("c"), null, "its build failed", null, now.AddHours(-1)),
            new ScheduleMissed(rid, "overdue", "nightly", now.AddHours(-2), 2, "Auxo did not run", now.AddHours(-1)),
            new BuildQueued(
                new BuildSubject(
                    Ids.Build("stuck"), rid, "overdue", BuildTrigger.Branch, null, null, "main", Ids.Commit("c"), "t", null),
                ["test"], now.AddHours(-1)));
        Assert.True(await LookAsync() > 0);
        Assert.Equal(0, await LookAsync());

        var alerts = (await Host.GetAsync("/alerts"))["items"]!.AsArray().Where(alert => (string?)alert!["rid"] == rid.Value).ToList();
        Assert.Equal(
            ["FindingsOverdue raised: Findings of secure are overdue: 1",
                "MergesWithoutPass raised: Patches of overdue merged without a pass in seven days: 1",
                "QueueStuck raised: A build of overdue has waited for 60 min and nothing of it began",
                "SchedulesMissed raised: Times of schedules of overdue missed in a day: 2"],
            alerts.Where(static alert => (string)alert!["phase"]! == "raised")
                .Select(static alert => $"{alert!["rule"]} {alert["phase"]}: {alert["summary"]}").Order(StringComparer.Ordinal));
        Assert.Contains("CriticalVulnerabilitiesFound", alerts.Where(static alert => (string)alert!["phase"]! == "pending")
            .Select(static alert => (string)alert!["rule"]!));

        // What notify has told at once is not told again.
        Assert.Equal(["FindingsOverdue", "QueueStuck"], await ToldAsync("alert_raised", rid));
        await Host.SendAsync(
            SecurityTests.Counted(rid, 2, now) with { Counts = [] }, new BuildStarted(
                new BuildSubject(
                    Ids.Build("stuck"), rid, "overdue", BuildTrigger.Branch, null, null, "main", Ids.Commit("c"), "t", null), now));
        await LookAsync();
        Assert.Equal(["FindingsOverdue", "QueueStuck"], await ToldAsync("alert_cleared", rid));
        Assert.DoesNotContain((await Host.GetAsync("/alerts"))["items"]!.AsArray(), alert
            => (string?)alert!["rid"] == rid.Value && (string)alert["rule"]! == "FindingsOverdue");
        Assert.Contains((await Host.GetAsync("/alerts?all=true"))["items"]!.AsArray(), alert
            => (string?)alert!["rid"] == rid.Value && (string)alert["rule"]! == "FindingsOverdue" && (string)alert["phase"]! == "quiet");
    }

    [Fact]
    public async Task the_rules_are_shown_with_who_tells_of_them()
    {
        var rules = (await Host.GetAsync("/alerts/rules"))["items"]!.AsArray();
        Assert.Equal(AlertRules.All.Count, rules.Count);
        var rule = rules.Single(static rule => (string)rule!["name"]! == "CISuccessRateLow")!;
        Assert.Equal(("below 70 %", 3600, "auxo", "docs/alerts.md#cisuccessratelow"), (
            (string)rule["bound"]!, (int)rule["forSeconds"]!, (string)rule["speaker"]!, (string)rule["runbook"]!));
    }

    [Theory]
    [InlineData(null, true, true)]
    [InlineData("auxo", true, true)]
    [InlineData("alertmanager", false, true)]
    public void one_of_the_two_speaks(string? setting, bool old, bool own)
    {
        var settings = Read(setting);
        Assert.Equal((old, own, false), (
            settings.Speaks(Rule("RadicleNodeDown")), settings.Speaks(Rule("QueueStuck")), settings.Speaks(Rule("SchedulesMissed"))));
        Assert.Throws<FormatException>(() => Read("both"));

        static AlertRule Rule(string name) => AlertRules.All.Single(rule => rule.Name == name);

        static AlertSettings Read(string? value) => AlertSettings.From(
            new Microsoft.Extensions.Configuration.ConfigurationManager { ["Auxo:Alerts:Speaker"] = value });
    }

    private Task<int> LookAsync() => Host.Services.GetRequiredService<AlertWatch>().LookAsync(TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<string>> ToldAsync(string type, Rid rid)
    {
        await Host.Queues.SentAllAsync("metrics");
        return [.. (await Host.Queues.EnvelopesAsync("notify")).Where(sent => sent.MessageType == type)
            .Select(static sent => JsonNode.Parse(sent.Data)!).Where(sent => (string?)sent["rid"] == rid.Value)
            .Select(static sent => (string)sent["rule"]!).Order(StringComparer.Ordinal)];
    }
}
