using System.Text.Json;

using Auxo.Git;
using Auxo.Pipeline.Local;
using Auxo.Testing.Radicle;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Local;

/// <summary>What a build would say of a working tree, said without any service.</summary>
public sealed class LocalProgramTests : IAsyncLifetime
{
    private const string Pipeline = """
        steps:
          - { name: make, run: "cat new.txt && test ! -e ignored && echo made > out" }
          - { name: deploy, run: "false", if: { event: push } }
          - { name: test, needs: make, run: "cat out; exit 3" }
          - { name: tell, run: "echo told", if: { needs: failed } }
        """;

    private const string Secret = "token = \"" + "ghp_" + "kT9vQ2xLw7RbZ4mNc8JfY1sHd6PgE3aUoW5i" + "\"\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-tree-").FullName;

    public async ValueTask InitializeAsync() => await GitAsync("init", "--quiet", "-b", "main");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task what_is_not_committed_is_run_and_nothing_of_the_repository_changes()
    {
        await CommitAsync(
            (".auxo/ci.yaml", Pipeline), ("README.md", "# Demo\n"), (".gitignore", "ignored\n"), ("script.sh", "#!/bin/sh\n"));
        await WriteAsync(("new.txt", "fresh\n"), ("ignored", "x"), ("script.sh", "#!/bin/sh\nif\n"));
        var before = await StateAsync();
        var (code, said) = await RunAsync("run", _folder);
        Assert.Equal(1, code);
        Assert.Equal(before, await StateAsync());
        Assert.Contains("make │ fresh\n", said, StringComparison.Ordinal);
        Assert.Contains("test │ made\n", said, StringComparison.Ordinal);
        Assert.Contains("tell │ told\n", said, StringComparison.Ordinal);
        Assert.Contains("script.sh:3: error: ", said, StringComparison.Ordinal);
        // It was so before: a finding of the commit that is compared with is known.
        Assert.DoesNotContain("script-not-executable", said, StringComparison.Ordinal);
        Assert.Contains("- deploy  only for push\n", said, StringComparison.Ordinal);
        Assert.Matches("✗ test [^\n]*exit code 3\n", said);
        Assert.Matches("\n✗ It would not pass: (shellcheck, )?syntax, test failed\\.\n$", said);
    }

    [Fact]
    public async Task what_its_owner_ignores_everywhere_is_no_part_of_it()
    {
        var home = Directory.CreateTempSubdirectory("auxo-owner-").FullName;
        await File.WriteAllTextAsync(Path.Combine(home, ".gitconfig"), "[core]\n\texcludesFile = ~/ignored\n");
        await File.WriteAllTextAsync(Path.Combine(home, "ignored"), "*.local\n");
        await WriteAsync((".auxo/ci.yaml", "steps:\n  - { name: look, run: ls }\n"), ("README.md", "# Demo\n"), ("notes.local", "mine\n"));
        var (code, said) = await RunInAsync(home, "run", _folder);
        Assert.Equal(0, code);
        Assert.Contains("look │ README.md\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("notes.local", said, StringComparison.Ordinal);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task a_commit_is_done_once_more_as_if_for_its_branch_without_what_is_not_committed()
    {
        await CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", """
            steps:
              - { name: look, run: "ls; echo $AUXO_COMMIT" }
              - { name: deploy, run: echo deployed, if: { event: push, branch: release } }
            """));
        await WriteAsync(("new.txt", "fresh\n"));
        var (code, said) = await RunAsync("run", _folder, "--commit", "HEAD", "--ref", "release", "--event", "push");
        Assert.Equal(0, code);
        Assert.StartsWith("Commit ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("new.txt", said, StringComparison.Ordinal);
        Assert.Contains("deploy │ deployed\n", said, StringComparison.Ordinal);
        var head = (await GitAsync("rev-parse", "HEAD")).Trim();
        Assert.Contains($"look │ {head}\n", said, StringComparison.Ordinal);
        Assert.Equal((2, "auxo: There is no commit 'none'.\n"), await RunAsync("run", _folder, "--commit", "none"));
    }

    [Fact]
    public async Task one_step_is_run_with_what_it_needs()
    {
        await WriteAsync((".auxo/ci.yaml", Pipeline), ("README.md", "# Demo\n"), ("new.txt", "fresh\n"));
        var (code, said) = await RunAsync("run", _folder, "--step", "make");
        Assert.Equal(0, code);
        Assert.DoesNotContain("test │", said, StringComparison.Ordinal);
        Assert.EndsWith("✓ It would pass.\n", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("run", _folder, "--step", "mak");
        Assert.Equal((2, "auxo: There is no step 'mak'. There are: make, deploy, test, tell.\n"), (code, said));
    }

    [Fact]
    public async Task a_plan_says_what_would_run_and_why_not_the_rest()
    {
        await CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", """
            steps:
              - { name: a, run: x }
              - { name: b, run: x, if: { paths: "src/**" } }
              - { name: c, run: x, if: { event: push, branch: main } }
            """));
        Directory.CreateDirectory(Path.Combine(_folder, "docs"));
        await WriteAsync(("docs/page.md", "# Page\n"));
        var (code, said) = await RunAsync("plan", Path.Combine(_folder, "docs"));
        Assert.Equal(0, code);
        Assert.Contains(
            "step    a  at once\nstep    b  left out: no changed file is src/**\nstep    c  left out: only for push\n", said,
            StringComparison.Ordinal);
        (_, said) = await RunAsync("plan", _folder, "--event", "push");
        Assert.Contains("step    c  after b\n", said, StringComparison.Ordinal);
        (_, said) = await RunAsync("plan", _folder, "--base", "HEAD");
        Assert.Contains("compared with", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_wrong_is_said_with_its_place()
    {
        await WriteAsync((".auxo/ci.yaml", "steps:\n  - { name: a, rum: x }\n"));
        var (code, said) = await RunAsync("lint", _folder);
        var file = Path.Combine(_folder, ".auxo/ci.yaml");
        Assert.Equal(1, code);
        Assert.StartsWith($"{file}:2:16: error: unknown key 'rum'; did you mean 'run'?", said, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("run", _folder)).Code);
        await WriteAsync((".auxo/ci.yaml", "steps:\n  - { name: a, run: x }\n"));
        Assert.Equal((0, "good: 1 step\n"), await RunAsync("lint", file));
    }

    [Fact]
    public async Task a_file_that_is_nearly_the_pipeline_file_is_an_error_before_the_push_too()
    {
        await WriteAsync((".auxo/ci.yml", "steps: []\n"));
        var (code, said) = await RunAsync("lint", _folder);
        Assert.Equal(1, code);
        Assert.Equal(
            $"{Path.Combine(_folder, ".auxo/ci.yml")}:1:1: error: .auxo/ci.yml is not read: rename it to .auxo/ci.yaml\n", said);
        (code, said) = await RunAsync("plan", _folder);
        Assert.Equal(1, code);
        Assert.Contains("\n.auxo/ci.yml:1:1: error: .auxo/ci.yml is not read", said, StringComparison.Ordinal);
        await WriteAsync((".auxo/ci.yaml", "steps: []\n"));
        Assert.Equal((0, "good: 0 steps\n"), await RunAsync("lint", _folder));
    }

    [Fact]
    public async Task what_is_wrong_is_said_from_the_top_to_the_bottom()
    {
        await WriteAsync((".auxo/ci.yaml", """
            steps:
              - { name: a, needs: c, run: x }
              - { name: b, run: x, retry: 9 }
            checks: { sast: blok }
            """));
        var (_, said) = await RunAsync("lint", _folder);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(':')[1]).ToList();
        Assert.Equal(["2", "3", "4"], lines);
    }

    [Fact]
    public async Task what_is_included_is_read_from_the_storage_of_this_machine_where_it_is_there()
    {
        const string elsewhere = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
        using var alice = new RadicleTestKey("alice");
        var shared = await RadicleStorage.CreateAsync(
            Path.Combine(_folder, "home", "storage"), "shared", alice,
            new Dictionary<string, string> { ["ci.yaml"] = "steps: [{ name: say, run: echo included }]\n" });
        shared.SetVisibility(alice, isPublic: true);
        KeyValuePair<string, string?>[] environment = [new("RAD_HOME", Path.Combine(_folder, "home"))];
        var uses = $"{shared.Rid}@{shared.Head}#ci.yaml";
        await WriteAsync(
            (".gitignore", "home\n"), ("README.md", "# Demo\n"), (".auxo/ci.yaml", $"steps:\n  - {{ uses: \"{uses}\", name: a }}\n"));
        Assert.Equal((0, "good: 1 step\n"), await RunWithAsync(environment, "lint", _folder));
        var (code, said) = await RunWithAsync(environment, "plan", _folder);
        Assert.Equal(0, code);
        Assert.Contains($"step    a-say  at once  (from {shared.Rid}@{shared.Head[..7]}#ci.yaml)\n", said, StringComparison.Ordinal);
        (code, said) = await RunWithAsync(environment, "run", _folder);
        Assert.Equal(0, code);
        Assert.Contains("a-say │ included\n", said, StringComparison.Ordinal);

        // Of the repository itself its own objects are read, whoever may read them; the remote says which it is.
        await WriteAsync((".auxo/ci.yaml", "steps: [{ name: own, run: x }]\n"));
        await CommitAsync();
        var head = (await GitAsync("rev-parse", "HEAD")).Trim();
        await WriteAsync((".auxo/ci.yaml", $"steps:\n  - {{ uses: \"{elsewhere}@{head}#.auxo/ci.yaml\" }}\n"));
        (code, said) = await RunWithAsync(environment, "lint", _folder);
        Assert.Equal(0, code);
        Assert.StartsWith(
            $"{Path.Combine(_folder, ".auxo/ci.yaml")}: warning: {elsewhere}@{head[..7]}#.auxo/ci.yaml was not looked at: ", said,
            StringComparison.Ordinal);
        Assert.Equal(1, (await RunWithAsync(environment, "plan", _folder)).Code);
        await GitAsync("remote", "add", "rad", elsewhere.Replace(":", "://", StringComparison.Ordinal));
        Assert.Equal((0, "good: 1 step\n"), await RunWithAsync(environment, "lint", _folder));
        Assert.Equal(0, (await RunWithAsync(environment, "plan", _folder)).Code);
    }

    [Fact]
    public async Task a_secret_is_a_variable_of_whoever_runs_it_and_is_not_shown()
    {
        await WriteAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", """
            steps:
              - { name: show, secrets: DEPLOY__TOKEN, run: "echo is $DEPLOY__TOKEN" }
              - { name: lacks, needs: [], secrets: OTHER_TOKEN, run: "true" }
            """));
        var (code, said) = await RunWithAsync([new("HOME", "/nonexistent"), new("DEPLOY:TOKEN", "tok-s3cr3t")], "run", _folder);
        Assert.Equal(1, code);
        Assert.Contains("show │ is ***\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("tok-s3cr3t", said, StringComparison.Ordinal);
        Assert.Contains(
            "✗ lacks  the secret OTHER_TOKEN is not set; a local run takes it from your environment: OTHER_TOKEN=… auxo ci run\n", said,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_wrong_in_the_suppressions_is_said_beside_the_pipeline_file()
    {
        var file = Path.Combine(_folder, ".auxo/suppressions.yaml");
        await WriteAsync((".auxo/ci.yaml", "steps: []\n"), (".auxo/suppressions.yaml", "- { rule: A, reasn: x, reason: x, by: y }\n"));
        var (code, said) = await RunAsync("lint", _folder);
        Assert.Equal(1, code);
        Assert.StartsWith(
            $"good: 0 steps\n{file}:1:14: error: unknown key 'reasn'; did you mean 'reason'?", said, StringComparison.Ordinal);
        await WriteAsync((".auxo/suppressions.yaml", "- { rule: A, reason: x, by: y }\n"));
        Assert.Equal((0, "good: 0 steps\ngood: 1 suppression\n"), await RunAsync("lint", _folder));
        Assert.Equal((0, "good: 1 suppression\n"), await RunAsync("lint", file));
        await WriteAsync((".auxo/quarantine.yaml", "[]\n"));
        Assert.Equal((0, "good: 0 steps\ngood: 1 suppression\ngood: 0 quarantined tests\n"), await RunAsync("lint", _folder));
    }

    [Fact]
    public async Task a_scan_shows_what_blocks_in_the_folder_that_is_named()
    {
        const string Settings = "checks:\n  secrets: { ignore: [\"safe/**\"] }\n";
        await CommitAsync((".auxo/ci.yaml", Settings), ("safe/key.txt", Secret), ("open/key.txt", Secret));
        await WriteAsync(("new/key.txt", Secret));
        var (code, said) = await RunAsync("scan", "secrets", _folder);
        Assert.Equal(1, code);
        Assert.StartsWith("new/key.txt\n  ✗     1  ", said, StringComparison.Ordinal);
        Assert.Contains("\nopen/key.txt\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("\nsafe/", said, StringComparison.Ordinal);
        Assert.Matches("\n✗ secrets [^\n]*2 errors\n  [0-9]+ files scanned", said);
        Assert.Equal(0, (await RunAsync("scan", "secrets", Path.Combine(_folder, "safe"))).Code);
        (code, said) = await RunAsync("scan", "secrets", Path.Combine(_folder, "open"), "--json");
        Assert.Equal(1, code);
        using var answer = JsonDocument.Parse(said);
        var finding = Assert.Single(answer.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal("open/key.txt", finding.GetProperty("path").GetString());
        Assert.Equal("failed", answer.RootElement.GetProperty("checks")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task a_folder_that_git_does_not_know_is_scanned_too()
    {
        Directory.Delete(Path.Combine(_folder, ".git"), recursive: true);
        await WriteAsync(("key.txt", Secret));
        var (code, said) = await RunAsync("scan", "secrets", _folder);
        Assert.Equal(1, code);
        Assert.StartsWith("key.txt\n", said, StringComparison.Ordinal);
        Assert.Equal(["key.txt"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("auxo: Say what and where: scan deps|sast|secrets|all FOLDER", "scan")]
    [InlineData("auxo: There is no scan 'zz'. There are: deps, sast, secrets, all, image.", "scan", "zz", "x")]
    [InlineData("auxo: There is no folder ", "scan", "secrets", "/nonexistent")]
    public async Task a_scan_that_cannot_be_made_says_why(string words, params string[] request)
    {
        var (code, said) = await RunAsync(request);
        Assert.Equal(2, code);
        Assert.StartsWith(words, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auxo: Say what: ")]
    [InlineData("auxo: There is no folder ", "run", "nowhere")]
    [InlineData("is in no work tree of a git repository", "plan", "/")]
    [InlineData("There is no commit 'zz'", "plan", ".", "--base", "zz")]
    [InlineData("There is no event 'zz'", "plan", ".", "--event", "zz")]
    [InlineData("'--step' needs a value", "run", ".", "--step")]
    [InlineData("There is no option '--zz'", "run", ".", "--zz", "1")]
    public async Task what_cannot_be_done_is_said_in_one_line(string words, params string[] request)
    {
        var (code, said) = await RunAsync([.. request.Select((word, i) => i == 1 && word != "/" ? Path.Combine(_folder, word) : word)]);
        Assert.Equal(2, code);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Equal(1, said.Count(static c => c == '\n'));
    }

    private static Task<(int Code, string Said)> RunAsync(params string[] words) => RunInAsync("/nonexistent", words);

    private static Task<(int Code, string Said)> RunInAsync(string home, params string[] words) => RunWithAsync([new("HOME", home)], words);

    private static async Task<(int Code, string Said)> RunWithAsync(KeyValuePair<string, string?>[] environment, params string[] words)
    {
        await using var output = new StringWriter();
        var code = await LocalProgram.RunAsync(
            words, output, new ConfigurationBuilder().AddInMemoryCollection(environment).Build(),
            TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    private async Task CommitAsync(params (string Path, string Content)[] files)
    {
        await WriteAsync(files);
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "First");
    }

    private async Task WriteAsync(params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
            await File.WriteAllTextAsync(Path.Combine(_folder, path), content);
        }
    }

    private async Task<string> StateAsync()
        => string.Join('\n', [
            await GitAsync("status", "--porcelain"), await GitAsync("for-each-ref"), await GitAsync("count-objects", "-v"),
            Convert.ToHexString(await File.ReadAllBytesAsync(Path.Combine(_folder, ".git", "index"))),
            .. Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.TopDirectoryOnly).Order(StringComparer.Ordinal),
        ]);

    private Task<string> GitAsync(params string[] arguments)
        => GitCommand.RunAsync(_folder, arguments, TestContext.Current.CancellationToken);
}
