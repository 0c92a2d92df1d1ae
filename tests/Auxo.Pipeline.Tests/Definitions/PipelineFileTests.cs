using Auxo.Contracts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Tests.Definitions;

public sealed class PipelineFileTests
{
    private const string Whole = """
        environment:
          LANG: C
          LEVEL: 3
        timeout: 10m
        steps:
          - name: build
            run: |
              make
              make check
            working-directory: src
            environment: { LEVEL: "4" }
            timeout: 1h30m
            artifacts: [out/**, report.txt]
          - name: test
            image: debian:13
            commands: [./test one, ./test two]
        checks:
          secrets: { generic-secret: warn, ignore: ["fixtures/**"] }
          documentation: off
          structure: { gate: block, require: [README*] }
        """;

    [Fact]
    public void what_a_step_says_of_its_reports_is_read()
    {
        static StepReports? Of(string reports)
        {
            var reading = PipelineFileReader.Read($"steps:\n  - name: a\n    run: b\n    reports: {reports}\n");
            Assert.Empty(reading.Problems);
            return reading.File.Steps[0].Reports;
        }

        Assert.Equal(["out/junit.xml", "cov/*.info"], Of("[./out/junit.xml, cov/*.info]")!.Files);
        Assert.False(Of("off")!.Wanted);
        var whole = Of("{ tests: t.xml, coverage: { files: c.xml, warn: 70, block: 50.5 }, findings: [a.sarif], gate: block }")!;
        Assert.Equal(["t.xml", "a.sarif", "c.xml"], whole.Files);
        Assert.Equal((true, true, Gate.Block, 70.0, 50.5), (whole.NeedsTests, whole.NeedsCoverage, whole.Gate, whole.Warn, whole.Block));
        Assert.Equal((0, true), (Of("{ coverage: { warn: 70 } }")!.Files.Count, Of("{ coverage: { warn: 70 } }")!.NeedsCoverage));
    }

    [Fact]
    public void a_step_names_its_secrets()
    {
        const string file = "steps:\n  - {name: a, run: b, secrets: [TOKEN, KEY, TOKEN]}\n  - {name: c, run: d}\n";
        var steps = PipelineFileReader.Read(file).File.Steps;
        Assert.Equal(["TOKEN", "KEY"], steps[0].Secrets);
        Assert.Null(steps[1].Secrets);
    }

