using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Schedules.Scans;

using Microsoft.Extensions.Configuration;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Schedules.Scans;

/// <summary>What a scan does, what of it is new, and who has switched it off.</summary>
public sealed class ScanTests
{
    private const string File =
        """
        checks: { sast: off, secrets: { ignore: tests/ } }
        concurrency: { mode: queue, group: one }
        runner: gpu
        steps:
          - { name: test, run: make test }
        """;

    [Theory]
    [InlineData("dependency-scan", "dependencies")]
    [InlineData("deep-sast", "")]
    [InlineData("audit", "secrets structure dependencies")]
    public void a_scan_makes_its_checks_as_the_file_leaves_them_and_runs_no_step(string name, string checks)
    {
        var plan = PlanOf(name, new DefinitionFiles(File, null) { Suppressions = "- {rule: A, reason: x, by: y}\n" });
        Assert.Equal((checks, 0, name), (string.Join(' ', plan.Checks), plan.Steps.Count, plan.Scan));
        Assert.Equal((null, null, 1), (plan.Concurrency, plan.Runner, plan.Accepted!.Count));
        Assert.Equal(["tests/"], plan.Settings.Ignore["secrets"]);
    }

    [Fact]
    public void what_is_wrong_with_the_file_is_the_matter_of_its_push_and_what_was_accepted_stays_so()
    {
        var plan = PlanOf("audit", new DefinitionFiles("zz: 1", null) { Suppressions = "- {rule: A, reason: x, by: y}\n" });
        Assert.Equal((0, 4, 1), (plan.Problems.Count, plan.Checks.Count, plan.Accepted!.Count));
    }

    [Theory]
    [InlineData(BuildTrigger.Manual, "audit")]
    [InlineData(BuildTrigger.Schedule, "nightly")]
    [InlineData(BuildTrigger.Branch, null)]
    public void every_other_build_does_all_that_the_file_says(BuildTrigger trigger, string? schedule)
    {
        var plan = Plan.Decide(
            new BuildFacts(trigger, "main", Trust.Trusted, null, schedule), approved: false, new DefinitionFiles(File, null), null);
        Assert.Equal((null, 1, "gpu"), (plan.Scan, plan.Steps.Count, Assert.Single(plan.Runner!)));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("all", "dependency-scan deep-sast audit")]
    [InlineData(" deep-sast , audit,", "deep-sast audit")]
    public void the_operator_names_what_is_off_by_default(string? setting, string off)
        => Assert.Equal(
            off.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            ScanSettings.From(Setting(setting)).Off.Order(StringComparer.Ordinal));

    [Fact]
    public void a_name_that_is_none_stops_the_start_and_says_which_there_are()
        => Assert.Contains(
            "'nightly'; it may name dependency-scan, deep-sast, audit or all",
            Assert.Throws<FormatException>(static () => ScanSettings.From(Setting("audit,nightly"))).Message, StringComparison.Ordinal);

