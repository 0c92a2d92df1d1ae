using System.Text;
using System.Text.Json;

using Auxo.Reports.Components;
using Auxo.Reports.Coverage;
using Auxo.Reports.Findings;
using Auxo.Reports.TestRuns;

namespace Auxo.Reports.Tests;

/// <summary>Every recorded report reads as its <c>expected.json</c> says; the loops go over that file, so none is left out.</summary>
public sealed class RecordedReportsTests
{
    private static readonly string[] Unread = ["README.md", "expected.json", "console.txt", "github.txt", "stdout.txt"];

    [Theory]
    [InlineData("recorded")]
    [InlineData("recorded-2")]
    public void every_file_of_the_folder_is_expected_or_no_report(string folder)
    {
        var expected = Recordings.Expected(folder);
        foreach (var file in Recordings.Files(folder).Where(file => !expected.ContainsKey(file)))
        {
            var format = ReportFormat.Of(Recordings.Bytes(folder, file), file);
            if (file == "bats/console.txt") continue;
            Assert.True(format is null == Unread.Contains(Path.GetFileName(file)), $"{file} is taken for {format?.Name ?? "nothing"}");
            if (format is not null) Assert.NotNull(Recordings.Read(folder, file));
        }
    }

    [Fact]
    public void reports_of_the_first_folder_read_as_expected()
    {
        var wrong = new List<string>();
        foreach (var (file, expected) in Recordings.Expected("recorded"))
        {
            try
            {
                Compare(Recordings.Read("recorded", file), expected);
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or ReportException)
            {
                wrong.Add($"{file}: {e.Message}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void reports_of_the_second_folder_read_as_expected()
    {
        var wrong = new List<string>();
        foreach (var (file, expected) in Recordings.Expected("recorded-2"))
        {
            try
            {
                CompareSecond(Recordings.Read("recorded-2", file), expected);
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or ReportException)
            {
                wrong.Add($"{file}: {e.Message}");
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>What bats shows is what it writes.</summary>
    [Fact]
    public void a_protocol_says_which_tests_are_missing()
    {
        var report = Assert.IsType<TestReport>(Recordings.Read("recorded-2", "bats/console.txt"));
        Assert.Equal((2, 3, 2, 2), (report.Count(TestOutcome.Passed), report.Count(TestOutcome.Failed), report.Count(TestOutcome.Skipped),
            report.Missing));
    }

    [Theory]
    [InlineData("<testsuites tests='3'><testsuite tests='9'><testcase name='a'/></testsuite></testsuites>", 2)]
    [InlineData("<testsuites><testsuite tests='2'><testsuite tests='2'><testcase name='a'/></testsuite></testsuite></testsuites>", 1)]
    [InlineData("<testsuite tests='1'><testcase name='a'/><testcase name='b'/></testsuite>", 0)]
    [InlineData("<testsuite tests='many'><testcase name='a'/></testsuite>", 0)]
    [InlineData("<assemblies><assembly total='2'><collection><test name='a' result='Pass'/></collection></assembly></assemblies>", 1)]
    [InlineData("<TestRun><Results><UnitTestResult testName='a' outcome='Passed'/></Results>"
        + "<ResultSummary outcome='Aborted'/></TestRun>", 1)]
    [InlineData("<TestRun><Results/><ResultSummary outcome='Failed'><Counters total='3'/></ResultSummary></TestRun>", 3)]
    [InlineData("""{"results": {"tool": {"name": "x"}, "summary": {"tests": 2}, "tests": [{"name": "a", "status": "passed"}]}}""", 1)]
    public void a_run_that_was_cut_off_has_fewer_tests_than_it_announces(string report, int missing)
        => Assert.Equal(missing, Assert.IsType<TestReport>(Report.Read(Encoding.UTF8.GetBytes(report), "report")).Missing);

    /// <summary>Reports from the test data of other projects.</summary>
    [Theory]
    [InlineData("cobertura")]
    [InlineData("gitleaks")]
    [InlineData("lcov")]
    [InlineData("nyc")]
    [InlineData("sarif")]
    [InlineData("semgrep")]
    [InlineData("shellcheck")]
    [InlineData("trivy")]
    public void other_peoples_reports_read_or_say_what_is_wrong(string folder)
    {
        foreach (var file in Recordings.Files(folder))
        {
            if (Path.GetExtension(file) is ".toml" or ".md") continue;
            // One file's entry, cut out of the report that it stands in.
            if (file is "coverage-final-ifelse.json") Assert.Throws<ReportException>(() => Recordings.Read(folder, file));
            else Assert.NotNull(Recordings.Read(folder, file));
        }
    }

    [Theory]
    [InlineData("debian-buster-image-ignore-unfixed.json")]
    [InlineData("misconfigurations.json")]
    [InlineData("npm-with-suppressed.json")]
    [InlineData("nuget-vuln.json")]
    [InlineData("pip-vuln.json")]
    [InlineData("secrets.json")]
    public void every_kind_of_finding_of_trivy_is_read(string file)
        => Assert.NotEmpty(Assert.IsType<FindingsReport>(Recordings.Read("trivy", file)).Findings);

    [Fact]
    public void the_source_that_secretlint_writes_into_its_report_is_never_kept()
        => Assert.DoesNotContain("sh3lf-pass", JsonSerializer.Serialize<object>(Recordings.Read("recorded-2", "secretlint/report.json")),
            StringComparison.Ordinal);

    private static void Compare(Report report, JsonElement expected)
    {
        var format = expected.GetProperty("format").GetString();
        if (report.Format.Name != "empty-list") Assert.Equal(format, report.Format.Name);
        if (expected.TryGetProperty("findings", out var findings)) Compare(Assert.IsType<FindingsReport>(report), findings);
        else if (expected.TryGetProperty("tests", out var tests)) Compare(Assert.IsType<TestReport>(report), tests, format == "junit");
        else if (expected.TryGetProperty("coverage", out var coverage)) Compare(Assert.IsType<CoverageReport>(report), coverage);
        else Compare(Assert.IsType<ComponentReport>(report), expected.GetProperty("sbom"));
    }

    private static void Compare(FindingsReport report, JsonElement expected)
    {
        var open = report.Open.ToList();
        Assert.Equal(expected.GetProperty("total").GetInt32(), open.Count);
        Assert.Equal(expected.GetProperty("suppressed").GetInt32(), report.Findings.Count - open.Count);
        Assert.Equal(Counts(expected.GetProperty("bySeverity")), Counts(open, static finding => finding.Severity));
        Assert.Equal(Counts(expected.GetProperty("byRule")), Counts(open, static finding => finding.Rule));
        var first = expected.GetProperty("first");
        if (first.ValueKind == JsonValueKind.Null) return;
        Assert.Equal(Rule(first.GetProperty("rule").GetString()), open[0].Rule);
        Assert.Equal(first.GetProperty("path").GetString(), open[0].Path);
        Assert.Equal(first.GetProperty("line").GetInt32(), open[0].Line);
        Assert.Equal(Nullable(first.GetProperty("column")), open[0].Column);
        Assert.StartsWith(first.GetProperty("messagePrefix").GetString()!, open[0].Message, StringComparison.Ordinal);
    }

    private static void Compare(TestReport report, JsonElement expected, bool withClass)
    {
        string Name(ReportedTest test) => withClass ? $"{test.Id.Class} :: {test.Id.Name}" : test.Id.Name;
        Assert.Equal(expected.GetProperty("total").GetInt32(), report.Tests.Count);
        Assert.Equal(expected.GetProperty("passed").GetInt32(), report.Count(TestOutcome.Passed));
        Assert.Equal(expected.GetProperty("failed").GetInt32(), report.Count(TestOutcome.Failed));
        Assert.Equal(expected.GetProperty("errored").GetInt32(), report.Count(TestOutcome.Errored));
        Assert.Equal(expected.GetProperty("skipped").GetInt32(), report.Count(TestOutcome.Skipped));
        Assert.Equal(expected.GetProperty("flaky").GetInt32(), report.Tests.Count(static test => test.IsFlaky));
        Assert.Equal(Texts(expected.GetProperty("failedNames")),
            report.Tests.Where(static test => test.Outcome == TestOutcome.Failed).Select(Name));
        Assert.Equal(Texts(expected.GetProperty("erroredNames")),
            report.Tests.Where(static test => test.Outcome == TestOutcome.Errored).Select(Name));
        Assert.Equal(expected.GetProperty("distinctNames").GetInt32(), report.Tests.DistinctBy(Name).Count());
        Assert.Equal(expected.GetProperty("timeOfCases").GetDouble(),
            report.Tests.Sum(static test => test.Duration?.TotalSeconds ?? 0), 0.0015);
        if (expected.TryGetProperty("time", out var time)) Assert.Equal(
            time.ValueKind == JsonValueKind.Null ? null : time.GetDouble(), report.Duration?.TotalSeconds);
        if (expected.TryGetProperty("plan", out var plan)) Assert.Equal(plan.GetInt32(), report.Tests.Count + report.Missing);
        Assert.Equal(
            expected.GetProperty("repeated").EnumerateObject().OrderBy(static name => name.Name, StringComparer.Ordinal)
                .Select(static name => $"{name.Name}: {string.Join(", ", Texts(name.Value))}"),
            report.Tests.GroupBy(Name).Where(static name => name.Count() > 1).OrderBy(static name => name.Key, StringComparer.Ordinal)
                .Select(static name
                    => $"{name.Key}: {string.Join(", ", name.Select(static test => test.Outcome.ToString().ToLowerInvariant()))}"));
    }

    private static void Compare(CoverageReport report, JsonElement expected)
    {
        if (expected.TryGetProperty("statements", out var statements))
        {
            Assert.Equal("statements", report.Unit);
            Assert.Equal(Pair(statements.GetProperty("total")), report.Lines);
            Assert.Equal(statements.GetProperty("files").EnumerateObject().Select(static file => (file.Name, Pair(file.Value))),
                report.Files.Select(static file => (file.Path, file.Lines)));
            return;
        }

        var total = expected.GetProperty("total");
        Assert.Equal(Pair(total.GetProperty("lines")), report.Lines);
        Assert.Equal(Pair(total.GetProperty("branches")), report.Branches);
        CompareFiles(report, expected.GetProperty("files"));
        if (expected.TryGetProperty("sources", out var sources)) Assert.Equal(Texts(sources), report.Sources);
    }

    private static void Compare(ComponentReport report, JsonElement expected)
    {
        Assert.Equal(expected.GetProperty("specVersion").GetString(), report.Version);
        Assert.Equal(expected.GetProperty("components").GetInt32(), report.Components.Count);
        Assert.Equal(Counts(expected.GetProperty("byType")),
            report.Components.CountBy(static component => component.Type).ToDictionary(StringComparer.Ordinal));
        Assert.Equal(Texts(expected.GetProperty("purls")).Order(StringComparer.Ordinal),
            report.Components.Select(static component => component.PackageUrl!).Order(StringComparer.Ordinal));
    }

    private static void CompareSecond(Report report, JsonElement expected)
    {
        switch (expected.GetProperty("kind").GetString())
        {
            case "tests":
                var tests = Assert.IsType<TestReport>(report);
                Assert.Equal(expected.GetProperty("tests").GetInt32(), tests.Tests.Count);
                Assert.Equal(expected.GetProperty("passed").GetInt32(), tests.Count(TestOutcome.Passed));
                Assert.Equal(expected.GetProperty("failed").GetInt32(), tests.Count(TestOutcome.Failed));
                Assert.Equal(expected.GetProperty("errored").GetInt32(), tests.Count(TestOutcome.Errored));
                Assert.Equal(expected.GetProperty("skipped").GetInt32(), tests.Count(TestOutcome.Skipped));
                Assert.Equal(Texts(expected.GetProperty("failing")).Order(StringComparer.Ordinal),
                    tests.Tests.Where(static test => test.IsRed).Select(static test => test.Id.Name).Order(StringComparer.Ordinal));
                Assert.Equal(expected.TryGetProperty("flaky", out var flaky) ? Texts(flaky) : [],
                    tests.Tests.Where(static test => test.IsFlaky).Select(static test => test.Id.Name));
                if (expected.TryGetProperty("odd_name", out var odd)) Assert.Contains(
                    tests.Tests, test => test.Id.Name == odd.GetString());
                break;
            case "coverage":
                var coverage = Assert.IsType<CoverageReport>(report);
                Assert.Equal(Ratio(expected.GetProperty("lines")), coverage.Lines);
                Assert.Equal(Ratio(expected.GetProperty("branches")), coverage.Branches);
                CompareFiles(coverage, expected.GetProperty("files"));
                Assert.Equal(expected.GetProperty("lines").GetProperty("total").GetInt32() > 0, coverage.HasData);
                if (expected.TryGetProperty("source", out var source)) Assert.Equal([source.GetString()!], coverage.Sources);
                break;
            default:
                var findings = Assert.IsType<FindingsReport>(report);
                var open = findings.Open.ToList();
                Assert.Equal(Counts(expected.GetProperty("by_level")), Counts(open, static finding => finding.Severity));
                Assert.Equal(
                    expected.GetProperty("findings").EnumerateArray().Select(static finding
                        => $"{finding.GetProperty("level").GetString()} {Rule(finding.GetProperty("rule").GetString())} "
                            + $"{finding.GetProperty("file").GetString()}:{Nullable(finding.GetProperty("line"))}")
                        .Order(StringComparer.Ordinal),
                    open.Select(static finding => $"{finding.Severity} {finding.Rule} {finding.Path}:{finding.Line}")
                        .Order(StringComparer.Ordinal));
                Assert.Equal(
                    expected.TryGetProperty("suppressed", out var hidden) ? hidden.GetInt32() : 0, findings.Findings.Count - open.Count);
                break;
        }
    }

    /// <summary>Istanbul's tools write absolute paths into some of their reports and relative ones into others.</summary>
    private static void CompareFiles(CoverageReport report, JsonElement files)
    {
        var expected = files.EnumerateObject().OrderBy(static file => file.Name, StringComparer.Ordinal).ToList();
        var found = report.Files.OrderBy(static file => file.Path, StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Count, found.Count);
        foreach (var (file, wanted) in found.Zip(expected))
        {
            Assert.EndsWith(wanted.Name, file.Path, StringComparison.Ordinal);
            Assert.Equal(Pair(wanted.Value.GetProperty("lines")), file.Lines);
            Assert.Equal(Pair(wanted.Value.GetProperty("branches")), file.Branches);
        }
    }

    private static Ratio Pair(JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());

    private static Ratio Ratio(JsonElement ratio) => new(ratio.GetProperty("covered").GetInt32(), ratio.GetProperty("total").GetInt32());

    private static int? Nullable(JsonElement number) => number.ValueKind == JsonValueKind.Null ? null : number.GetInt32();

    private static string Rule(string? rule) => rule is null or "None" ? "" : rule;

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(static text => text.GetString()!);

    private static Dictionary<string, int> Counts(JsonElement counts)
        => counts.EnumerateObject().ToDictionary(
            static count => Rule(count.Name), static count => count.Value.GetInt32(), StringComparer.Ordinal);

    private static Dictionary<string, int> Counts(IEnumerable<ReportedFinding> findings, Func<ReportedFinding, string> by)
        => findings.CountBy(by).ToDictionary(StringComparer.Ordinal);
}