    [Theory]
    [InlineData("steps:\n  - {name: a, run: b, secrets: [deploy-token]}", "the secret 'deploy-token' is no name of a variable")]
    [InlineData("steps:\n  - {name: a, run: b, secrets: PATH}", "the secret 'PATH' is a variable that Auxo or the shell sets")]
    [InlineData("steps:\n  - {name: a, run: b, secrets: T, environment: {T: x}}", "'T' is a variable of the file already")]
    [InlineData("environment: {T: x}\nsteps:\n  - {name: a, run: b, secrets: T}", "'T' is a variable of the file already")]
    [InlineData("steps:\n  - {name: a, run: b, secrets: T, matrix: {T: [1, 2]}}", "'T' is a variable of the file already")]
    public void what_is_wrong_with_secrets_is_said(string file, string problem)
        => Assert.StartsWith(problem, Assert.Single(PipelineFileReader.Read(file).Problems).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{ test: a }", "unknown key 'test'; did you mean 'tests'? Known are tests, coverage, findings, gate")]
    [InlineData("{ coverage: { min: 3 } }", "unknown key 'min'; known are files, warn, block, html")]
    [InlineData("{ coverage: { warn: many } }", "'warn' must be a number of percent, from 0 to 100")]
    [InlineData("{ gate: hard }", "unknown gate 'hard'; did you mean 'warn'? Known are block, warn, off")]
    [InlineData("../junit.xml", "the report '../junit.xml' leaves its folder")]
    [InlineData("{ tests: { a: b } }", "'tests' must be a text or a list of texts")]
    public void what_is_wrong_with_reports_is_said(string reports, string problem)
        => Assert.Contains(PipelineFileReader.Read($"steps:\n  - name: a\n    run: b\n    reports: {reports}\n").Problems,
            p => p.Message == problem && p.Line == 4);

    [Fact]
    public void a_whole_file_is_read()
    {
        var reading = PipelineFileReader.Read(Whole);
        Assert.Empty(reading.Problems);
        var (build, test) = (reading.File.Steps[0], reading.File.Steps[1]);
        Assert.Equal(("build", "src", TimeSpan.FromMinutes(90), "4", "C"), (
            build.Name, build.WorkingDirectory, build.Timeout, build.Environment["LEVEL"], build.Environment["LANG"]));
        Assert.Equal(["make\nmake check\n"], build.Commands);
        Assert.Equal(["out/**", "report.txt"], build.Artifacts);
        Assert.Equal(("debian:13", TimeSpan.FromMinutes(10), "3"), (test.Image, test.Timeout, test.Environment["LEVEL"]));
        Assert.Equal(["./test one", "./test two"], test.Commands);
        var checks = reading.File.Checks;
        Assert.Equal((Gate.Warn, Gate.Block, Gate.Off, Gate.Block), (checks.For("secrets", "generic-secret", null),
            checks.For("secrets", "jwt", null), checks.For("documentation", "x", null), checks.For("structure", "missing", null)));
        Assert.True(checks.IsOff("documentation"));
        Assert.Equal(["fixtures/**"], checks.Ignore["secrets"]);
    }

    [Theory]
    [InlineData("stepz: []", 1, 1, "unknown key 'stepz'")]
    [InlineData("steps:\n  - name: a\n    runs: x", 3, 5, "unknown key 'runs'")]
    [InlineData("steps:\n  - name: a\n    run: x\n  - name: a\n    run: y", 4, 5, "is taken")]
    [InlineData("steps:\n  - name: secrets\n    run: x", 2, 5, "built-in check")]
    [InlineData("steps:\n  - run: x", 2, 5, "needs a 'name'")]
    [InlineData("steps:\n  - name: a b\n    run: x", 2, 11, "no step name")]
    [InlineData("steps:\n  - name: a\n    run: x\n    timeout: soon", 4, 14, "duration")]
    [InlineData("steps:\n  - name: a\n    run: x\n    timeout: 99h", 4, 14, "between 1s and 24h")]
    [InlineData("steps:\n  - name: a\n    run: x\n    working-directory: ../up", 4, 24, "inside the repository")]
    [InlineData("steps:\n  - name: a\n    run: x\n    artifacts: [../../etc/passwd]", 4, 16, "leaves its folder")]
    [InlineData("steps:\n  - name: a\n    run: x\n    commands: [y]", 2, 5, "either 'run' or 'commands'")]
    [InlineData("steps: run", 1, 8, "must be a list")]
    [InlineData("steps:\n  - name: a\n    run: [{}]", 3, 11, "must be a text")]
    [InlineData("environment:\n  1X: y", 2, 7, "variable name")]
    [InlineData("checks:\n  secrets: maybe", 2, 12, "block, warn or off")]
    [InlineData("checks:\n  spelling: off", 2, 3, "unknown key 'spelling'")]
    [InlineData("steps:\n  - name: a\n   run: x", 3, 4, "")]
    [InlineData("a: 1\na: 2", 2, 1, "")]
    [InlineData("- x", 1, 1, "must be a mapping")]
    [InlineData("a: &x [1]\nb: *y", 2, 4, "nothing above has the anchor &y")]
    [InlineData("a: &x [1, *x]", 1, 11, "stands inside of what it stands for")]
    [InlineData("step: []", 1, 1, "did you mean 'steps'?")]
    [InlineData("steps:\n  - {name: a, run: x, needs: b}", 2, 5, "needs a step that is not here")]
    [InlineData("steps:\n  - {name: build, run: x}\n  - {name: a, run: x, needs: biuld}", 3, 5, "did you mean 'build'?")]
    [InlineData("steps:\n  - {name: a, run: x, needs: b}\n  - {name: b, run: x, needs: a}", 2, 5, "a → b → a")]
    [InlineData("steps:\n  - {name: a, run: x, needs: a}", 2, 5, "a → a")]
    [InlineData("steps:\n  - {name: a, run: x, if: {event: pull_request}}", 2, 35, "unknown event 'pull_request'")]
    [InlineData("steps:\n  - {name: a, run: x, needs: [], if: {needs: failed}}", 2, 38, "this step has none")]
    [InlineData("steps:\n  - {name: a, run: x, retry: 9}", 2, 30, "from 1 to 5")]
    [InlineData("schedules: {a b: {cron: '@daily'}}", 1, 18, "no schedule name")]
    [InlineData("schedules:\n  a: {corn: x}", 2, 7, "did you mean 'cron'?")]
    [InlineData("schedules:\n  a: {zone: UTC}", 2, 6, "needs a 'cron'")]
    [InlineData("schedules:\n  a: {cron: 61 * * * *}", 2, 13, "is no cron")]
    [InlineData("schedules:\n  a: {cron: 0 0 30 2 *}", 2, 13, "never comes")]
    [InlineData("schedules:\n  a: {cron: '@every_second'}", 2, 13, "at most once a minute")]
    [InlineData("schedules:\n  a: {cron: 0 2 * * *, zone: Europe/Berln}", 2, 30, "did you mean 'Europe/Berlin'?")]
    [InlineData("schedules:\n  a: {cron: 0 2 * * *, zone: ../../../dev/zero}", 2, 30, "no time zone")]
    [InlineData("schedules:\n  a: {cron: '*/5 * * * *', jitter: 5m}", 2, 36, "shorter than the time from one run to the next")]
    [InlineData("schedules:\n  a: {cron: 0 2 * * *, catch-up: 0s}", 2, 34, "between 5m and 744h")]
    [InlineData("schedules: {night: {cron: '@daily'}}\nsteps:\n  - {name: a, run: x, if: {schedule: nigth}}", 3, 38, "mean 'night'?")]
    [InlineData("steps:\n  - {name: a, run: x, if: {schedule: night}}", 2, 38, "no 'schedules'")]
    [InlineData("schedules:\n  audit: sometimes", 2, 10, "write on, off, or other times")]
    [InlineData("schedules: {audit: on}\nsteps:\n  - {name: a, run: x, if: {schedule: audit}}", 3, 38, "no 'schedules'")]
    [InlineData("steps:\n  - {name: a, run: x, retry: {on: [always]}}", 2, 35, "no cause")]
    [InlineData("steps:\n  - {name: a, run: x, on-failure: continue}", 2, 35, "unknown on-failure 'continue'")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {}}", 2, 31, "no combination")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {a-b: [1]}}", 2, 31, "no variable name")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {image: ['a b']}}", 2, 31, "no container image")]
    [InlineData("steps:\n  - {name: a, run: x, matrix: {A: ['b c', b-c]}}", 2, 5, "is taken")]
    [InlineData("steps: []\n---\nsteps: []", 3, 1, "one YAML document")]
    public void what_is_wrong_is_reported_with_line_and_column(string text, int line, int column, string words)
    {
        var problem = PipelineFileReader.Read(text).Problems[0];
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void all_problems_are_reported_at_once()
        => Assert.Equal(3, PipelineFileReader.Read("steps:\n  - name: a b\n    run: x\n    timeout: never\nfoo: 1").Problems.Count);

    [Fact]
    public void depth_size_and_number_are_bounded()
    {
        Assert.Contains("levels deep", PipelineFileReader.Read(new string('[', 30_000)).Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("nodes", PipelineFileReader.Read("a: [" + string.Concat(Enumerable.Repeat("1,", 20_000)) + "]")
            .Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("larger than", PipelineFileReader.Read(new string('#', PipelineFile.MaxBytes + 1))
            .Problems[0].Message, StringComparison.Ordinal);
        Assert.Empty(PipelineFileReader.Read("").Problems);
        Assert.Empty(PipelineFileReader.Read("# nothing\n").Problems);
    }

    [Fact]
    public void the_old_file_is_read_as_far_as_it_is_understood_and_never_fails()
    {
        var reading = OldPipelineFileReader.Read(
            "image: alpine:3\nenvironment: {A: 1}\nsteps:\n  - make\n  - name: Unit tests!\n    command: make test\n   "
                + " retries: 3\nnotify: slack\n");
        Assert.Empty(reading.Problems);
        Assert.Equal(["step-1", "Unit-tests"], reading.File.Steps.Select(step => step.Name));
        Assert.All(reading.File.Steps, step => Assert.Equal(("alpine:3", "1"), (step.Image, step.Environment["A"])));
        Assert.Equal(2, reading.Notes.Count);
        foreach (var broken in (string[])["{", "\t- x", new string('[', 5000), "a: *b", "- 1", "\0", "steps: [[]]"])
            Assert.Empty(OldPipelineFileReader.Read(broken).Problems);
    }

    [Fact]
    public void what_is_said_once_can_be_used_again_by_an_alias_and_a_merge()
    {
        var reading = PipelineFileReader.Read("""
            x-defaults: &defaults
              timeout: 5m
              environment: &variables { LANG: C, LEVEL: "1" }
            steps:
              - <<: *defaults
                name: a
                run: x
              - <<: [*defaults]
                name: b
                run: y
                environment: { <<: *variables, LEVEL: "2" }
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal([("a", "1", "C", 5.0), ("b", "2", "C", 5.0)], reading.File.Steps.Select(
            static step => (step.Name, step.Environment["LEVEL"], step.Environment["LANG"], step.Timeout.TotalMinutes)));
    }

    [Fact]
    public void aliases_count_as_all_that_they_stand_for()
    {
        var text = new System.Text.StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (var i = 1; i < 9; i++) text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("nodes", PipelineFileReader.Read(text.ToString()).Problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>An alias of few bytes may stand for a long text: that text counts each time, too.</summary>
    [Fact]
    public void the_text_behind_aliases_counts_each_time()
    {
        var aliases = string.Join(", ", Enumerable.Repeat("*long", 100));
        var reading = PipelineFileReader.Read(
            $"x-long: &long {new string('a', 40_000)}\nsteps: [{{name: a, commands: [{aliases}]}}]");
        Assert.Contains(
            "of text, that behind aliases counted each time", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
    }

    /// <summary>All of this is stored with every build of the file.</summary>
    [Theory]
    [InlineData("environment: {LONG: #}\nsteps: [{name: a, run: x, matrix: {N: [@]}}]")]
    [InlineData("steps: [{name: a, run: #, matrix: {N: [@]}}]")]
    [InlineData("steps: [{name: a, run: x, matrix: {N: [@], LONG: #}}]")]
    [InlineData("steps: [{name: a, run: x, if: {branch: #}, matrix: {N: [@]}}]")]
    public void a_small_file_does_not_become_a_large_plan(string file)
    {
        var reading = PipelineFileReader.Read(
            file.Replace("#", new string('a', 20_000)).Replace("@", string.Join(", ", Enumerable.Range(0, 400))));
        Assert.Contains("larger than 2 MiB together", reading.Problems[0].Message, StringComparison.Ordinal);
        Assert.True(reading.File.Steps.Count <= 1);
    }

    [Fact]
    public void a_matrix_has_few_keys()
    {
        var keys = string.Join(", ", Enumerable.Range(0, 21).Select(static i => $"K{i}: 1"));
        Assert.Contains("the matrix has more than 20 keys", Read($"{{{keys}}}").Message, StringComparison.Ordinal);
        Assert.Contains(
            "the combination has more than 20 keys", Read($"{{A: 1, include: [{{{keys}}}]}}").Message, StringComparison.Ordinal);

        static DefinitionProblem Read(string matrix)
            => PipelineFileReader.Read($"steps: [{{name: a, run: x, matrix: {matrix}}}]").Problems[0];
    }

    /// <summary>A list of needs is that of an entry, however many steps its matrix makes of it.</summary>
    [Fact]
    public void a_need_that_is_not_there_is_said_once()
    {
        var reading = PipelineFileReader.Read("steps: [{name: a, run: x, needs: [none], matrix: {N: [1, 2, 3]}}]");
        Assert.Contains("needs a step that is not here", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void so_many_problems_are_said_and_no_more()
    {
        var problems = PipelineFileReader.Read($"steps: [{string.Join(", ", Enumerable.Repeat("1", 5000))}]").Problems;
        Assert.Equal((100, "there may be more problems; mend these first"), (problems.Count, problems[^1].Message));
    }

    [Fact]
    public void the_old_file_has_the_same_bounds()
    {
        var names = string.Concat(Enumerable.Repeat("- {name: a, run: x}\n", 501));
        Assert.Contains(
            "more than 500 steps", Assert.Single(OldPipelineFileReader.Read("steps:\n" + names).Notes), StringComparison.Ordinal);
        var large = OldPipelineFileReader.Read(
            $"environment: {{LONG: {new string('a', 20_000)}}}\nsteps: [{string.Join(", ", Enumerable.Repeat("x", 400))}]");
        Assert.Contains("larger than 2 MiB together", Assert.Single(large.Notes), StringComparison.Ordinal);
        Assert.Empty(large.File.Steps);
        Assert.Equal(51, OldPipelineFileReader.Read($"steps: [{string.Join(", ", Enumerable.Repeat("[]", 500))}]").Notes.Count);
        Assert.Equal("ab", Assert.Single(OldPipelineFileReader.Read("""
            steps: ["a\0b"]
            """).File.Steps).Commands[0]);
    }

    [Fact]
    public void a_step_needs_the_one_before_it_unless_it_says_what_it_needs()
    {
        var reading = PipelineFileReader.Read("""
            steps:
              - { name: build, run: make }
              - name: test
                run: ./test
                matrix:
                  NODE: [20, 22]
                  image: [debian:12, debian:13]
                  exclude: [{ NODE: 20, image: debian:13 }]
                  include: [{ NODE: 24 }]
              - { name: lint, run: lint, needs: [] }
              - { name: pack, run: pack, needs: [test, lint] }
              - { name: one, run: pack, needs: test-24 }
              - { name: last, run: last }
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal(
            ["build: ", "test-20-debian-12: build", "test-22-debian-12: build", "test-22-debian-13: build", "test-24: build", "lint: ",
                "pack: test-20-debian-12 test-22-debian-12 test-22-debian-13 test-24 lint", "one: test-24", "last: one"],
            reading.File.Steps.Select(static step => $"{step.Name}: {string.Join(' ', step.Needs!)}"));
        Assert.Equal(("22", "debian:13", (string?)null), (
            reading.File.Steps[3].Environment["NODE"], reading.File.Steps[3].Image, reading.File.Steps[4].Image));
    }

    [Fact]
    public void a_matrix_cannot_make_more_steps_than_a_file_may_have()
    {
        var values = string.Join(", ", Enumerable.Range(0, 100));
        var problems = PipelineFileReader.Read(
            $"steps:\n  - {{ name: a, run: x, matrix: {{ A: [{values}], B: [{values}], C: [{values}] }} }}").Problems;
        Assert.Contains(problems, static problem => problem.Message.Contains("more than 500 steps", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{event: push}", BuildTrigger.Branch, "main", null, null)]
    [InlineData("{event: [tag, patch]}", BuildTrigger.Branch, "main", null, "only for tag or patch")]
    [InlineData("{branch: main}", BuildTrigger.Branch, "main", null, null)]
    [InlineData("{branch: main}", BuildTrigger.Branch, "old/main", null, "only for branch main")]
    [InlineData("{branch: release/*}", BuildTrigger.Branch, "release/2", null, null)]
    [InlineData("{branch: main}", BuildTrigger.Patch, "main", null, "only for branch main")]
    [InlineData("{paths: src/**}", BuildTrigger.Patch, "", "src/a.c docs/b.md", null)]
    [InlineData("{paths: src/**}", BuildTrigger.Patch, "", "docs/b.md", "no changed file is src/**")]
    [InlineData("{paths: ['!docs/**']}", BuildTrigger.Patch, "", "docs/b.md", "no changed file is !docs/**")]
    [InlineData("{paths: ['!docs/**']}", BuildTrigger.Patch, "", "docs/b.md a.c", null)]
    [InlineData("{paths: src/**}", BuildTrigger.Branch, "main", null, null)]
    [InlineData("{author: stranger}", BuildTrigger.Patch, "", null, "only for strangers")]
    [InlineData("[{event: tag}, {event: patch, author: trusted}]", BuildTrigger.Patch, "", null, null)]
    [InlineData("[{event: tag}, {event: push}]", BuildTrigger.Patch, "", null, "only for tag; only for push")]
    public void a_step_is_left_out_of_builds_that_it_is_not_meant_for(
        string condition, BuildTrigger trigger, string reference, string? changed, string? reason)
    {
        var file = new DefinitionFiles($"steps:\n  - {{name: a, run: x, if: {condition}}}", null);
        var facts = new BuildFacts(trigger, reference, Trust.Trusted, changed?.Split(' '));
        var plan = Plan.Decide(facts, approved: false, file, canonical: null);
        Assert.Equal((0, reason), (plan.Problems.Count, Assert.Single(plan.Steps).LeftOut));
    }

    [Theory]
    [InlineData("nightly", null, null)]
    [InlineData("weekly", "only for schedule nightly", null)]
    [InlineData(null, "only for schedule nightly", "only for schedule")]
    public void a_schedule_chooses_steps_and_one_without_if_runs_in_it_too(string? schedule, string? nightly, string? any)
    {
        var file = new DefinitionFiles(
            """
            schedules: {nightly: {cron: 0 2 * * *}, weekly: {cron: 0 3 * * 0}}
            steps:
              - {name: a, run: x, if: {schedule: nightly}}
              - {name: b, run: x, if: {event: schedule}}
              - {name: c, run: x}
            """, null);
        var facts = new BuildFacts(
            schedule is null ? BuildTrigger.Branch : BuildTrigger.Schedule, "main", Trust.Trusted, null, schedule);
        var plan = Plan.Decide(facts, approved: false, file, canonical: null);
        Assert.Equal([nightly, any, null], plan.Steps.Select(static step => step.LeftOut));
    }

    [Fact]
    public void the_schedules_of_a_file_are_read_with_their_defaults()
    {
        var reading = PipelineFileReader.Read(
            """
            schedules:
              nightly: { cron: "0 2 * * *", zone: Europe/Berlin, jitter: 10m, branch: release }
              weekly: { cron: "@weekly" }
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal(
            [
                new("nightly", "0 2 * * *", "Europe/Berlin", TimeSpan.FromMinutes(10), TimeSpan.FromHours(24), "release"),
                new ScheduleDefinition("weekly", "@weekly", null, TimeSpan.Zero, TimeSpan.FromHours(24), null),
            ],
            reading.File.Schedules);
    }

    [Fact]
    public void a_scan_is_switched_or_given_other_times_and_keeps_the_rest()
    {
        var reading = PipelineFileReader.Read(
            """
            schedules:
              dependency-scan: off
              deep-sast: { zone: Europe/Berlin, catch-up: 1h }
              audit: { cron: "*/10 * * * *" }
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal(
            [
                new("dependency-scan", "0 2 * * *", null, TimeSpan.FromMinutes(30), TimeSpan.FromHours(24), null) { IsOff = true },
                new("deep-sast", "0 3 * * 0", "Europe/Berlin", TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), null),
                // It could begin later than the next slot otherwise.
                new ScheduleDefinition("audit", "*/10 * * * *", null, TimeSpan.Zero, TimeSpan.FromDays(7), null),
            ],
            reading.File.Schedules);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 1)]
    public void a_file_has_at_most_twenty_schedules(int count, int problems)
    {
        var text = "schedules:\n" + string.Concat(Enumerable.Range(1, count).Select(static i => $"  s{i}: {{cron: '@daily'}}\n"));
        Assert.Equal(problems, PipelineFileReader.Read(text).Problems.Count(static p => p.Message == "more than 20 schedules"));
    }

    [Fact]
    public void nobody_is_asked_to_approve_steps_that_are_not_meant_for_this_build()
    {
        var file = new DefinitionFiles("steps:\n  - {name: deploy, run: x, if: {event: push}}", null);
        Assert.False(Plan.Decide(Facts(Trust.Stranger), approved: false, file, file).NeedsApproval);
    }

    [Fact]
    public void a_trusted_author_runs_their_own_file()
    {
        var plan = Plan.Decide(Facts(Trust.Trusted), approved: false, new DefinitionFiles(Whole, null), canonical: null);
        Assert.Equal((2, false), (plan.Steps.Count, plan.NeedsApproval));
        Assert.DoesNotContain("documentation", plan.Checks);
    }

    [Fact]
    public void a_stranger_gets_the_canonical_file_and_waits_for_approval()
    {
        var theirs = new DefinitionFiles("steps:\n  - {name: steal, run: env}\nchecks: {secrets: off}", null);
        var ours = new DefinitionFiles("steps:\n  - {name: test, run: make}", null);
        var plan = Plan.Decide(Facts(Trust.Stranger), approved: false, theirs, ours);
        Assert.Equal(("test", true), (Assert.Single(plan.Steps).Name, plan.NeedsApproval));
        Assert.Contains("secrets", plan.Checks);
        Assert.NotEmpty(plan.Notes);
        Assert.False(Plan.Decide(Facts(Trust.Stranger), approved: true, theirs, ours).NeedsApproval);
        Assert.Empty(Plan.Decide(Facts(Trust.Stranger), approved: false, theirs, canonical: null).Steps);
    }

    [Fact]
    public void a_plan_names_the_file_that_counts()
    {
        var (ours, old) = (new DefinitionFiles("steps: []", null), new DefinitionFiles(null, "shell: make"));
        Assert.Equal(".auxo/ci.yaml", Plan.Decide(Facts(Trust.Trusted), approved: false, ours, canonical: null).File);
        Assert.Equal(".radicle/ci.yaml", Plan.Decide(Facts(Trust.Stranger), approved: false, ours, old).File);
        Assert.Null(Plan.Decide(Facts(Trust.Stranger), approved: false, ours, DefinitionFiles.None).File);
    }

    [Fact]
    public void a_stranger_is_judged_by_the_rules_of_the_canonical_branch()
    {
        var theirs = new DefinitionFiles(null, null) { Rules = [new RuleFile(".auxo/rules/a.yaml", "1")] };
        var ours = new DefinitionFiles(null, null) { Rules = [new RuleFile(".auxo/rules/a.yaml", "2")] };
        Assert.Equal(ours.Rules, Plan.Decide(Facts(Trust.Stranger), approved: true, theirs, ours).Settings.Rules);
        Assert.Empty(Plan.Decide(Facts(Trust.Stranger), approved: true, theirs, canonical: null).Settings.Rules);
        Assert.Equal(theirs.Rules, Plan.Decide(Facts(Trust.Trusted), approved: false, theirs, ours).Settings.Rules);
    }

    [Fact]
    public void a_broken_file_fails_the_build_of_a_stranger_too_and_its_steps_do_not_run()
    {
        var plan = Plan.Decide(Facts(Trust.Stranger), approved: false, new DefinitionFiles("foo: 1", null),
            new DefinitionFiles("steps:\n  - {name: test, run: make}", null));
        Assert.Equal((1, 0, false), (plan.Problems.Count, plan.Steps.Count, plan.NeedsApproval));
        Assert.Equal(Plan.FileStep, plan.StepNames()[0]);
    }

    [Fact]
    public void both_files_are_an_error_that_names_them()
    {
        var problem = Assert.Single(
            Plan.Decide(Facts(Trust.Trusted), approved: false, new DefinitionFiles("", ""), canonical: null).Problems);
        Assert.Contains(".auxo/ci.yaml", problem.Message, StringComparison.Ordinal);
        Assert.Contains(".radicle/ci.yaml", problem.Message, StringComparison.Ordinal);
    }

    internal static BuildFacts Facts(Trust trust) => new(BuildTrigger.Patch, "", trust, Changed: null);
}