    [Theory]
    //          found         before     push       troubled        new  open
    [InlineData("", null, "", "", 0, "")]
    [InlineData("a a b", null, "", "", 3, "a:2 b:1")]
    [InlineData("a a b", "a a b", "", "", 0, "a:2 b:1")]
    [InlineData("a a b", "a", "b", "", 1, "a:2 b:1")]
    [InlineData("a", "a a b", "", "", 0, "a:1")]
    // What a push has told is no news, and what could not be looked at is as it was.
    [InlineData("a", null, "a b", "", 0, "a:1")]
    [InlineData("", "a b", "", "dependencies", 0, "a:1 b:1")]
    public void new_is_what_neither_the_run_before_nor_the_newest_push_has_told(
        string found, string? before, string push, string troubled, int fresh, string open)
    {
        var last = before is null ? null : Ended(new ScanComparison(null, null, 0, 0, Opened(before)), Outcome.Failed);
        var compared = ScanComparison.Of(
            last, Fold(Queued(PlanOf()), [new BuildEvent.FindingsReported("dependencies", 1, 0, Findings(push))]), Findings(found),
            troubled.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((fresh, open), (compared.New, string.Join(' ', compared.Open.Select(static one => $"{one.Rule}:{one.Count}"))));
        Assert.Equal(
            (last?.BuildId, last?.Outcome, last?.Compared!.Open.Count ?? 0),
            (compared.Before, compared.OutcomeBefore, compared.OpenBefore));
    }

    [Fact]
    public void what_only_warns_or_is_known_is_not_open()
        => Assert.Empty(ScanComparison.Of(null, null, [Finding("a") with { Blocks = false }], []).Open);

    [Theory]
    [InlineData("dependency-scan", Outcome.Failed, 2, null, null, "dependencies failed: 2 new")]
    [InlineData("dependency-scan", Outcome.Failed, 0, Outcome.Failed, true, "dependencies failed: nothing new")]
    // Its push has told it all.
    [InlineData("dependency-scan", Outcome.Failed, 0, null, true, "dependencies failed: nothing new")]
    [InlineData("dependency-scan", Outcome.Passed, 0, null, true, null)]
    [InlineData("dependency-scan", Outcome.Passed, 0, Outcome.Passed, true, null)]
    [InlineData("dependency-scan", Outcome.Passed, 0, Outcome.Failed, null, null)]
    [InlineData("dependency-scan", Outcome.Errored, 0, Outcome.Errored, null, "dependencies could not be run")]
    [InlineData("audit", Outcome.Passed, 0, Outcome.Passed, null, null)]
    [InlineData("audit", Outcome.Failed, 0, Outcome.Failed, null, "dependencies failed: nothing new")]
    public void nobody_hears_again_what_was_told(
        string scan, Outcome outcome, int fresh, Outcome? before, bool? oldNews, string? reason)
    {
        var build = Queued(PlanOf() with { Scan = scan, Checks = ["dependencies"] });
        var report = Report("dependencies", outcome) with
        {
            Compared = new ScanComparison(null, before, before == Outcome.Failed ? 1 : 0, fresh, []),
        };
        var (events, messages) = RecordStepResults.Decide(build, [report], [], NoLinks, Now);
        var finished = Assert.Single(messages.OfType<BuildFinished>());
        Assert.Equal((oldNews, reason, outcome), (finished.OldNews, finished.Reason, Fold(build, events).Outcome));
    }

    [Theory]
    //          open now, before, verdict before → told?
    [InlineData(0, 1, Outcome.Failed, true)]
    // What was open could not be looked at: that mends nothing, and the night that does is told.
    [InlineData(1, 1, Outcome.Failed, false)]
    [InlineData(1, 1, Outcome.Passed, false)]
    [InlineData(0, 1, Outcome.Passed, true)]
    [InlineData(0, 0, Outcome.Errored, true)]
    [InlineData(0, 0, Outcome.Passed, false)]
    public void a_pass_is_told_when_it_mends_something(int open, int before, Outcome verdict, bool isTold)
    {
        var compared = new ScanComparison(Guid.NewGuid(), verdict, before, 0, open == 0 ? [] : Opened("a"));
        Assert.Equal(isTold, !compared.IsOldNews(Outcome.Passed));
    }

    [Theory]
    //          off by default, disabled, enabled → on?
    [InlineData(false, false, false, true)]
    [InlineData(false, true, false, false)]
    [InlineData(true, false, false, false)]
    [InlineData(true, false, true, true)]
    public void a_person_counts_more_than_the_file_and_the_operator(bool off, bool disabled, bool enabled, bool on)
    {
        var schedule = Schedule(off, disabled, enabled);
        Assert.Equal(on, schedule.IsOn);
        Assert.Equal(on, SwitchSchedule.Decide(schedule, on: true, "ada", Now) is null);
        // Also one that is off by default: it stays off when that changes.
        Assert.Equal(disabled, SwitchSchedule.Decide(schedule, on: false, "ada", Now) is null);
    }

    [Fact]
    public void a_report_has_all_findings_and_nothing_of_the_repository_is_markup_in_it()
    {
        var evil = Finding("<b>rule</b>") with { Path = "a`b|c.json", Message = "[click](http://evil.example) @team" };
        var report = AuditReport.Of(
            Queued(PlanOf()), [new CheckRun("dependencies", new CheckReport([], ["trivy: 1 lock file"]), TimeSpan.Zero)],
            [
                new CheckResult(Report("dependencies", Outcome.Failed).Result, [.. Enumerable.Repeat(evil, 501)], ""),
                new CheckResult(Report("sast", Outcome.Skipped).Result with { Summary = "semgrep is not installed" }, [], ""),
                new CheckResult(Report("structure").Result, [], ""),
            ],
            Now);
        var text = report.Markdown();
        Assert.Contains("| dependencies | found something | 0 | 501 | 0 | 0 | 0 | 501 |", text, StringComparison.Ordinal);
        Assert.Contains("| sast | **not made** |", text, StringComparison.Ordinal);
        Assert.Contains("semgrep is not installed", text, StringComparison.Ordinal);
        Assert.Contains("> trivy: 1 lock file", text, StringComparison.Ordinal);
        Assert.Contains("and 1 more: audit.json has all", text, StringComparison.Ordinal);
        Assert.Single(text.Split("Nothing found."), static part => part.Length == 1);
        foreach (var markup in (string[])["<b>", "[click](", "://", "@team"]) Assert.DoesNotContain(markup, text, StringComparison.Ordinal);
        var json = System.Text.Json.Nodes.JsonNode.Parse(report.Json())!;
        Assert.Equal((501, "Skipped"), (json["checks"]![0]!["findings"]!.AsArray().Count, (string)json["checks"]![1]!["outcome"]!));
    }

    private static IConfiguration Setting(string? value)
        => new ConfigurationBuilder().AddInMemoryCollection([new("Auxo:Schedules:Off", value)]).Build();

    private static Plan PlanOf(string scan, DefinitionFiles files)
        => Plan.Decide(new BuildFacts(BuildTrigger.Schedule, "main", Trust.Trusted, null, scan), approved: false, files, canonical: null);

    private static Plan PlanOf() => Builds.SampleBuilds.PlanOf();

    private static Build Ended(ScanComparison compared, Outcome outcome)
        => Queued(PlanOf()) with { Compared = compared, Outcome = outcome };

    private static Finding Finding(string rule)
        => new("dependencies", rule, Severity.High, "package-lock.json", 1, "lodash", Blocks: true);

    private static List<Finding> Findings(string rules)
        => [.. rules.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Finding)];

    private static List<OpenFinding> Opened(string rules)
        => [.. Findings(rules).GroupBy(static finding => finding.Rule)
            .Select(static group => new OpenFinding("dependencies", group.Key, "package-lock.json", group.Count()))];

    private static Schedule Schedule(bool off, bool disabled, bool enabled)
        => new(
            Repository, "audit", "0 4 1 * *", null, TimeSpan.Zero, TimeSpan.FromDays(7), null, Now, disabled ? "bob" : null,
            disabled ? Now : null, 0, null, null, new ScheduleRepository("tidy", "main", RepositoryLocator.OfFolder("/srv/tidy"), Commit))
        {
            IsOffByDefault = off, EnabledAt = enabled ? Now : null,
        };
}
