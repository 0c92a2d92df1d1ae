using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Reports.Files;
using Auxo.Pipeline.Reports.Measuring;
using Auxo.Pipeline.Tests.Builds;
using Auxo.Reports;
using Auxo.Reports.Coverage;
using Auxo.Reports.Findings;
using Auxo.Reports.TestRuns;

using Joined = Auxo.Pipeline.Reports.JoinTests;

namespace Auxo.Pipeline.Tests.Reports;

/// <summary>Several reports of a step become one word on its tests, one on its coverage, and its findings.</summary>
public sealed class JoinTests
{
    private const string Junit = "<testsuite><testcase classname='A' name='one'/><testcase classname='A' name='two'><failure message='no'/>"
        + "</testcase></testsuite>";

    [Fact]
    public void folders_are_joined_from_below_until_they_are_few_and_languages_are_known_by_the_end_of_a_name()
    {
        CoveredFile File(string path) => new(path, new LineCount(1, 2), []);
        CoveredFile[] files = [File("a/b/c/one.cs"), File("a/b/d/two.cs"), File("a/three.ts"), File("four"), File("web/x.TSX")];
        Assert.Equal(["", "a", "a/b/c", "a/b/d", "web"], CoveredPart.Folders(files).Select(static part => part.Name));
        Assert.Equal(
            [" 1", "a 1", "a/b 2", "web 1"], CoveredPart.Folders(files, most: 4).Select(static part => $"{part.Name} {part.Files}"));
        Assert.Equal([" 5"], CoveredPart.Folders(files, most: 1).Select(static part => $"{part.Name} {part.Files}"));
        Assert.Equal(["C# 2", "TypeScript 2", "other 1"], CoveredPart.Languages(files).Select(static part => $"{part.Name} {part.Files}"));
        Assert.Empty(CoveredPart.Folders([]));
        var deep = File(string.Concat(Enumerable.Repeat("d/", 2000)) + "x.py");
        Assert.Equal(2, CoveredPart.Folders([deep, File("e/y.py")], most: 2).Count);
        var many = Enumerable.Range(0, 5000).Select(i => File($"p{i}/src/x.py")).ToList();
        Assert.Equal(new LineCount(5000, 10000), Assert.Single(CoveredPart.Folders(many)).Lines);
    }

    [Fact]
    public void one_run_in_two_formats_counts_once_and_two_runs_in_one_format_count_twice()
    {
        var xunit = Tests(
            "<assemblies><assembly><collection><test name='A.two' type='A' result='Fail'/></collection></assembly></assemblies>");
        Assert.Equal(2, Joined.Of([Tests(Junit), xunit]).Count);
        Assert.Equal(4, Joined.Of([Tests(Junit), Tests(Junit)]).Count);
    }

    [Fact]
    public void a_failure_of_the_default_branch_is_not_new_and_a_test_with_two_outcomes_at_one_commit_is_flaky()
    {
        var failed = new StepTests("unit", 2, 1, 1, 0, [new FailedTest("A :: two", "", null, true, "A :: two")], []);
        var before = new ReportsBefore(null, failed, []);
        Assert.False(Assert.Single(Joined.Summarise("unit", Tests(Junit).Tests, before, static _ => null).Failures).IsNew);

        var green = new StepTests("unit", 2, 2, 0, 0, [], []);
        var summary = Joined.Summarise("unit", Tests(Junit).Tests, new ReportsBefore(null, null, [green]), static _ => null);
        Assert.Equal((2, 1, 1, 1, "A :: two"), (summary.Total, summary.Passed, summary.Failed, summary.FlakyCount, summary.Flaky[0]));
        Assert.True(summary.Failures[0].IsNew);
    }

    [Fact]
    public void the_newest_builds_of_the_default_branch_are_what_a_step_is_compared_with()
    {
        var build = SampleBuilds.Queued(SampleBuilds.PlanOf(steps: "unit"));
        var commit = CommitId.Parse("4444444444444444444444444444444444444444");
        var main = build with
        {
            Subject = build.Subject with { Trigger = BuildTrigger.Branch, PatchId = null, Commit = commit }, Canonical = commit,
        };
        static StepCoverage Coverage(string step, long covered) => new(step, "lines", new(covered, 10), new(0, 0), null, null, [], 1);
        var before = ReportsBefore.Of(
            [main with { Outcome = Outcome.Failed, Coverage = [Coverage("unit", 1)] },
                main with { Outcome = Outcome.Passed, Coverage = [Coverage("lint", 2), Coverage("unit", 3)] },
                main with { Outcome = Outcome.Passed, Coverage = [Coverage("unit", 4)] }], build, "unit");
        Assert.Equal(new LineCount(3, 10), before.Coverage);
    }

