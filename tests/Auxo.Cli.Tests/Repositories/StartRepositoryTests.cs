using System.Text.Json;

using Auxo.Git;

namespace Auxo.Cli.Tests.Repositories;

/// <summary>New repositories with a real git, and what Auxo's own programs say of them.</summary>
public sealed class StartRepositoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-start-").FullName;

    /// <summary>Where the programs of Auxo lie that are built beside this test.</summary>
    private static string Programs => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static string Cli => Path.Combine(Programs, "Auxo.Cli", Configuration, "auxo-cli");

    private Dictionary<string, string> Variables => new(StringComparer.Ordinal)
    {
        ["HOME"] = _folder, ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_AUTHOR_NAME"] = "a", ["GIT_AUTHOR_EMAIL"] = "a@example.org", ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@example.org",
    };

    [Theory]
    [InlineData("shell", "bash")]
    [InlineData("python", "python3")]
    [InlineData("node", "node")]
    [InlineData("go", "go")]
    [InlineData("rust", "cargo")]
    [InlineData("dotnet", null)]
    public async Task what_is_made_passes_the_hook_the_checks_and_its_own_steps_at_once(string type, string? tool)
    {
        Assert.SkipUnless(
            File.Exists(Cli) && File.Exists(Path.Combine(Programs, "Auxo.Pipeline", Configuration, "Auxo.Pipeline")),
            "the programs are not built beside the test");
        var made = await RunAsync("repo", "init", "my-demo.2", "Says \"hello\" & <more>", "--type", type, "--no-radicle");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var work = Path.Combine(_folder, "my-demo.2");
        // The hook has let the first commit through, and nothing is left beside it.
        Assert.Equal("1\n", await GitAsync(work, "rev-list", "--count", "HEAD"));
        Assert.Equal("", await GitAsync(work, "status", "--porcelain"));
        Assert.True(File.Exists(Path.Combine(work, ".git/hooks/pre-commit")));
        if (File.Exists(Path.Combine(work, "package.json")))
            Assert.Equal("Says \"hello\" & <more>", JsonDocument.Parse(
                await File.ReadAllTextAsync(Path.Combine(work, "package.json"), TestContext.Current.CancellationToken))
                .RootElement.GetProperty("description").GetString());
        Assert.DoesNotContain("{{", await GitAsync(work, "grep", "-h", "", "HEAD"), StringComparison.Ordinal);

        var lint = await RunAsync("ci", "lint", work);
        Assert.Equal((0, "good: 1 step\n"), (lint.ExitCode, lint.Out));
        // What lies elsewhere no sandbox sees.
        var isThere = tool is not null && ((string[])["/usr/bin", "/usr/local/bin", "/bin"]).Any(
            folder => File.Exists(Path.Combine(folder, tool)));
        var run = await RunAsync("ci", "run", work);
        if (isThere)
        {
            Assert.True(run.ExitCode == 0, run.Out);
            Assert.Contains("\n✓ test", run.Out, StringComparison.Ordinal);
        }

        // No check finds anything, not even what only warns.
        foreach (var check in (string[])["syntax", "secrets", "permissions", "documentation", "structure"])
            Assert.Matches($"\n✓ {check}[^\n]* s\n", run.Out);
        Assert.SkipUnless(isThere, $"{tool ?? "a network for its packages"} is not here: the checks were run, not the step of {type}");
    }

    [Fact]
    public async Task what_cannot_be_made_is_said_before_anything_is_written()
    {
        Assert.Equal(2, (await RunAsync("repo", "init", "wetter-straße", "x")).ExitCode);
        Assert.Equal(2, (await RunAsync("repo", "init", "demo", "two\nlines")).ExitCode);
        Assert.Equal(2, (await RunAsync("repo", "init", "demo", "x", "--type", "cobol")).ExitCode);
        Assert.Equal(2, (await RunAsync("repo", "init", "demo", "x", "--no-radicle", "--template", "none")).ExitCode);
        var noProfile = await RunAsync("repo", "init", "demo", "x");
        Assert.Equal(1, noProfile.ExitCode);
        Assert.Contains("--no-radicle", noProfile.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Write("demo/file", "x");
        var full = await RunAsync("repo", "init", "demo", "x", "--no-radicle");
        Assert.Equal(1, full.ExitCode);
        Assert.Contains("auxo repo adopt demo", full.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_teams_files_win_over_auxos()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "demo"));
        Write("team/README.md", "# {{name}}\n\nOurs. {{description}}.\n");
        Write("team/.editorconfig", "root = true\n");
        var made = await RunAsync("repo", "init", "demo", "Small", "--no-radicle", "--template", "team", "--json");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal("shell", JsonDocument.Parse(made.Out).RootElement.GetProperty("type").GetString());
        Assert.Equal("# demo\n\nOurs. Small.\n", await ReadAsync("demo/README.md"));
        Assert.Equal("root = true\n", await ReadAsync("demo/.editorconfig"));
        Assert.True(File.Exists(Path.Combine(_folder, "demo/.auxo/ci.yaml")));
        Assert.Contains("a@example.org", await ReadAsync("demo/CODEOWNERS"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task names_that_git_refuses_and_what_is_no_file_are_left_out_and_named()
    {
        foreach (var name in (string[])[".git ", "git~1", ".GIT", ".Git. ", ".git:x", ".gi\u200ct", "a/.git."])
            Write($"team/{name}", "x\n");
        NoFile.Make(Path.Combine(_folder, "team/pipe"), "pipe");
        Write("team/good~1", "x\n");
        File.CreateSymbolicLink(Path.Combine(_folder, "team/.gitmodules"), "good~1");
        var made = await RunAsync("repo", "init", "demo", "x", "--no-radicle", "--template", "team", "--json")
            .WaitAsync(NoFile.Patience, TestContext.Current.CancellationToken);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(
            [".GIT", ".Git. ", ".git ", ".git:x", ".gitmodules", ".gi\u200ct", "a/.git.", "git~1", "pipe"],
            JsonDocument.Parse(made.Out).RootElement.GetProperty("leftOut").EnumerateArray()
                .Select(static one => one.GetString()!.Split(": ")[0]).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(_folder, "demo/good~1")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task nothing_half_made_stays_when_the_first_commit_is_refused(bool wasThere)
    {
        if (wasThere) Directory.CreateDirectory(Path.Combine(_folder, "demo"));
        // The hook asks this program, and it says no.
        var failed = await CliResult.RunAsync(
            Variables, ["repo", "init", "demo", "x", "--no-radicle"], folder: _folder, width: 200, programs: Programs,
            executable: "/bin/false");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("Nothing of demo was kept", failed.Error, StringComparison.Ordinal);
        Assert.Equal(wasThere, Directory.Exists(Path.Combine(_folder, "demo")));
        if (wasThere) Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "demo")));
        var again = await CliResult.RunAsync(
            Variables, ["repo", "init", "demo", "x", "--no-radicle"], folder: _folder, width: 200, programs: Programs,
            executable: "/bin/true");
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
    }

    [Fact]
    public async Task on_a_full_disk_adopt_adds_nothing()
    {
        Write("old/a", "x\n");
        await GitAsync(Path.Combine(_folder, "old"), "init", "--quiet", "-b", "main");
        var full = await FullDisk.RunAsync(Path.Combine(_folder, "old"), Variables, "repo", "adopt", ".", "--yes");
        Assert.NotEqual(0, full.ExitCode);
        Assert.Equal(["old/.git", "old/a"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "old"))
            .Select(path => Path.GetRelativePath(_folder, path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_repository_is_given_what_it_lacks_after_it_was_shown_and_asked()
    {
        Write("old/readme.rst", "Old\n===\n");
        Write("old/pyproject.toml", "[project]\n");
        Write("old/.github/CODEOWNERS", "* @me\n");
        Write("old/scripts", "a file where a folder would be\n");
        await GitAsync(Path.Combine(_folder, "old"), "init", "--quiet", "-b", "main");
        var no = await RunAsync("repo", "adopt", "old");
        Assert.Equal(2, no.ExitCode);
        Assert.Contains("+++ .auxo/ci.yaml\n", no.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await AnswerAsync("n\n", "repo", "adopt", "old")).ExitCode);
        Assert.False(File.Exists(Path.Combine(_folder, "old/LICENSE")));
        var yes = await AnswerAsync("y\n", "repo", "adopt", "old");
        Assert.True(yes.ExitCode == 0, yes.Error);
        foreach (var file in (string[])[".auxo/ci.yaml", "LICENSE", ".gitignore", "docs/README.md", ".git/hooks/pre-commit"])
            Assert.True(File.Exists(Path.Combine(_folder, "old", file)), file);
        Assert.Contains("__pycache__", await ReadAsync("old/.gitignore"), StringComparison.Ordinal);
        foreach (var file in (string[])["README.md", "CODEOWNERS", "src", "tests"])
            Assert.False(Path.Exists(Path.Combine(_folder, "old", file)), file);
        Assert.Equal("a file where a folder would be\n", await ReadAsync("old/scripts"));
        Assert.Equal("Old\n===\n", await ReadAsync("old/readme.rst"));
        var again = await RunAsync("repo", "adopt", "old");
        Assert.StartsWith("✓ Nothing is missing.\n", again.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("repo", "adopt", ".")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CliResult> RunAsync(params string[] args) => AnswerAsync(null, args);

    private Task<CliResult> AnswerAsync(string? input, params string[] args)
        => CliResult.RunAsync(
            Variables, args, folder: _folder, width: 200, programs: Programs, input: input,
            executable: File.Exists(Cli) ? Cli : "/bin/true");

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private Task<string> ReadAsync(string name)
        => File.ReadAllTextAsync(Path.Combine(_folder, name), TestContext.Current.CancellationToken);

    private static Task<string> GitAsync(string folder, params string[] arguments)
        => GitCommand.RunAsync(folder, arguments, TestContext.Current.CancellationToken);
}
