using System.Text.Json;

using Auxo.Git;
using Auxo.Pipeline.Local;
using Auxo.Pipeline.Local.Staged;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Local;

/// <summary>What the pre-commit hook says of what is staged, in real repositories.</summary>
public sealed class StagedTests : IAsyncLifetime
{
    private const string Secret = "token = \"" + "ghp_" + "kT9vQ2xLw7RbZ4mNc8JfY1sHd6PgE3aUoW5i" + "\"\n";
    private const string Broken = "#!/bin/sh\nif true; then\n";
    private const string Good = "#!/bin/sh\necho hello\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-staged-").FullName;

    private string Work => Path.Combine(_folder, "work");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Work);
        await GitAsync("init", "--quiet", "-b", "main");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task the_first_commit_is_checked_like_every_other()
    {
        Assert.Equal((0, "Nothing is staged that could be checked.\n"), await RunAsync());
        Write("run.sh", Broken, executable: true);
        Write("settings.py", Secret);
        await GitAsync("add", "-A");
        var (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("✗ run.sh:3: syntax error: unexpected end of file [syntax.parse-error]\n", said, StringComparison.Ordinal);
        Assert.Contains("✗ settings.py:1: a GitHub token", said, StringComparison.Ordinal);
        Assert.DoesNotContain("kT9vQ2xLw7RbZ4mNc8JfY1sHd6PgE3aUoW5i", said, StringComparison.Ordinal);
        Assert.Contains("git commit --no-verify", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task only_what_is_staged_counts_also_of_a_file_that_is_staged_in_part()
    {
        Write("a.sh", Good, executable: true);
        Write("b.sh", Broken, executable: true);
        Write("untracked.py", Secret);
        await GitAsync("add", "a.sh");
        Write("a.sh", Broken, executable: true);
        Assert.Equal((0, "✓ 1 staged file: nothing found\n"), await RunAsync());
        await GitAsync("add", "a.sh");
        Write("a.sh", Good, executable: true);
        Assert.Equal(1, (await RunAsync()).Code);
    }

    [Fact]
    public async Task a_text_that_is_too_large_is_said_to_be_unread_each_time_it_is_another()
    {
        var long1 = "#!/bin/sh\n" + Secret + string.Concat(Enumerable.Repeat("echo more\n", 120_000));
        Write("s.sh", long1, executable: false);
        Write("picture", "\0" + long1);
        await GitAsync("add", "-A");
        var (code, said) = await RunAsync();
        // What git records of it needs no content but its first line.
        Assert.Equal(1, code);
        Assert.Contains("✗ s.sh:1: a script with #! that cannot be run", said, StringComparison.Ordinal);
        Assert.Contains("! s.sh: not looked at: it is larger than 1 MiB", said, StringComparison.Ordinal);
        Assert.DoesNotContain("picture", said, StringComparison.Ordinal);
        Write("s.sh", long1, executable: true);
        await CommitAllAsync();
        Write("s.sh", long1 + "echo end\n", executable: true);
        await GitAsync("add", "-A");
        (code, said) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Contains("! s.sh: not looked at", said, StringComparison.Ordinal);
        Assert.EndsWith("✓ 1 staged file: 1 warning\n", said, StringComparison.Ordinal);
        // Nobody has seen it in the large file, so it is no old acquaintance.
        Write("s.sh", "#!/bin/sh\n" + Secret, executable: true);
        await GitAsync("add", "-A");
        (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("✗ s.sh:2: a GitHub token", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_stood_there_before_blocks_nothing_and_what_is_added_does()
    {
        Write("old.sh", Good + "cd \"$1\" x y\nlocal q=1\n", executable: true);
        await CommitAllAsync();
        Write("old.sh", "#!/bin/sh\necho hello\n# more\ncd \"$1\" x y\nlocal q=1\n", executable: true);
        await GitAsync("add", "-A");
        var (code, said) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Matches("^✓ 1 staged file: nothing found, [0-9] known from before\n$", said);
        Write("old.sh", "#!/bin/sh\necho hello\n# more\ncd \"$1\" x y\nlocal q=1\n" + Secret, executable: true);
        await GitAsync("add", "-A");
        (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("✗ old.sh:6: a GitHub token", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_rename_brings_nothing_and_a_removal_is_not_looked_at()
    {
        Write("old.py", Secret);
        Write("gone.sh", Broken, executable: true);
        await CommitAllAsync();
        await GitAsync("mv", "old.py", "new.py");
        await GitAsync("rm", "--quiet", "gone.sh");
        var (code, said) = await RunAsync();
        Assert.Equal((0, "✓ 1 staged file: nothing found, 1 known from before\n"), (code, said));
    }

    [Fact]
    public async Task links_submodules_and_promised_files_are_what_git_would_commit()
    {
        File.CreateSymbolicLink(Path.Combine(Work, "out"), "../../etc/passwd");
        File.CreateSymbolicLink(Path.Combine(Work, "in"), "README.md");
        Write("later.sh", Broken, executable: true);
        await GitAsync("add", "out", "in");
        await GitAsync("add", "--intent-to-add", "later.sh");
        await GitAsync("update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,module");
        var (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("✗ out: the link points out of the repository", said, StringComparison.Ordinal);
        Assert.Contains("1 error in 2 staged files", said, StringComparison.Ordinal);
        Assert.DoesNotContain("later.sh", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_script_is_judged_with_the_files_around_it()
    {
        Write(".shellcheckrc", "disable=SC2154\n");
        Write("lib.sh", "name=world\n");
        await CommitAllAsync();
        Write("run.sh", "#!/bin/sh\n. ./lib.sh\necho \"$name $other\"\n", executable: true);
        await GitAsync("add", "-A");
        Assert.Equal((0, "✓ 1 staged file: nothing found\n"), await RunAsync());
    }

    [Fact]
    public async Task the_gate_table_and_what_is_accepted_count_as_they_are_staged()
    {
        Write("run.sh", Broken, executable: true);
        Write("settings.py", Secret);
        Write("app.js", "console.log(1);\n");
        Write(".auxo/ci.yaml", "checks:\n  syntax: warn\n  shellcheck: off\n  debug: block\n  secrets: { ignore: [settings.py] }\n");
        await GitAsync("add", "-A");
        Write(".auxo/ci.yaml", "checks: { debug: off }\n");
        var (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("✗ app.js:1: console.log is left in", said, StringComparison.Ordinal);
        Assert.Contains("! run.sh:3: syntax error", said, StringComparison.Ordinal);
        Assert.DoesNotContain("settings.py", said, StringComparison.Ordinal);
        await GitAsync("add", "-A");
        Assert.Equal(1, (await RunAsync()).Code);
    }

    [Fact]
    public async Task a_pipeline_file_that_is_broken_stops_the_commit_that_breaks_it_and_not_the_next()
    {
        Write(".auxo/ci.yaml", "step: []\n");
        await GitAsync("add", "-A");
        var (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.StartsWith("✗ .auxo/ci.yaml:1: ", said, StringComparison.Ordinal);
        await CommitAllAsync();
        Write("README.md", "# x\n");
        await GitAsync("add", "-A");
        Assert.Equal(0, (await RunAsync()).Code);
    }

    [Fact]
    public async Task a_merge_brings_only_what_was_changed_in_it()
    {
        Write("a", "1\n");
        await CommitAllAsync();
        await GitAsync("checkout", "--quiet", "-b", "side");
        Write("theirs.py", Secret);
        await CommitAllAsync();
        await GitAsync("checkout", "--quiet", "main");
        Write("b", "1\n");
        await CommitAllAsync();
        await GitAsync("merge", "--quiet", "--no-commit", "--no-ff", "side");
        Assert.Equal(0, (await RunAsync()).Code);
        Write("mine.sh", Broken, executable: true);
        await GitAsync("add", "-A");
        var (code, said) = await RunAsync();
        Assert.Equal(1, code);
        Assert.DoesNotContain("theirs.py", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task conflicts_and_other_places_are_said()
    {
        Write("a", "1\n");
        await CommitAllAsync();
        await GitAsync("checkout", "--quiet", "-b", "side");
        Write("a", "2\n");
        await CommitAllAsync();
        await GitAsync("checkout", "--quiet", "main");
        Write("a", "3\n");
        await CommitAllAsync();
        await Assert.ThrowsAsync<GitException>(() => GitAsync("merge", "--quiet", "side"));
        var (code, said) = await RunAsync();
        Assert.Equal(2, code);
        Assert.Contains("conflicts", said, StringComparison.Ordinal);
        (code, said) = await SayAsync([], "staged", _folder);
        Assert.Equal(2, code);
        Assert.Contains("no work tree", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task nothing_of_the_repository_changes_and_the_index_that_git_names_is_the_one()
    {
        Write("a.sh", Good, executable: true);
        await CommitAllAsync();
        Write("b.sh", Broken, executable: true);
        await GitAsync("add", "-A");
        // As 'git commit FILE' does it: an index of its own, in which b.sh is not.
        var other = Path.Combine(Work, ".git", "next-index-1.lock");
        await GitCommand.RunAsync(
            Work, ["read-tree", "HEAD"], TestContext.Current.CancellationToken,
            environment: new Dictionary<string, string> { ["GIT_INDEX_FILE"] = other });
        await GitAsync("update-index", "--split-index");
        var before = await StateAsync();
        var (code, _) = await SayAsync(new() { ["GIT_INDEX_FILE"] = other, ["GIT_DIR"] = ".git" }, "staged", Work);
        Assert.Equal(0, code);
        Assert.Equal(1, (await RunAsync()).Code);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task json_has_all_of_it_and_a_terminal_has_colours()
    {
        Write("run.sh", Broken, executable: true);
        Write("app.js", "debugger;\n");
        await GitAsync("add", "-A");
        var (code, said) = await SayAsync([], "staged", Work, "--json");
        Assert.Equal(1, code);
        var answer = JsonDocument.Parse(said).RootElement;
        Assert.Equal(2, answer.GetProperty("files").GetInt32());
        Assert.True(answer.GetProperty("refused").GetBoolean());
        Assert.Equal(
            ["syntax", "shellcheck", "secrets", "permissions", "debug"],
            answer.GetProperty("checks").EnumerateArray().Select(static check => check.GetProperty("step").GetString()));
        Assert.Contains(
            answer.GetProperty("findings").EnumerateArray(),
            static finding => finding is var f && f.GetProperty("rule").GetString() == "debugger" && !f.GetProperty("blocks").GetBoolean());
        Assert.Contains("\e[31m✗\e[0m run.sh:", (await SayAsync([], "staged", Work, "--colour")).Said, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await RunAsync()).Said);
        Assert.Equal(2, (await SayAsync([], "staged")).Code);
    }

    [Fact]
    public void changes_are_read_as_git_prints_them()
    {
        var (a, b, none) = (new string('a', 40), new string('b', 40), new string('0', 40));
        var changes = StagedChanges.Read(System.Text.Encoding.UTF8.GetBytes(
            $":000000 100644 {none} {a} A\0new file\0:100644 000000 {a} {none} D\0ol\nd\0:100644 100755 {a} {b} M\0changed\0"
                + $":160000 160000 {a} {b} M\0module\0:100644 120000 {a} {b} T\0link\0:100644 100"));
        Assert.Equal(["changed", "link", "new file"], changes.After.Order(StringComparer.Ordinal));
        Assert.Equal(["changed", "link", "ol\nd"], changes.Before.Order(StringComparer.Ordinal));
    }

    private Task<(int Code, string Said)> RunAsync() => SayAsync([], "staged", Work);

    private static async Task<(int Code, string Said)> SayAsync(Dictionary<string, string?> variables, params string[] words)
    {
        await using var output = new StringWriter();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(variables).Build();
        var code = await LocalProgram.RunAsync(words, output, configuration, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    private void Write(string name, string text, bool executable = false)
    {
        var path = Path.Combine(Work, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)(executable ? 0b111_101_101 : 0b110_100_100));
    }

    private async Task CommitAllAsync()
    {
        await GitAsync("add", "-A");
        await GitAsync("commit", "--quiet", "-m", "x");
    }

    private async Task<string> StateAsync()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Work, ".git"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var file in files) lines.Add(
            $"{file} {Convert.ToHexString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))}");
        return string.Join('\n', lines);
    }

    private Task<string> GitAsync(params string[] arguments)
        => GitCommand.RunAsync(Work, arguments, TestContext.Current.CancellationToken, environment: new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = "a", ["GIT_AUTHOR_EMAIL"] = "a@example.org",
            ["GIT_COMMITTER_NAME"] = "a", ["GIT_COMMITTER_EMAIL"] = "a@example.org",
        });
}