    [Fact]
    public void one_run_in_two_formats_is_covered_once_and_changed_lines_are_counted_apart()
    {
        var lcov = Cover("SF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,0\nend_of_record\nSF:src/b.js\nDA:1,0\nend_of_record\n");
        var again = Cover("SF:/workspace/src/a.js\nDA:1,0\nDA:2,5\nDA:3,0\nend_of_record\n");
        var sums = Cover(
            """{"total": {"lines": {"total": 3, "covered": 1}, "statements": {}}, "a": {"lines": {"total": 3, "covered": 1}}}""");
        var changed = ChangedLines.Of(new Diff([new DiffFile("src/a.js", null, DiffChange.Modified, null, null, 2, 0, null,
            [new DiffHunk("", [new DiffLine(null, 2, "", false, false), new DiffLine(null, 3, "", false, false)])])], 1));
        var coverage = JoinCoverage.Of(
            "unit", [(lcov, ["src/a.js", "src/b.js"]), (again, ["src/a.js"]), (sums, ["src/a.js"])], changed, new LineCount(1, 2));
        Assert.Equal((new LineCount(2, 4), new LineCount(1, 2)), (coverage.Lines, coverage.Changed));
        Assert.Equal(("src/a.js", 3), (coverage.Files[0].Path, Assert.Single(coverage.Files[0].Missed)));
        Assert.Equal("50 % (±0), changed lines 50 %", ReportWords.Of(coverage));
    }

    [Fact]
    public void a_finding_on_a_line_that_the_change_did_not_write_is_known()
    {
        var changed = ChangedLines.Of(new Diff([new DiffFile("a.js", null, DiffChange.Modified, null, null, 1, 0, null,
            [new DiffHunk("", [new DiffLine(null, 2, "", false, false)])])], 1));
        ReportedFinding[] found =
        [
            new("r", "error", FindingLevel.Error, "/x/a.js", 2, null, "new"),
            new("r", "error", FindingLevel.Error, "/x/a.js", 9, null, "old"),
            new("CVE-1", "HIGH", FindingLevel.Error, "lock.json", null, null, "package"),
            new("w", "warning", FindingLevel.Warning, "/x/a.js", 2, null, "warns"),
        ];
        var judged = ReportedFindings.Judge("lint", found, static path => path == "/x/a.js" ? "a.js" : null, changed, Gate.Block);
        Assert.Equal(["new True False", "package True False", "warns False False", "old False True"],
            judged.Select(static finding => $"{finding.Message} {finding.Blocks} {finding.Known}"));
        Assert.DoesNotContain(
            ReportedFindings.Judge("lint", found, static _ => null, null, Gate.Warn), static finding => finding.Blocks);
    }

    [Theory]
    [InlineData(40, 100, "coverage is 40 %, and less than 50 % fails", "coverage is 40 %, under 70 %")]
    [InlineData(60, 100, null, "coverage is 60 %, under 70 %")]
    [InlineData(99, 100, null, null)]
    [InlineData(0, 0, "no coverage was reported, and less than 50 % fails", "no coverage was reported")]
    public void limits_of_coverage_hold_where_the_file_says_so(int covered, int total, string? blocks, string? warning)
    {
        var coverage = new StepCoverage("unit", "lines", new LineCount(covered, total), new LineCount(0, 0), null, null, [], 0);
        var wanted = new StepReports([], Warn: 70, Block: 50);
        Assert.Equal((blocks, warning), (ReportGate.Blocks(wanted, coverage, []), ReportGate.Warning(wanted, null, coverage)));
        Assert.Null(ReportGate.Blocks(StepReports.Default, coverage, []));
    }

    private static TestReport Tests(string content) => (TestReport)Report.Read(Encoding.UTF8.GetBytes(content), "it.xml");

    private static CoverageReport Cover(string content) => (CoverageReport)Report.Read(Encoding.UTF8.GetBytes(content), "it");
}
