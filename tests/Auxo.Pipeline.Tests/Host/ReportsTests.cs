using System.Globalization;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What a step's tools write about their run stands in the build and in its verdict: the whole service.</summary>
public sealed class ReportsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Junit = "<testsuite><testcase classname='Shelf' name='adds' file='src/shelf.js'/>"
        + "<testcase classname='Shelf' name='lends'><failure message='no book'/></testcase></testsuite>";

    private const string Source = "one\ntwo\nthree\nfour\n";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
    }

    [Fact]
    public async Task tests_and_coverage_are_compared_with_the_default_branch()
    {
        var main = await _repository.CommitOnTopAsync(Files(Source, Lcov(1, 1, 0, 0), Junit.Replace("<failure message='no book'/>", "")));
        await _host.SendAsync(_told.Advanced(main));
        var first = await _host.FinishedAsync(BuildId.For(_told.Rid, main, BuildTrigger.Branch, "main", 1));
        Assert.Contains("\ntests: 2 passed\n", (string)first["verdict"]!, StringComparison.Ordinal);
        Assert.Contains("\ncoverage: 50 %", (string)first["verdict"]!, StringComparison.Ordinal);
        await _host.Queues.SentAllAsync("pipeline");
        var measured = Assert.Single((await _host.Queues.EnvelopesAsync("metrics"))
            .Where(static sent => sent.MessageType == "coverage_measured").Select(static sent => JsonNode.Parse(sent.Data)!));
        Assert.Equal((4L, 2L, "JavaScript", main.Value), (
            (long)measured["lines"]!, (long)measured["covered"]!, (string)measured["languages"]![0]!["language"]!,
            (string)measured["commit"]!));
        Assert.Equal("src", (string)first["coverage"]![0]!["folders"]![0]!["name"]!);

        var patch = await _repository.CommitOnTopAsync(Files(Source.Replace("three", "3") + "five\n", Lcov(1, 1, 1, 0, 0), Junit));
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        var verdict = (string)build["verdict"]!;
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.Contains("\ntests: 1 passed, 1 failed\n\n- ❌ `Shelf :: lends` no book\n", verdict, StringComparison.Ordinal);
        Assert.Contains("\ncoverage: 60 % (+10.0), changed lines 50 %\n\n- not run: `src/shelf.js` 5\n", verdict, StringComparison.Ordinal);
        Assert.Contains("1 test failed, though the step ended with 0", verdict, StringComparison.Ordinal);
        var coverage = Assert.Single(build["coverage"]!.AsArray())!;
        Assert.Equal((3, 5, "src/shelf.js"), (
            (int)coverage["lines"]!["covered"]!, (int)coverage["lines"]!["total"]!, (string)coverage["files"]![0]!["path"]!));
        Assert.Equal("no book", (string)build["tests"]![0]!["failures"]![0]!["message"]!);
        var log = await _host.LogAsync(_told.BuildOf(patch), "unit");
        Assert.Contains("report: coverage/lcov.info (lcov)", log, StringComparison.Ordinal);
        Assert.Contains("tests: 1 passed, 1 failed", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_step_beside_it_has_reported_is_not_counted_again()
    {
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", $"""
            steps:
              - name: test
                run: "cat > junit.xml <<'END'\n{Junit}\nEND"
              - name: after
                run: touch done
              - name: beside
                needs: []
                run: until [ -f done ]; do sleep 0.01; done
            """));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.Equal("test", (string)Assert.Single(build["tests"]!.AsArray())!["step"]!);
    }

    [Fact]
    public async Task a_later_step_says_nothing_of_what_an_earlier_one_has_reported()
    {
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", $"""
            steps:
              - name: test
                run: "cat > junit.xml <<'END'\n{Junit}\nEND"
              - name: after
                run: "true"
              - name: named
                run: "true"
                reports: junit.xml
            """));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("test", (string)Assert.Single(build["tests"]!.AsArray())!["step"]!);
        Assert.DoesNotContain("report:", await _host.LogAsync(_told.BuildOf(head), "after"), StringComparison.Ordinal);
        Assert.Contains("older than this step", await _host.LogAsync(_told.BuildOf(head), "named"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_report_that_is_older_than_the_step_is_none_and_a_broken_one_is_said()
    {
        const string pipeline = "steps:\n  - name: unit\n    run: |\n"
            + "      touch -d 2020-01-01 old.trx\n      echo '<testsuite>' > junit.xml\n"
            + "      ln -s /etc/hostname coverage.xml\n    reports: { tests: ['*.trx', '*.xml'], coverage: lcov.info }\n";
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", pipeline), ("shipped.xml", Junit));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        var log = await _host.LogAsync(_told.BuildOf(head), "unit");
        Assert.Contains("report: old.trx and 1 more: older than this step, so not of it", log, StringComparison.Ordinal);
        Assert.Contains("report: junit.xml: junit: broken XML at line 2", log, StringComparison.Ordinal);
        Assert.Contains("report: coverage.xml cannot be opened", log, StringComparison.Ordinal);
        Assert.Contains("report: nothing matches 'lcov.info'", log, StringComparison.Ordinal);
        Assert.Contains("coverage: none was reported", (string)build["verdict"]!, StringComparison.Ordinal);
        Assert.Equal("no tests were reported; no coverage was reported", Summary(build));
    }

    /// <summary>vitest writes its coverage in five formats, with absolute paths in some and relative ones in others.</summary>
    [Fact]
    public async Task one_run_in_all_formats_of_its_tool_is_one_run()
    {
        var folder = Fixtures.Require("tools/recorded-2/vitest");
        string[] names = ["junit.xml", "lcov.info", "clover.xml", "cobertura-coverage.xml", "coverage-summary.json", "coverage-final.json"];
        var head = await _repository.CommitOnTopAsync([
            .. names.Select(name => ("kept/" + name, File.ReadAllText(Path.Combine(folder, name)))),
            ("src/shelf.ts", Source), ("src/unused.ts", Source), ("src/broken.test.ts", Source),
            (".auxo/ci.yaml", "steps:\n  - name: unit\n    run: mkdir coverage && cp kept/* coverage/\n")]);
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        var verdict = (string)build["verdict"]!;
        Assert.Contains("\ntests: 5 passed, 4 failed, 2 skipped\n", verdict, StringComparison.Ordinal);
        Assert.Contains("\ncoverage: 66.6 %\n", verdict, StringComparison.Ordinal);
        var coverage = Assert.Single(build["coverage"]!.AsArray())!;
        Assert.Equal(["src/unused.ts 0/3", "src/shelf.ts 6/6"], coverage["files"]!.AsArray().Select(static file
            => $"{file!["path"]} {file["lines"]!["covered"]}/{file["lines"]!["total"]}"));
        Assert.Equal((5, 8), ((int)coverage["branches"]!["covered"]!, (int)coverage["branches"]!["total"]!));
        Assert.Contains("older than this step", await _host.LogAsync(_told.BuildOf(head), "unit"), StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL's jsonb holds no zero character, and what programs print has one now and then.</summary>
    [Fact]
    public async Task a_zero_character_in_a_report_does_not_keep_the_build_from_its_end()
    {
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", "steps:\n  - name: unit\n    run: |\n"
            + "      printf '1..2\\nok 1 adds\\nnot ok 2 lends\\0books\\n# got \\0 of them\\n' > unit.tap\n"
            + "      printf 'SF:a\\0b.c\\nDA:1,1\\nend_of_record\\n' > lcov.info\n"));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("passed", (string)build["outcome"]!);
        var failure = Assert.Single(build["tests"]![0]!["failures"]!.AsArray())!;
        Assert.Equal(("lends\uFFFDbooks", "got \uFFFD of them"), ((string)failure["name"]!, (string)failure["message"]!));
        Assert.Equal("a\uFFFDb.c", (string)build["coverage"]![0]!["files"]![0]!["path"]!);
    }

    [Fact]
    public async Task a_test_that_fails_in_one_attempt_at_a_commit_and_passes_in_the_next_is_flaky()
    {
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", "steps:\n  - name: unit\n    run: |\n"
            + "      if [ \"$AUXO_ATTEMPT\" = 1 ]; then word='not ok'; else word=ok; fi\n"
            + "      printf '1..2\\nok 1 adds\\n%s 2 lends\\n' \"$word\" > unit.tap\n"));
        await _host.SendAsync(_told.Opened(head));
        var first = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Contains("\ntests: 1 passed, 1 failed\n", (string)first["verdict"]!, StringComparison.Ordinal);
        Assert.Equal(202, (await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun")).Status);
        var second = await _host.FinishedAsync(_told.BuildOf(head, attempt: 2));
        Assert.Contains("\ntests: 2 passed, 1 flaky\n\n- ⚠️ flaky: `lends`\n", (string)second["verdict"]!, StringComparison.Ordinal);
        Assert.Contains(
            "\nTo quarantine it, add to `.auxo/quarantine.yaml`: `- { test: \"lends\", until: ", (string)second["verdict"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_quarantined_test_that_fails_does_not_block_and_what_needs_its_step_goes_on()
    {
        var until = TimeProvider.System.GetUtcNow().AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var list = $"- {{ test: lends, until: {until}, reason: the port is taken, by: ada }}\n";
        const string pipeline = "steps:\n  - name: unit\n    run: |\n"
            + "      printf '1..2\\nok 1 adds\\nnot ok 2 lends\\n' > unit.tap\n      exit 1\n  - name: pack\n    run: echo packed\n";
        var main = await _repository.CommitOnTopAsync((".auxo/ci.yaml", pipeline));
        await _host.SendAsync(_told.Advanced(main));
        var first = await _host.FinishedAsync(BuildId.For(_told.Rid, main, BuildTrigger.Branch, "main", 1));
        Assert.Equal(("failed", "skipped"), ((string)first["outcome"]!, (string)Step(first, "pack")["outcome"]!));

        var patch = await _repository.CommitOnTopAsync((".auxo/ci.yaml", pipeline), (".auxo/quarantine.yaml", list));
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.Equal(("failed", false, 1), (
            (string)Step(build, "unit")["outcome"]!, (bool)Step(build, "unit")["blocks"]!, (int)Step(build, "unit")["exitCode"]!));
        Assert.Equal("passed", (string)Step(build, "pack")["outcome"]!);
        Assert.Contains(
            $"tests: 1 passed, 1 failed (1 quarantined)\n\n- ⚠️ `lends` quarantined until {until} by ada: the port is taken;",
            (string)build["verdict"]!, StringComparison.Ordinal);

        // One test fewer than in the default branch: what did not run may fail.
        var fewer = pipeline.Replace("1..2", "1..1").Replace("ok 1 adds\\nnot ok 2", "not ok 1");
        var cut = await _repository.CommitOnTopAsync((".auxo/ci.yaml", fewer), (".auxo/quarantine.yaml", list));
        await _host.SendAsync(_told.Opened(cut, canonical: main));
        var blocked = await _host.FinishedAsync(_told.BuildOf(cut));
        Assert.Equal("failed", (string)blocked["outcome"]!);
        Assert.EndsWith(
            "1 quarantined test failed, but 1 test ran, and 2 in the default branch: what did not run may fail",
            (string)Step(blocked, "unit")["summary"]!, StringComparison.Ordinal);

        static JsonNode Step(JsonNode of, string name) => of["steps"]!.AsArray().Single(step => (string)step!["step"]! == name)!;
    }

    [Fact]
    public async Task pages_of_coverage_are_kept_for_readers_and_can_do_nothing_in_a_browser()
    {
        const string pipeline = """
            steps:
              - name: unit
                run: |
                  sleep 0.05
                  mkdir -p coverage/lcov-report/src
                  cd coverage/lcov-report
                  echo '<script>alert(1)</script>' > index.html
                  echo 'a{}' > base.css
                  echo 'alert(1)' > sorter.js
                  echo '{}' > data.json
                  echo '<p>' > src/a.js.html
                  ln -s /etc/hostname link.html
                  ln -s /etc folder
              - name: site
                run: sleep 0.05; mkdir -p out/site; echo page > out/site/index.html
                reports: { coverage: { html: out/site } }
              - name: none
                run: ln -s /etc out/etc
                reports: { coverage: { html: out/etc/index.html } }
            """;
        var head = await _repository.CommitOnTopAsync((".auxo/ci.yaml", pipeline), ("htmlcov/index.html", "of the commit"));
        await _host.SendAsync(_told.Opened(head));
        var id = _told.BuildOf(head);
        var build = await _host.FinishedAsync(id);
        var coverage = build["coverage"]!.AsArray();
        Assert.Equal(
            ["unit/coverage/lcov-report/index.html", "site/out/site/index.html"],
            coverage.Where(static step => step!["pages"] is not null).SelectMany(static step => step!["pages"]!.AsArray())
                .Select(static page => (string)page!));
        Assert.Contains(
            "coverage of unit: pages, and no report that can be counted\n", (string)build["verdict"]!, StringComparison.Ordinal);
        var (kept, none) = (await _host.LogAsync(id, "unit"), await _host.LogAsync(id, "none"));
        Assert.Contains("coverage: the page coverage/lcov-report/index.html is kept", kept, StringComparison.Ordinal);
        Assert.Contains("no page 'out/etc/index.html' was written by this step", none, StringComparison.Ordinal);

        using var page = await _host.Reader.GetAsync($"/builds/{id}/pages/unit/coverage/lcov-report/index.html");
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("sandbox allow-same-origin; default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        Assert.Null(page.Content.Headers.ContentDisposition);
        Assert.Equal("text/css", (await TypeAsync("unit/coverage/lcov-report/base.css")));
        Assert.Equal("text/html", (await TypeAsync("unit/coverage/lcov-report/src/a.js.html")));
        foreach (var absent in (string[])[
            "unit/coverage/lcov-report/sorter.js", "unit/coverage/lcov-report/data.json", "unit/coverage/lcov-report/link.html",
            "unit/coverage/lcov-report/folder/passwd", "unit/htmlcov/index.html", "unit/../x", "x"])
            Assert.Null(await TypeAsync(absent));
        using var visitor = await _host.Anonymous.GetAsync($"/builds/{id}/pages/unit/coverage/lcov-report/index.html");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, visitor.StatusCode);

        async Task<string?> TypeAsync(string name)
        {
            using var answer = await _host.Reader.GetAsync($"/builds/{id}/pages/{name}");
            return answer.IsSuccessStatusCode ? answer.Content.Headers.ContentType!.MediaType : null;
        }
    }

    [Fact]
    public async Task a_finding_and_too_little_coverage_fail_a_step_where_its_file_says_so()
    {
        const string message = """{"ruleId": "eqeqeq", "severity": 2, "message": "no", "line": 1}""";
        const string lint = """[{"filePath": "/workspace/src/shelf.js", "messages": [""" + message + "]}]";
        var head = await _repository.CommitOnTopAsync(("src/shelf.js", Source), (".auxo/ci.yaml",
            $"steps:\n  - name: lint\n    run: |\n      cat > eslint.json <<'X'\n      {lint}\n      X\n"
            + "    reports: { findings: eslint.json, gate: block }\n"));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("failed", "lint failed", "1 new finding of the level error"), (
            (string)build["outcome"]!, (string)build["reason"]!, Summary(build)));
        Assert.Contains("- ❌ `src/shelf.js:1` no (lint: eqeqeq)", (string)build["verdict"]!, StringComparison.Ordinal);

        // The same in the default branch is known.
        await _host.SendAsync(_told.Advanced(head));
        build = await _host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
        Assert.Equal(("passed", true), ((string)build["outcome"]!, (bool)build["findings"]!.AsArray().Single(
            static finding => (string)finding!["check"]! == "lint")!["known"]!));

        head = await _repository.CommitOnTopAsync((".auxo/ci.yaml",
            "steps:\n  - name: unit\n    run: printf 'SF:a.c\\nDA:1,0\\nDA:2,1\\nDA:3,0\\nend_of_record\\n' > lcov.info\n"
            + "    reports: { coverage: { warn: 70, block: 50 } }\n"));
        await _host.SendAsync(_told.Opened(head));
        build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("failed", "coverage is 33.3 %, and less than 50 % fails"), ((string)build["outcome"]!, Summary(build)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Summary(JsonNode build)
        => (string)build["steps"]!.AsArray().Single(static step => (string)step!["kind"]! == "command")!["summary"]!;

    private static string Lcov(params int[] hits)
        => "SF:/workspace/src/shelf.js\\n" + string.Concat(hits.Select(static (hit, i) => $"DA:{i + 1},{hit}\\n")) + "end_of_record\\n";

    private static (string, string)[] Files(string source, string lcov, string junit)
        =>
        [
            ("src/shelf.js", source), (".auxo/ci.yaml",
                $"steps:\n  - name: unit\n    run: |\n      mkdir -p coverage\n      printf '{lcov}' > coverage/lcov.info\n"
                + $"      cat > junit.xml <<'X'\n      {junit}\n      X\n"),
        ];
}
