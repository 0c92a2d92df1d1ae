using Auxo.Contracts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Tests.Checks.Analysis;

/// <summary>What is asked of Semgrep, what is made of its answer, and what is shown where it cannot be asked.</summary>
public sealed class StaticAnalysisTests : IDisposable
{
    private const string Weak = "import hashlib\nhashlib.md5(password)\n";
    private const string Nothing = """{"results":[],"errors":[],"paths":{"scanned":["a.py","b.py","run.py"]}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-semgrep-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task a_weakness_has_its_rule_its_line_and_what_to_do()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(AnalysisBench.Semgrep(), ("src/user.py", Weak), ("README.md", "# x\n"));
        var seen = Assert.Single(report.Observations);
        Assert.Equal(("python-fast-hash-of-password", "src/user.py", 2, Severity.High, "error"),
            (seen.Rule, seen.Path, seen.Line, seen.Severity, seen.Level));
        Assert.EndsWith("Use hashlib.scrypt, argon2 or bcrypt. (CWE-916)", seen.Message, StringComparison.Ordinal);
        var result = CheckBatch.Judge(StaticAnalysis.Name, report, CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Failed, true), (result.Step.Outcome, result.Step.Blocks));
    }

    [Theory]
    [InlineData("tests/user.py")]
    [InlineData("src/test_user.py")]
    public async Task what_stands_in_a_test_only_warns(string path)
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(AnalysisBench.Semgrep(), (path, Weak));
        var result = CheckBatch.Judge(StaticAnalysis.Name, report, CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Failed, false), (result.Step.Outcome, result.Step.Blocks));
    }

    [Theory]
    [InlineData("hashlib.md5(password)  # nosemgrep", true)]
    [InlineData("hashlib.md5(password)  # nosemgrep: python-fast-hash-of-password", true)]
    [InlineData("hashlib.md5(password)  # nosemgrep: other, python-fast-hash-of-password", true)]
    [InlineData("# nosemgrep: the old protocol wants it\nhashlib.md5(password)", false)]
    [InlineData("# nosemgrep\nhashlib.md5(password)", true)]
    [InlineData("hashlib.md5(password)  # nosemgrep: other", false)]
    [InlineData("x = 1  # nosemgrep\nhashlib.md5(password)", false)]
    public async Task a_comment_allows_a_finding_and_the_log_names_it(string code, bool allowed)
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(AnalysisBench.Semgrep(), ("a.py", $"import hashlib\n{code}\n"));
        Assert.Equal(allowed ? 0 : 1, report.Observations.Count);
        Assert.Equal(allowed, report.Notes.Any(static note
            => note.StartsWith("allowed by a comment: python-fast-hash-of-password: a.py:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task rules_of_the_repository_count_beside_those_of_auxo()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        const string Rules = """
            rules:
              - id: shop.no-print
                languages: [go]
                severity: WARNING
                message: Use the log.
                paths: { include: ["src/**"] }
                pattern: fmt.Println(...)
            """;
        await bench.HaveRulesAsync("shop.yaml", Rules);
        const string Code = "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n";
        var report = await bench.LookAsync(AnalysisBench.Semgrep(), ("src/a.go", Code), ("other/a.go", Code), ("b.py", Weak));
        Assert.Equal(
            [("b.py", "python-fast-hash-of-password"), ("src/a.go", "shop.no-print")],
            report.Observations.Select(static seen => (seen.Path!, seen.Rule)));
        Assert.Contains("1 of them from .auxo/rules", report.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules: [\n")]
    [InlineData("rules:\n  - id: x\n    languages: [python]\n    severity: ERROR\n    message: x\n    pattern: f(((\n")]
    public async Task a_broken_rule_of_the_repository_is_no_pass(string rules)
    {
        await using var bench = await AnalysisBench.CreateAsync();
        await bench.HaveRulesAsync("shop.yaml", rules);
        var report = await bench.LookAsync(AnalysisBench.Semgrep(), ("a.py", "x = 1\n"));
        Assert.Equal(Outcome.Errored, report.Trouble);
        Assert.Matches("shop\\.yaml|rule x", report.Reason);
    }

    [Fact]
    public async Task a_missing_semgrep_is_shown_with_what_to_do()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(semgrep: null, ("a.py", Weak));
        Assert.Equal(Outcome.Skipped, report.Trouble);
        Assert.StartsWith("semgrep is not installed; install it", report.Reason, StringComparison.Ordinal);
        Assert.Null((await bench.LookAsync(semgrep: null, ("README.md", "# x\n"))).Trouble);
    }

    [Fact]
    public void the_operator_may_say_where_a_tool_is()
    {
        Environment.SetEnvironmentVariable("Auxo__Runner__Oddtool", Answering(Nothing));
        Assert.Equal(Path.Combine(_folder, "semgrep"), ToolProcess.Find("oddtool"));
        Environment.SetEnvironmentVariable("Auxo__Runner__Oddtool", Path.Combine(_folder, "gone"));
        Assert.Null(ToolProcess.Find("oddtool"));
        Environment.SetEnvironmentVariable("Auxo__Runner__Oddtool", null);
    }

    [Fact]
    public void another_version_behind_the_same_link_is_another_semgrep()
    {
        var (program, link) = (Answering(Nothing), Path.Combine(_folder, "link"));
        File.CreateSymbolicLink(link, program);
        var before = VerdictCache.Ruling(link);
        File.SetLastWriteTimeUtc(program, new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Assert.NotEqual(before, VerdictCache.Ruling(link));
    }

    [Fact]
    public async Task a_file_that_is_known_starts_nothing()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var semgrep = Answering(Nothing);
        await bench.LookAsync(semgrep, ("a.py", "x = 1\n"), ("b.py", "y = 1\n"), ("*run", "#!/usr/bin/env python3\nz = 1\n"));
        Assert.Equal(["./a.py", "./b.py", "./run.py"], Asked());
        await bench.LookAsync(semgrep, ("a.py", "x = 1\n"), ("b.py", "y = 1\n"), ("README.md", "# x\n"));
        Assert.Empty(Asked());
        await bench.LookAsync(semgrep, ("a.py", "x = 2\n"), ("b.py", "y = 1\n"));
        Assert.Equal(["./a.py"], Asked());
    }

    [Fact]
    public async Task a_build_waits_only_so_long_and_the_next_one_goes_on()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var files = Enumerable.Range(0, 501).Select(static i => ($"f{i:000}.py", $"x = {i}\n")).ToArray();
        var scanned = string.Join(',', files.Select(static file => $"\"{file.Item1}\""));
        var semgrep = Answering($$$"""{"results":[],"errors":[],"paths":{"scanned":[{{{scanned}}}]}}""");
        bench.Most = TimeSpan.Zero;
        var late = Assert.Single((await bench.LookAsync(semgrep, files)).Observations);
        Assert.Equal(("f500.py", CheckReport.NotJudged), (late.Path, late.Rule));
        Asked();
        Assert.Empty((await bench.LookAsync(semgrep, files)).Observations);
        Assert.Equal(["./f500.py"], Asked());
    }

    [Fact]
    public async Task one_bad_file_does_not_spoil_the_others()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(Answering("""
            {"results":[{"check_id":"...rules.r","path":"b.py","start":{"line":1},"extra":{"message":"m","severity":"ERROR"}}],
             "errors":[{"type":"Other","level":"warn","message":"a warning of no file"},
               {"type":"Timeout","level":"warn","message":"Timeout when running r on a.py:\n x","path":"a.py"},
               {"type":["PartialParsing",[]],"level":"warn","message":"x","path":"b.py","spans":[{"start":{"line":7}}]}],
             "paths":{"scanned":["a.py","b.py"]}}
            """), ("a.py", "x = 1\n"), ("b.py", "y = 1\n"), ("c.py", "z = 1\n"));
        Assert.Equal(
            [("a.py", CheckReport.NotJudged), ("b.py", "r"), ("c.py", CheckReport.NotJudged)],
            report.Observations.Select(static seen => (seen.Path!, seen.Rule)));
        Assert.Equal("not judged: Timeout when running r on a.py", report.Observations[0].Message);
        Assert.Contains("partly read, some lines not: b.py:7", report.Notes);
    }

    [Fact]
    public async Task a_semgrep_that_breaks_is_no_pass()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync("/bin/false", ("a.py", "x = 1\n"));
        Assert.Equal(Outcome.Errored, report.Trouble);
        Assert.StartsWith("semgrep ended with exit code 1", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_the_quick_front_fails_the_other_one_is_asked()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var semgrep = Answering(Nothing, "case \"$*\" in *--experimental*) echo unknown option >&2; exit 2 ;; esac");
        Assert.Null((await bench.LookAsync(semgrep, ("a.py", "x = 1\n"))).Trouble);
    }

    [Fact]
    public async Task what_is_not_the_authors_code_is_left_out_and_counted()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(
            Answering(Nothing), ("a.py", "x = 1\n"), ("node_modules/x/a.js", "x\n"), ("web/vendor/a.js", "x\n"), ("web/a.min.js", "x\n"),
            ("long.js", new string('x', 5000)), ("big.py", string.Concat(Enumerable.Repeat("x = 1\n", 200_000))), ("types.d.ts", "x\n"));
        Assert.Equal(["./a.py"], Asked());
        Assert.Equal([
            "left out: 3 generated or foreign files (node_modules, vendor, dist, *.min.js and the like)",
            "left out (binary, or over 1 MiB): big.py", "left out (very long lines, as programs write them): long.js"],
            report.Notes.Skip(1));
    }

    [Fact]
    public async Task a_name_that_cannot_lie_on_a_disk_is_named()
    {
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(Answering(Nothing), ("a.py", "x = 1\n"), ($"{new string('n', 300)}/b.py", "x = 1\n"));
        Assert.Equal("not judged: its path cannot be written to disk", Assert.Single(report.Observations).Message);
    }

    /// <summary>A program that notes the files that it finds, and answers.</summary>
    private string Answering(string answer, string before = "")
    {
        File.WriteAllText(Path.Combine(_folder, "answer"), answer);
        var program = Path.Combine(_folder, "semgrep");
        File.WriteAllText(program, $"#!/bin/sh\n{before}\nfind . -type f ! -name .semgrepignore > {_folder}/asked\ncat {_folder}/answer\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }

    private string[] Asked()
    {
        var file = Path.Combine(_folder, "asked");
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        File.Delete(file);
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
