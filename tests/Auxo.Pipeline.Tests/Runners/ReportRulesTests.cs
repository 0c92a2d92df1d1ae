using System.Text.Json;

using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Runners.Protocol;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Tests.Builds;

namespace Auxo.Pipeline.Tests.Runners;

/// <summary>What a runner may say of a build: it runs the code of others, so its word is input from outside.</summary>
public sealed class ReportRulesTests
{
    private static readonly Build Build = SampleBuilds.Queued(SampleBuilds.PlanOf(needsApproval: false, "one", "two"));
    private static readonly StepReport Good = SampleBuilds.Report("one");

    [Fact]
    public void a_result_of_a_step_of_the_plan_is_taken() => Assert.Null(ReportRules.Refuse(Build, new ReportsBody([Good], ["two"])));

    public static TheoryData<string> Wrong => [.. Wrongs.Keys];

    private static readonly Dictionary<string, ReportsBody> Wrongs = new(StringComparer.Ordinal)
    {
        ["a step that is none"] = new([SampleBuilds.Report("three")], []),
        ["a check"] = new([SampleBuilds.Report("secrets")], []),
        ["a next step that is none"] = new([], ["../two"]),
        ["a next step that is null"] = new([], [null!]),
        ["a report that is null"] = new([null!], []),
        ["more reports than steps"] = new([Good, Good, Good], []),
        ["an outcome of a build"] = new([SampleBuilds.Report("one", Outcome.Superseded)], []),
        ["a negative duration"] = new([Good with { Result = Good.Result with { Duration = TimeSpan.FromSeconds(-1) } }], []),
        ["a duration of years"] = new([Good with { Result = Good.Result with { Duration = TimeSpan.FromDays(999) } }], []),
        ["artifacts of a step that keeps none"] =
            new([Good with { Artifacts = [new BuildArtifact("a", "text/plain", "sha256:" + new string('0', 64), 1)] }], []),
        ["a finding of another step"] = new([Good with { Findings = [Finding("two")] }], []),
        ["tests of another step"] = new([Good with { Tests = new StepTests("two", 1, 1, 0, 0, [], []) }], []),
        ["tests below nothing"] = new([Good with { Tests = new StepTests("one", -1, 1, 0, 0, [], []) }], []),
        ["more quarantined than failed"] = new([Good with { Tests = Failed with { Quarantined = 2 } }], []),
        ["quarantined below nothing"] = new([Good with { Tests = Failed with { Quarantined = -1 } }], []),
        ["a note that is null"] = new([Good with { Tests = Failed with { QuarantineNotes = [null!] } }], []),
        ["a time of the processor below nothing"] = new([Used(new StepUsage(TimeSpan.FromTicks(-1), null))], []),
        ["memory below nothing"] = new([Used(new StepUsage(null, -1))], []),
        ["less read than nothing"] = new([Used(new StepUsage(null, null, -1))], []),
        ["less written than nothing"] = new([Used(new StepUsage(null, null, null, -1))], []),
        ["coverage above all"] =
            new([Good with { Coverage = new StepCoverage("one", "lines", new(2, 1), new(0, 0), null, null, [], 0) }], []),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void what_cannot_be_is_refused(string what) => Assert.NotNull(ReportRules.Refuse(Build, Wrongs[what]));

    [Fact]
    public void what_the_plan_says_is_not_the_runners_to_say_and_texts_are_one_line()
    {
        var odd = Good with
        {
            Result = Good.Result with { Kind = "check", Blocks = false, Outcome = Outcome.Failed, Summary = "a\nb\u202Ec" },
            Findings = [Finding("one") with { Message = new string('x', 9999), Path = "a\0b" }],
            Fixes = [Finding("one")],
        };
        var tamed = Assert.Single(ReportRules.Tamed(Build, [odd]));
        Assert.Null(tamed.Fixes);
        Assert.Equal(("command", true, "a b c"), (tamed.Result.Kind, tamed.Result.Blocks, tamed.Result.Summary));
        var finding = Assert.Single(tamed.Findings);
        Assert.Equal(("a b", 301), (finding.Path, finding.Message.Length));
    }

    [Fact]
    public void what_is_said_of_the_quarantine_is_few_and_short_lines()
    {
        var odd = Good with
        {
            Tests = Failed with
            {
                Quarantined = 1, QuarantineNotes = [.. Enumerable.Repeat("a\nb" + new string('x', 9999), 99)],
                Failures = [new FailedTest("test", "", null, IsNew: true, "test") { Quarantined = "until\n" + new string('x', 9999) }],
            },
            Result = Good.Result with { Usage = new StepUsage(TimeSpan.Zero, 0, 0, 0), Outcome = Outcome.Failed, Blocks = false },
        };
        Assert.Null(ReportRules.Refuse(Build, new ReportsBody([odd], [])));
        // Only the plan can have a quarantine.
        Assert.True(Assert.Single(ReportRules.Tamed(Build, [odd])).Result.Blocks);
        var quarantined = Build with { Plan = Build.Plan with { Quarantined = [] } };
        var tamed = Assert.Single(ReportRules.Tamed(quarantined, [odd]));
        Assert.False(tamed.Result.Blocks);
        var tests = tamed.Tests!;
        Assert.Equal(10, tests.QuarantineNotes!.Count);
        Assert.All(
            [.. tests.QuarantineNotes, Assert.Single(tests.Failures).Quarantined!],
            static text => Assert.True(text.Length == 301 && !text.Contains('\n', StringComparison.Ordinal), text));
    }

    private static StepTests Failed => new("one", 1, 0, 1, 0, [], []);

    [Fact]
    public void a_message_has_as_many_findings_as_it_can_carry_the_first_of_each_step()
    {
        Finding Long(int i) => new("test", $"rule {i}", Severity.High, null, null, new string('\u00e9', 1000), Blocks: true);
        var many = Good with { Findings = [.. Enumerable.Range(0, 5000).Select(Long)] };
        var few = Good with { Findings = [Long(1)] };

        var body = ReportsBody.Fitting([few, many], ["next"]);
        Assert.Equal(["next"], body.Next);
        Assert.Equal(few.Findings, body.Reports[0].Findings);
        Assert.Equal(many.Findings.Take(body.Reports[1].Findings.Count), body.Reports[1].Findings);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, RunnerJson.Default.ReportsBody).Length;
        Assert.InRange(bytes, 3 << 20, 5 << 20);

        var small = Good with { Findings = [.. Enumerable.Repeat(Finding("one"), ReportsBody.MostFindings + 1)] };
        Assert.Equal(ReportsBody.MostFindings, ReportsBody.Fitting([small], []).Reports[0].Findings.Count);
    }

    private static StepReport Used(StepUsage usage) => Good with { Result = Good.Result with { Usage = usage } };

    private static Finding Finding(string step) => new(step, "rule", Severity.High, "a.sh", 1, "wrong", Blocks: true);
}
