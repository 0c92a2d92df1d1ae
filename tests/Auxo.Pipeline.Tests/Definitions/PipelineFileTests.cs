using Auxo.Contracts;
using Auxo.Pipeline.Checks;
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
    [InlineData("a: &x [1]\nb: *x", 2, 4, "aliases")]
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
    public void a_trusted_author_runs_their_own_file()
    {
        var plan = Plan.Decide(Trust.Trusted, approved: false, new DefinitionFiles(Whole, null), canonical: null);
        Assert.Equal((2, false), (plan.Steps.Count, plan.NeedsApproval));
        Assert.DoesNotContain("documentation", plan.Checks);
    }

    [Fact]
    public void a_stranger_gets_the_canonical_file_and_waits_for_approval()
    {
        var theirs = new DefinitionFiles("steps:\n  - {name: steal, run: env}\nchecks: {secrets: off}", null);
        var ours = new DefinitionFiles("steps:\n  - {name: test, run: make}", null);
        var plan = Plan.Decide(Trust.Stranger, approved: false, theirs, ours);
        Assert.Equal(("test", true), (Assert.Single(plan.Steps).Name, plan.NeedsApproval));
        Assert.Contains("secrets", plan.Checks);
        Assert.NotEmpty(plan.Notes);
        Assert.False(Plan.Decide(Trust.Stranger, approved: true, theirs, ours).NeedsApproval);
        Assert.Empty(Plan.Decide(Trust.Stranger, approved: false, theirs, canonical: null).Steps);
    }

    [Fact]
    public void a_plan_names_the_file_that_counts()
    {
        var (ours, old) = (new DefinitionFiles("steps: []", null), new DefinitionFiles(null, "shell: make"));
        Assert.Equal(".auxo/ci.yaml", Plan.Decide(Trust.Trusted, approved: false, ours, canonical: null).File);
        Assert.Equal(".radicle/ci.yaml", Plan.Decide(Trust.Stranger, approved: false, ours, old).File);
        Assert.Null(Plan.Decide(Trust.Stranger, approved: false, ours, DefinitionFiles.None).File);
    }

    [Fact]
    public void a_broken_file_fails_the_build_of_a_stranger_too_and_its_steps_do_not_run()
    {
        var plan = Plan.Decide(Trust.Stranger, approved: false, new DefinitionFiles("foo: 1", null),
            new DefinitionFiles("steps:\n  - {name: test, run: make}", null));
        Assert.Equal((1, 0, false), (plan.Problems.Count, plan.Steps.Count, plan.NeedsApproval));
        Assert.Equal(Plan.FileStep, plan.StepNames()[0]);
    }

    [Fact]
    public void both_files_are_an_error_that_names_them()
    {
        var problem = Assert.Single(Plan.Decide(Trust.Trusted, approved: false, new DefinitionFiles("", ""), canonical: null).Problems);
        Assert.Contains(".auxo/ci.yaml", problem.Message, StringComparison.Ordinal);
        Assert.Contains(".radicle/ci.yaml", problem.Message, StringComparison.Ordinal);
    }
}
