using System.Text;

using Auxo.Contracts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Suppressing;
using Auxo.Pipeline.Tests.Definitions;
using Auxo.Pipeline.Verdict;
using Auxo.Reports;
using Auxo.Reports.TestRuns;

namespace Auxo.Pipeline.Tests.Reports;

/// <summary>Tests that may fail for a while: only a failure that they explain whole does not block.</summary>
public sealed class QuarantineTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    private static readonly QuarantinedTest Lends = new(3, "Shelf :: lends", null, Today, "port taken", "ada");

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(8, false)]
    [InlineData(101, false)]
    [InlineData(3, true)]
    [InlineData(126, true)]
    [InlineData(127, true)]
    [InlineData(137, true)]
    public void only_an_exit_code_of_failed_tests_is_excused(int code, bool blocks)
        => Assert.Equal(blocks, Result(Of([Lends], "lends"), code).Blocks);

    [Fact]
    public void the_number_of_failed_tests_is_such_a_code()
    {
        var three = Of([Lends with { Test = "Shelf :: a" }, Lends with { Test = "Shelf :: b" }, Lends], "a", "b", "lends");
        Assert.False(Result(three, 3).Blocks);
        Assert.True(Result(three, 4).Blocks);
    }

    [Fact]
    public void what_is_excused_is_a_failure_that_warns_and_says_so()
    {
        var result = Result(Of([Lends], "lends"), 1);
        Assert.Equal((Outcome.Failed, false, 1), (result.Outcome, result.Blocks, result.ExitCode));
        Assert.Equal("1 quarantined test failed; command 1 of 1 (x) ended with exit code 1", result.Summary);
    }

    [Fact]
    public void another_failure_a_test_that_broke_and_a_list_that_is_over_block()
    {
        Assert.EndsWith(
            "1 quarantined test failed, but 1 other test failed", Blocked(Of([Lends], "lends", "adds")), StringComparison.Ordinal);
        Assert.Null(Of([Lends with { Until = Today.AddDays(-1) }], "lends").Gate);
        Assert.Null(Of([Lends with { Step = "other" }], "lends").Gate);
        Assert.Null(Of([Lends], "adds").Gate);
    }

    [Fact]
    public void a_report_that_may_not_be_whole_excuses_nothing()
    {
        Assert.EndsWith("announce 2 tests more than they have", Blocked(Of([Lends], ["lends"], announced: 4)), StringComparison.Ordinal);
        Assert.EndsWith("could not be read, and may name more", Blocked(Of([Lends], ["lends"], unread: true)), StringComparison.Ordinal);
        var before = Before(5);
        Assert.EndsWith(
            "2 tests ran, and 5 in the default branch: what did not run may fail", Blocked(Of([Lends], ["lends"], before: before)),
            StringComparison.Ordinal);
        Assert.False(Result(Of([Lends], ["lends"], before: Before(2)), 1).Blocks);
    }

    [Fact]
    public void a_limit_of_the_same_step_blocks_all_the_same_and_a_step_that_may_fail_stays_one()
    {
        var (tests, gate) = Of([Lends], "lends");
        var limited = new StepReported(tests, null, [], "coverage is 10 %, and less than 50 % fails", null) { Quarantine = gate };
        Assert.True(limited.Onto(Failed(1, blocks: true)).Result.Blocks);
        var ignored = new StepReported(tests, null, [], null, null) { Quarantine = gate };
        Assert.Equal("command 1 of 1 (x) ended with exit code 1", ignored.Onto(Failed(1, blocks: false)).Result.Summary);
        Assert.Equal(Outcome.TimedOut, ignored.Onto(Failed(1, blocks: true) with
        {
            Result = Failed(1, blocks: true).Result with { Outcome = Outcome.TimedOut },
        }).Result.Outcome);
    }

    [Fact]
    public void entries_that_have_done_their_work_are_named()
    {
        var green = new StepTests("unit", 2, 2, 0, 0, [], []);
        var stable = new ReportsBefore(null, green, []) { Newest = [green, green, green, green, green] };
        Assert.Contains(
            "has not failed in the last 5 builds of the default branch", Note(Of([Lends], [], before: stable)), StringComparison.Ordinal);
        Assert.Null(Of([Lends], [], before: stable with { Newest = [green, green, green, green] }).Tests.QuarantineNotes);
        var red = green with { Failed = 1, Failures = [new FailedTest("", "", null, true, "Shelf :: lends")] };
        Assert.Null(Of([Lends], [], before: stable with { Newest = [green, green, green, green, red] }).Tests.QuarantineNotes);
        var many = green with { Failed = 60 };
        Assert.Null(Of([Lends], [], before: stable with { Newest = [green, many, green, green, green] }).Tests.QuarantineNotes);

        var over = Lends with { Until = Today.AddDays(-1) };
        Assert.EndsWith("was over on 2026-02-28; mend the test", Note(Of([over], "lends")), StringComparison.Ordinal);
        Assert.EndsWith("was over on 2026-02-28; take the entry out", Note(Of([over])), StringComparison.Ordinal);
        Assert.Equal(
            ".auxo/quarantine.yaml:3: no test 'gone' has run", Note(Of([Lends with { Test = "gone", Step = "unit" }])));
        Assert.Null(Of([Lends with { Test = "gone" }]).Tests.QuarantineNotes);
    }

    [Fact]
    public void a_test_is_found_by_every_spelling_that_is_one_test()
    {
        var id = new TestIdentity(null, "Shelf", "Shelf lends");
        Assert.Equal("Shelf lends", id.Display);
        Assert.NotNull(new Quarantine([Lends], "unit", Today).Of(id));
        Assert.NotNull(new Quarantine([Lends with { Test = "Shelf lends" }], "unit", Today).Of(id));
        Assert.Null(new Quarantine([Lends with { Test = "shelf lends" }], "unit", Today).Of(id));
    }

    [Fact]
    public void the_line_that_is_proposed_is_one_that_is_read()
    {
        var line = ReportsMarkdown.QuarantineLine("says \"a: b\" # [1] {x} \\ é", Today.AddDays(30));
        var (entries, problems) = QuarantineReader.Read(line, Today);
        Assert.Empty(problems);
        Assert.Equal("says \"a: b\" # [1] {x} \\ é", Assert.Single(entries).Test);
    }

    [Theory]
    [InlineData("- { test: a, reason: x, by: y }", "the entry needs 'until': the last day, such as 2027-01-31")]
    [InlineData("- { test: a, until: 2027-03-03, reason: x, by: y }", "'until' is more than a year from now; look at it again within one")]
    [InlineData("- { test: a, until: soon, reason: x, by: y }", "'until' must be a day, such as 2027-01-31")]
    [InlineData("- { until: 2026-04-01, reason: x, by: y }", "the entry needs 'test': its name as the verdict has it")]
    [InlineData("- { test: a, tset: b, until: 2026-04-01, reason: x, by: y }", "unknown key 'tset'; did you mean 'test'?")]
    [InlineData("tests: []", "the file must be a list; begin each entry with '- test:'")]
    public void a_wrong_list_is_refused_with_its_place(string text, string words)
        => Assert.StartsWith(words, Assert.Single(QuarantineReader.Read(text, Today).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void a_stranger_cannot_excuse_his_own_failures()
    {
        const string list = "- { test: a, until: 2026-04-01, reason: x, by: y }";
        static DefinitionFiles Files(string? list) => new(null, null) { Quarantine = list };
        var facts = PipelineFileTests.Facts(Trust.Stranger) with { Today = Today };
        var plan = Plan.Decide(facts, approved: true, Files(list), Files(null));
        Assert.Null(plan.Quarantined);
        Assert.EndsWith(
            ".auxo/quarantine.yaml of the canonical branch was used, not this commit's", Assert.Single(plan.Notes),
            StringComparison.Ordinal);
        Assert.Single(Plan.Decide(facts with { Trust = Trust.Trusted }, approved: true, Files(list), null).Quarantined!);
    }

    private static ReportsBefore Before(int total) => new(null, new StepTests("unit", total, total, 0, 0, [], []), []);

    private static string Note((StepTests Tests, QuarantineGate? Gate) of) => Assert.Single(of.Tests.QuarantineNotes!);

    private static string Blocked((StepTests Tests, QuarantineGate? Gate) of)
    {
        var result = Result(of, 1);
        Assert.True(result.Blocks);
        return result.Summary;
    }

    private static StepResult Result((StepTests Tests, QuarantineGate? Gate) of, int code)
        => new StepReported(of.Tests, null, [], null, null) { Quarantine = of.Gate }.Onto(Failed(code, blocks: true)).Result;

    private static StepReport Failed(int code, bool blocks)
        => new(new StepResult(
            "unit", "command", Outcome.Failed, blocks, TimeSpan.Zero, code, $"command 1 of 1 (x) ended with exit code {code}"), [], []);

    private static (StepTests Tests, QuarantineGate? Gate) Of(IReadOnlyList<QuarantinedTest> entries, params string[] failing)
        => Of(entries, failing, announced: 0);

    /// <summary>A run of the tests adds and lends, of which some fail.</summary>
    private static (StepTests Tests, QuarantineGate? Gate) Of(
        IReadOnlyList<QuarantinedTest> entries, string[] failing, int announced = 0, bool unread = false, ReportsBefore? before = null)
    {
        var cases = failing.Union(["adds", "lends"]).Select(name
            => $"<testcase classname='Shelf' name='{name}'>{(failing.Contains(name) ? "<failure message='no'/>" : "")}</testcase>");
        var report = Assert.IsType<TestReport>(Report.Read(
            Encoding.UTF8.GetBytes($"<testsuite tests='{announced}'>{string.Concat(cases)}</testsuite>"), "junit.xml"));
        before ??= ReportsBefore.Nothing;
        var tests = Auxo.Pipeline.Reports.JoinTests.Summarise(
            "unit", report.Tests, before, static _ => null, new Quarantine(entries, "unit", Today));
        return (tests, QuarantineGate.Of(tests, report.Missing, unread, before));
    }
}
