using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Tests.Host;
using Auxo.ServiceDefaults.Repositories;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Pipeline.Tests.Definitions;

/// <summary>Steps of another repository's pipeline file, at one commit.</summary>
public sealed class IncludesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Rust = """
        environment: { LEVEL: "1", MODE: theirs }
        timeout: 3m
        steps:
          - { name: build, run: make }
          - { name: lint, needs: [], run: lint, if: { event: push } }
          - { name: test, needs: [build, lint], run: "test $MODE", environment: { MODE: mine } }
        """;

    private const string Somewhere = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@1111111111111111111111111111111111111111";

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-includes-").FullName;
    private readonly RadicleTestKey _alice = new("alice");
    private RadicleStorage _shared = null!;

    public async ValueTask InitializeAsync()
    {
        _shared = await RadicleStorage.CreateAsync(_folder, "shared", _alice, new Dictionary<string, string>
        {
            ["ci/rust.yaml"] = Rust, ["ci/wrong.yaml"] = "steps:\n  - { name: a, run: x, rertry: 2 }\n", ["ci/empty.yaml"] = "",
            ["ci/checks.yaml"] = "checks: { secrets: off }\nsteps: [{ name: a, run: x }]\n",
            ["ci/nested.yaml"] = $"steps:\n  - uses: rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@{new string('1', 40)}#ci/rust.yaml\n",
            ["ci/secret.yaml"] = "steps: [{ name: a, run: x, secrets: TOKEN }]\n",
            ["ci/large.yaml"] = new string('#', PipelineFile.MaxBytes + 1), ["ci/binary.yaml"] = "steps: \u0000\n",
            ["ci/bomb.yaml"] = "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
        });
        _shared.SetVisibility(_alice, isPublic: true);
    }

    public ValueTask DisposeAsync()
    {
        _alice.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task the_steps_of_the_other_file_stand_where_it_is_named()
    {
        var plan = await PlanAsync($$"""
            environment: { LEVEL: "0", ALL: "yes" }
            timeout: 9m
            steps:
              - { name: prepare, run: x }
              - { uses: "{{Uses("ci/rust.yaml")}}", name: rust, with: { MODE: ours } }
              - { name: publish, run: x }
              - { name: tell, needs: rust, run: x }
              - { name: early, needs: rust-build, run: x }
            """);
        Assert.Empty(plan.Problems);
        Assert.Equal(
            ["prepare ", "rust-build prepare", "rust-lint prepare", "rust-test rust-build rust-lint",
                "publish rust-build rust-lint rust-test", "tell rust-build rust-lint rust-test", "early rust-build"],
            plan.Steps.Select(static step => $"{step.Name} {string.Join(' ', step.Needs!)}"));
        var (build, lint, test) = (plan.Steps[1], plan.Steps[2], plan.Steps[3]);
        Assert.Equal(("yes", "1", "ours"), (build.Environment["ALL"], build.Environment["LEVEL"], build.Environment["MODE"]));
        Assert.Equal("ours", test.Environment["MODE"]);
        Assert.Equal("test $MODE", Assert.Single(test.Commands));
        Assert.Equal((TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(9)), (build.Timeout, plan.Steps[0].Timeout));
        Assert.Equal("only for push", lint.LeftOut);
        Assert.Equal(Uses("ci/rust.yaml"), build.Uses);
        Assert.Equal(Rust, Assert.Single(plan.Included!).Text);
    }

    [Fact]
    public async Task what_an_entry_asks_holds_for_all_its_steps_and_what_it_needs_for_the_first_ones()
    {
        var plan = await PlanAsync($$"""
            steps:
              - { name: a, run: x }
              - { name: b, run: x }
              - { uses: "{{Uses("ci/rust.yaml")}}", needs: a, if: { event: push, needs: any } }
              - { name: c, needs: test, run: x }
            """);
        Assert.Empty(plan.Problems);
        Assert.Equal(["a", "a", "build lint"], plan.Steps.Skip(2).Take(3).Select(static step => string.Join(' ', step.Needs!)));
        Assert.All(plan.Steps.Skip(2).Take(3), static step => Assert.Equal("only for push", step.LeftOut));
        Assert.Equal(
            [NeedsOutcome.Any, NeedsOutcome.Any, NeedsOutcome.Passed], plan.Steps.Skip(2).Take(3).Select(static step => step.When));
    }

    [Theory]
    [InlineData("ci/none.yaml", "has no file 'ci/none.yaml' at ")]
    [InlineData("ci/wrong.yaml", "#ci/wrong.yaml:2:24: unknown key 'rertry'; did you mean 'retry'?")]
    [InlineData("ci/empty.yaml", "has no steps")]
    [InlineData("ci/checks.yaml", "unknown key 'checks'; known are steps, environment, timeout")]
    [InlineData("ci/nested.yaml", "an included file cannot include another one")]
    [InlineData("ci/secret.yaml", "asks for the secret TOKEN; give it by 'secrets: [TOKEN]' beside 'uses'")]
    [InlineData("ci/large.yaml", "is larger than 64 KiB")]
    [InlineData("ci/bomb.yaml", "more than 10000 nodes")]
    [InlineData("ci/binary.yaml", "#ci/binary.yaml:")]
    public async Task what_cannot_be_included_is_said_at_the_entry(string path, string words)
    {
        var plan = await PlanAsync($"steps:\n  - uses: {Uses(path)}\n  - {{ name: z, needs: a, run: x }}\n");
        var problem = Assert.Single(plan.Problems);
        Assert.Equal((".auxo/ci.yaml", 2), (problem.Path, problem.Line));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_repository_or_commit_that_is_not_here_is_said_with_the_command_that_fetches_it()
    {
        const string elsewhere = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
        Assert.Equal(
            $"{elsewhere} is not on this node; fetch it by 'rad seed {elsewhere}'",
            await ProblemAsync($"{elsewhere}@{_shared.Head}#ci/rust.yaml"));
        Assert.Equal(
            $"{_shared.Rid} has no commit 1111111 on this node; 'rad sync --fetch {_shared.Rid}' fetches what is new there",
            await ProblemAsync($"{_shared.Rid}@{new string('1', 40)}#ci/rust.yaml"));
    }

    [Fact]
    public async Task a_private_repository_is_never_included_in_another_one_and_may_include_itself()
    {
        _shared.SetVisibility(_alice, isPublic: false);
        Assert.StartsWith(
            $"{_shared.Rid} is not public, and logs and verdicts would show what is in it; ", await ProblemAsync(Uses("ci/rust.yaml")),
            StringComparison.Ordinal);
        var plan = await PlanAsync($"steps:\n  - uses: {Uses("ci/rust.yaml")}\n", Rid.Parse(_shared.Rid));
        Assert.Empty(plan.Problems);
        Assert.Equal(3, plan.Steps.Count);
    }

    [Fact]
    public async Task a_storage_that_is_another_repository_s_is_not_believed()
    {
        var other = await RadicleStorage.CreateAsync(
            _folder, "other", _alice, new Dictionary<string, string> { ["ci/rust.yaml"] = Rust });
        var head = other.Head;
        Directory.Delete(other.Path, recursive: true);
        // A private repository under the name of a public one, or the other way about, is neither.
        Directory.Move(_shared.Path, other.Path);
        Assert.Contains("cannot be read on this node", await ProblemAsync($"{other.Rid}@{head}#ci/rust.yaml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uses: 'https://example.org/a.yaml'", "'uses' must be rad:RID@COMMIT#path/to/file.yaml")]
    [InlineData("uses: 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@main#a.yaml'", "'uses' needs the whole commit, 40 hex digits")]
    [InlineData("uses: 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5@1111111#a.yaml'", "'uses' needs the whole commit, 40 hex digits")]
    [InlineData($"uses: '{Somewhere}#../a.yaml'", "'uses' needs the path of a")]
    [InlineData($"uses: '{Somewhere}#/a.yaml'", "'uses' needs the path of a")]
    [InlineData($"uses: '{Somewhere}#a.sh'", "'uses' needs the path of a")]
    [InlineData("uses: 'git:demo-12345678@1111111111111111111111111111111111111111#a.yaml'", "'uses' must be rad:RID@COMMIT")]
    [InlineData("uses: [a]", "'uses' must be a text")]
    [InlineData("uses: x, run: y", "unknown key 'run'; known are uses, name, with, needs, if, secrets")]
    public void what_names_no_file_at_one_commit_is_refused(string entry, string words)
        => Assert.Contains(
            PipelineFileReader.Read($"steps:\n  - {{ {entry} }}\n").Problems,
            problem => problem.Message.StartsWith(words, StringComparison.Ordinal));

    [Fact]
    public async Task names_are_used_once_also_those_of_included_steps_and_secrets_are_given_by_name()
    {
        var twice = await PlanAsync($"steps:\n  - uses: {Uses("ci/rust.yaml")}\n  - {{ name: build, run: x }}\n");
        Assert.Equal("the name 'build' is taken by another step or by a built-in check", Assert.Single(twice.Problems).Message);
        var both = await PlanAsync($"steps:\n  - uses: {Uses("ci/rust.yaml")}\n  - {{ uses: \"{Uses("ci/rust.yaml")}\", name: b }}\n");
        Assert.Empty(both.Problems);
        Assert.Equal(6, both.Steps.Count);
        Assert.Single(both.Included!);
        var given = await PlanAsync($"steps:\n  - {{ uses: \"{Uses("ci/secret.yaml")}\", secrets: TOKEN }}\n");
        Assert.Equal(["TOKEN"], Assert.Single(given.Steps).Secrets);
        var unused = await PlanAsync($"steps:\n  - {{ uses: \"{Uses("ci/secret.yaml")}\", secrets: [TOKEN, OTHER] }}\n");
        Assert.StartsWith("no step of ", Assert.Single(unused.Problems).Message, StringComparison.Ordinal);
        var taken = await PlanAsync($"steps:\n  - {{ uses: \"{Uses("ci/secret.yaml")}\", secrets: TOKEN, with: {{ TOKEN: a }} }}\n");
        Assert.StartsWith("'TOKEN' is a secret of the included steps", Assert.Single(taken.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_file_that_nobody_has_looked_into_is_no_problem_of_the_one_that_names_it()
    {
        var reading = PipelineFileReader.Read(
            $"steps:\n  - uses: {Uses("ci/rust.yaml")}\n  - {{ name: z, needs: build, run: x }}\n");
        Assert.Empty(reading.Problems);
        Assert.Equal(Uses("ci/rust.yaml"), Assert.Single(reading.Includes).ToString());
    }

    [Fact]
    public void at_most_twenty_files_are_included()
    {
        var text = "steps:\n" + string.Concat(Enumerable.Range(0, 21).Select(i => $"  - uses: {Uses($"ci/{i}.yaml")}\n"));
        Assert.Equal("more than 20 files are included", Assert.Single(PipelineFileReader.Read(text).Problems).Message);
    }

    [Fact]
    public async Task a_build_keeps_what_it_included_and_is_run_again_without_the_repository()
    {
        await using var repository = await GitRepository.CreateAsync();
        var told = new Told(repository);
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        await using var host = await PipelineHost.StartAsync(
            await postgres.CreateDatabaseAsync(), home, settings: ("Auxo:Radicle:Storage", _folder));
        var commit = _shared.Commit(
            new Dictionary<string, string> { ["ci/say.yaml"] = "steps: [{ name: say, run: \"echo $WORD\" }]\n" }, "Say", _shared.Head);
        var head = await repository.CommitAsync(
            ("README.md", "# Demo\n"),
            (".auxo/ci.yaml", $"steps:\n  - {{ uses: \"{_shared.Rid}@{commit}#ci/say.yaml\", with: {{ WORD: \"$(id); included\" }} }}\n"));
        await host.SendAsync(told.Opened(head));
        Assert.Equal("passed", (string)(await host.FinishedAsync(told.BuildOf(head)))["outcome"]!);
        await host.PrintedAsync(told.BuildOf(head), "say", "$(id); included");

        Directory.Delete(_shared.Path, recursive: true);
        Assert.Equal(202, (await host.PostAsync($"/builds/{told.BuildOf(head)}/rerun")).Status);
        Assert.Equal("passed", (string)(await host.FinishedAsync(told.BuildOf(head, attempt: 2)))["outcome"]!);
        await host.PrintedAsync(told.BuildOf(head, attempt: 2), "say", "$(id); included");
    }

    private string Uses(string path) => $"{_shared.Rid}@{_shared.Head}#{path}";

    private async Task<string> ProblemAsync(string uses)
        => Assert.Single((await PlanAsync($"steps:\n  - uses: {uses}\n")).Problems).Message;

    private async Task<Plan> PlanAsync(string text, Rid? own = null)
    {
        var files = new DefinitionFiles(text, null);
        await using var objects = new GitObjects(_shared.Path);
        var included = await new IncludeReader(new RepositoryFolders(_folder)).ReadAsync(
            files, own, objects, [], TestContext.Current.CancellationToken);
        return Plan.Decide(PipelineFileTests.Facts(Trust.Trusted), approved: false, files with { Included = included }, canonical: null);
    }
}
