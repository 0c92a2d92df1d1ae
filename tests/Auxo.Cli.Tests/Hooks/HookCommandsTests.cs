using System.Diagnostics;
using System.Text.Json;

namespace Auxo.Cli.Tests.Hooks;

/// <summary>
/// Real repositories and a real git. What the hooks call is a script that says what it was called with; what the program itself does
/// is tested where that is.
/// </summary>
public sealed class HookCommandsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-hooks-").FullName;

    private string Work => Path.Combine(_folder, "work");

    private string Home => Path.Combine(_folder, "home");

    /// <summary>Stands for <c>auxo</c> in the hooks; what it is told and given comes into <c>said</c>.</summary>
    private string Program => Path.Combine(_folder, "it's auxo");

    private string Said => File.Exists(Path.Combine(_folder, "said")) ? File.ReadAllText(Path.Combine(_folder, "said")) : "";

    public HookCommandsTests()
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Work);
        Script(Program, $"printf '%s\\n' \"auxo $*\" >> '{_folder}/said'; [ \"$1\" != gate ] || cat >> '{_folder}/said'; exit ${{RC:-0}}");
    }

    [Fact]
    public async Task both_hooks_are_written_call_the_program_and_are_taken_away_again()
    {
        await InitAsync();
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        // The first commit of all: there is no HEAD yet.
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("auxo hooks run pre-commit\n", Said);
        Assert.NotEqual(0, await CommitAsync(("RC", "1")));
        Assert.Equal(0, await CommitAsync([("RC", "1")], "--no-verify"));
        Assert.Equal(0, await PushAsync());
        Assert.Matches("auxo gate push other /.*/other.git\nrefs/heads/main [0-9a-f]{40} refs/heads/main 0{40}\n$", Said);
        Assert.NotEqual(0, await PushAsync(("RC", "1")));
        Assert.Equal(0, (await AuxoAsync("hooks", "uninstall")).ExitCode);
        Assert.Empty(Hooks());
        Assert.Equal("There is no such hook here.\n", (await AuxoAsync("hooks", "remove")).Out);
    }

    [Fact]
    public async Task installing_twice_changes_nothing()
    {
        await InitAsync();
        await AuxoAsync("hooks", "install");
        var before = await StateAsync();
        var second = await AuxoAsync("hooks", "install", "--json");
        Assert.Equal(0, second.ExitCode);
        Assert.All(
            JsonDocument.Parse(second.Out).RootElement.GetProperty("hooks").EnumerateArray(),
            static hook => Assert.Equal("present", hook.GetProperty("state").GetString()));
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task a_hook_that_was_there_runs_first_with_the_same_input_and_its_exit_code_counts_and_it_comes_back()
    {
        await InitAsync();
        Script(Path.Combine(Work, ".git/hooks/pre-commit"), $"echo before >> '{_folder}/said'; exit ${{BEFORE:-0}}");
        Script(Path.Combine(Work, ".git/hooks/pre-push"), $"echo \"before $*\" >> '{_folder}/said'; cat >> '{_folder}/said'");
        var was = await StateAsync();
        var installed = await AuxoAsync("hooks", "install");
        Assert.Contains("pre-commit.before-auxo", installed.Out, StringComparison.Ordinal);
        await AuxoAsync("hooks", "install");
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("before\nauxo hooks run pre-commit\n", Said);
        Assert.NotEqual(0, await CommitAsync(("BEFORE", "3")));
        Assert.EndsWith("auxo hooks run pre-commit\nbefore\n", Said, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "said"));
        Assert.Equal(0, await PushAsync());
        Assert.Matches("^before other /.*\n(refs/heads/main .*\n)auxo gate push other /.*\n\\1$", Said);
        await AuxoAsync("hooks", "uninstall");
        Assert.Equal(was, await StateAsync());
    }

    [Fact]
    public async Task a_hook_that_is_a_link_stays_one()
    {
        await InitAsync();
        Script(Path.Combine(Work, "tools/check"), $"echo linked >> '{_folder}/said'");
        var hook = Path.Combine(Work, ".git/hooks/pre-commit");
        File.CreateSymbolicLink(hook, "../../tools/check");
        File.CreateSymbolicLink(Path.Combine(Work, ".git/hooks/pre-push"), "../../tools/gone");
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("linked\nauxo hooks run pre-commit\n", Said);
        Assert.Equal(0, (await AuxoAsync("hooks", "uninstall")).ExitCode);
        Assert.Equal("../../tools/check", new FileInfo(hook).LinkTarget);
        Assert.Equal("../../tools/gone", new FileInfo(Path.Combine(Work, ".git/hooks/pre-push")).LinkTarget);
    }

    [Fact]
    public async Task what_could_be_lost_is_not_touched()
    {
        await InitAsync();
        await AuxoAsync("hooks", "install");
        Script(Path.Combine(Work, ".git/hooks/pre-commit"), "true");
        Script(Path.Combine(Work, ".git/hooks/pre-commit.before-auxo"), "false");
        var was = await StateAsync();
        var refused = await AuxoAsync("hooks", "install");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("hooks run pre-commit", refused.Error, StringComparison.Ordinal);
        Assert.Equal(was, await StateAsync());
    }

    [Theory]
    [InlineData("pipe", "is a named pipe")]
    [InlineData("socket", "is a socket")]
    [InlineData("device", "is a device")]
    [InlineData("folder", "is a folder")]
    public async Task what_is_no_file_is_refused_without_waiting(string kind, string words)
    {
        await InitAsync();
        NoFile.Make(Path.Combine(Work, ".git/hooks/pre-commit"), kind);
        var refused = await AuxoAsync("hooks", "install").WaitAsync(NoFile.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(words, refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Work, ".git/hooks/pre-push")));
    }

    [Fact]
    public async Task on_a_full_disk_the_hook_that_was_there_stays_in_force()
    {
        await InitAsync();
        Script(Path.Combine(Work, ".git/hooks/pre-commit"), $"echo before >> '{_folder}/said'");
        var was = await StateAsync();
        var full = await FullDisk.RunAsync(Work, new() { ["HOME"] = Home }, "hooks", "install");
        Assert.NotEqual(0, full.ExitCode);
        Assert.Equal(was, await StateAsync());
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("before\n", Said);
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("before\nbefore\nauxo hooks run pre-commit\n", Said);
    }

    [Fact]
    public async Task on_a_full_disk_the_teams_hook_keeps_its_lines()
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", ".githooks");
        var hook = Path.Combine(Work, ".githooks/pre-commit");
        Script(hook, "echo team");
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        var was = await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await FullDisk.RunAsync(Work, new() { ["HOME"] = Home }, "hooks", "uninstall")).ExitCode);
        Assert.Equal(was, await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken));
        Assert.Equal(["pre-commit", "pre-push"],
            Directory.EnumerateFiles(Path.GetDirectoryName(hook)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task what_broke_off_is_carried_on_and_loses_nothing()
    {
        await InitAsync();
        var hook = Path.Combine(Work, ".git/hooks/pre-commit");
        Script(hook, $"echo before >> '{_folder}/said'");
        // Killed before the new hook took the place of the old one, which was kept already.
        File.Copy(hook, hook + ".before-auxo");
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("before\nauxo hooks run pre-commit\n", Said);
        // What an earlier Auxo left on a full disk.
        await File.WriteAllTextAsync(hook, "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("before\nauxo hooks run pre-commit\nbefore\nauxo hooks run pre-commit\n", Said);
        File.Delete(hook);
        Assert.Equal(0, (await AuxoAsync("hooks", "uninstall")).ExitCode);
        Assert.Equal(["pre-commit"], Hooks());
    }

    [Fact]
    public async Task a_team_hook_keeps_bytes_that_are_no_text()
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", ".githooks");
        var hook = Path.Combine(Work, ".githooks/pre-commit");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        byte[] was = [.. "#!/bin/sh\n# f"u8, 0xfc, .. "r\n"u8];
        await File.WriteAllBytesAsync(hook, was, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.True((await File.ReadAllBytesAsync(hook, TestContext.Current.CancellationToken)).AsSpan().StartsWith(was));
        Assert.Equal(0, (await AuxoAsync("hooks", "uninstall")).ExitCode);
        Assert.Equal(was, await File.ReadAllBytesAsync(hook, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task a_hook_whose_program_is_gone_says_what_to_do()
    {
        await InitAsync();
        await AuxoAsync("hooks", "install");
        File.Delete(Program);
        var (code, said) = await GitAsync([], "commit", "--quiet", "--allow-empty", "-m", "x");
        Assert.NotEqual(0, code);
        Assert.Contains("auxo hooks install", said, StringComparison.Ordinal);
        Assert.Contains("git commit --no-verify", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_worktree_has_the_hooks_of_its_repository()
    {
        await InitAsync();
        Assert.Equal(0, await CommitAsync());
        await GitAsync([], "worktree", "add", "--quiet", Path.Combine(_folder, "tree"), "-b", "side");
        var installed = await AuxoInAsync(Path.Combine(_folder, "tree"), "hooks", "install");
        Assert.Equal(0, installed.ExitCode);
        Assert.Equal(["pre-commit", "pre-push"], Hooks());
        Assert.Equal(0, (await GitInAsync(Path.Combine(_folder, "tree"), [], "commit", "--quiet", "--allow-empty", "-m", "x")).Code);
        Assert.Equal("auxo hooks run pre-commit\n", Said);
    }

    [Theory]
    [InlineData(".husky/_", ".husky")]
    [InlineData(".husky", ".husky")]
    [InlineData(".githooks", ".githooks")]
    public async Task hooks_that_the_team_shares_get_lines_that_fit_every_machine(string setting, string folder)
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", setting);
        var hook = Path.Combine(Work, folder, "pre-commit");
        Script(hook, $"echo team >> '{_folder}/said'");
        var was = await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        var text = await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken);
        Assert.StartsWith(was, text, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder + "/it", text, StringComparison.Ordinal);
        if (setting == ".husky/_")
        {
            // As husky writes it, with every 'npm install'.
            Script(Path.Combine(Work, ".husky/_/pre-commit"), "sh -e \"$(dirname \"$(dirname \"$0\")\")/pre-commit\" \"$@\"");
        }

        Assert.Equal(0, await CommitAsync());
        Assert.Equal("team\nauxo hooks run pre-commit\n", Said);
        // A colleague without Auxo.
        await GitAsync([], "config", "--unset", "auxo.program");
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("team\nauxo hooks run pre-commit\nteam\n", Said);
        Assert.Equal(0, (await AuxoAsync("hooks", "uninstall")).ExitCode);
        Assert.Equal(was, await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(Work, folder, "pre-push")));
    }

    [Theory]
    [InlineData("if true; then\n    exit 0\nfi")]
    [InlineData("exec true")]
    public async Task a_team_hook_that_ends_itself_does_not_pass_by_the_lines(string body)
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", ".githooks");
        Script(Path.Combine(Work, ".githooks/pre-commit"), $"echo team >> '{_folder}/said'\n{body}");
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("auxo hooks run pre-commit\nteam\n", Said);
    }

    [Fact]
    public async Task lines_before_a_push_leave_the_input_for_the_teams_own()
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", ".githooks");
        Script(Path.Combine(Work, ".githooks/pre-push"), $"cat >> '{_folder}/said'\nexit 0");
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Equal(0, await CommitAsync([], "--no-verify"));
        Assert.Equal(0, await PushAsync());
        Assert.Matches("^auxo gate push other /.*\n(refs/heads/main .*\n)\\1$", Said);
    }

    [Fact]
    public async Task a_team_hook_in_another_language_is_left_alone_with_the_line_to_add()
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", ".githooks");
        var hook = Path.Combine(Work, ".githooks/pre-commit");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        await File.WriteAllTextAsync(hook, "#!/usr/bin/env python3\n", TestContext.Current.CancellationToken);
        var refused = await AuxoAsync("hooks", "install");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("auxo hooks run pre-commit", refused.Error, StringComparison.Ordinal);
        Assert.Equal("#!/usr/bin/env python3\n", await File.ReadAllTextAsync(hook, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task the_users_own_folder_serves_the_repositories_that_asked_for_it_and_no_other()
    {
        await InitAsync();
        await File.WriteAllTextAsync(
            Path.Combine(Home, ".gitconfig"), "[core]\n\thooksPath = ~/hooks\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await AuxoAsync("hooks", "install")).ExitCode);
        Assert.Empty(Hooks());
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("auxo hooks run pre-commit\n", Said);
        var other = Directory.CreateDirectory(Path.Combine(_folder, "second")).FullName;
        await GitInAsync(other, [], "init", "--quiet", "-b", "main");
        Assert.Equal(0, (await GitInAsync(other, [], "commit", "--quiet", "--allow-empty", "-m", "x")).Code);
        Assert.Equal("auxo hooks run pre-commit\n", Said);
        await AuxoAsync("hooks", "uninstall");
        Assert.Equal(0, await CommitAsync());
        Assert.Equal("auxo hooks run pre-commit\n", Said);
        Assert.True(File.Exists(Path.Combine(Home, "hooks/pre-commit")));
        await AuxoAsync("hooks", "uninstall", "--everywhere");
        Assert.False(File.Exists(Path.Combine(Home, "hooks/pre-commit")));
    }

    [Fact]
    public async Task hooks_that_are_switched_off_are_not_installed_in_silence()
    {
        await InitAsync();
        await GitAsync([], "config", "core.hooksPath", "/dev/null");
        var refused = await AuxoAsync("hooks", "install");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("git config --local --unset core.hooksPath", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await AuxoInAsync(Home, "hooks", "install")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task InitAsync()
    {
        await GitAsync([], "init", "--quiet", "-b", "main");
        await GitInAsync(_folder, [], "init", "--quiet", "--bare", "other.git");
        await GitAsync([], "remote", "add", "other", Path.Combine(_folder, "other.git"));
    }

    private static void Script(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private IEnumerable<string> Hooks()
        => Directory.EnumerateFiles(Path.Combine(Work, ".git/hooks")).Select(Path.GetFileName).OfType<string>()
            .Where(static name => !name.EndsWith(".sample", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private async Task<string> StateAsync()
    {
        var lines = new List<string>();
        foreach (var name in Hooks())
        {
            var path = Path.Combine(Work, ".git/hooks", name);
            var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            lines.Add($"{name} {File.GetUnixFileMode(path)} {File.GetLastWriteTimeUtc(path).Ticks} {text}");
        }

        return string.Join('\n', lines);
    }

    private Task<CliResult> AuxoAsync(params string[] args) => AuxoInAsync(Work, args);

    private Task<CliResult> AuxoInAsync(string folder, params string[] args)
        => CliResult.RunAsync(new() { ["HOME"] = Home }, args, folder: folder, width: 200, executable: Program);

    private async Task<int> CommitAsync(params (string, string)[] variables) => await CommitAsync(variables, []);

    private async Task<int> CommitAsync((string, string)[] variables, params string[] more)
        => (await GitAsync(variables, ["commit", "--quiet", "--allow-empty", "-m", "x", .. more])).Code;

    private async Task<int> PushAsync(params (string, string)[] variables)
    {
        await GitInAsync(Path.Combine(_folder, "other.git"), [], "update-ref", "-d", "refs/heads/main");
        return (await GitAsync(variables, "push", "--quiet", "other", "main")).Code;
    }

    private Task<(int Code, string Said)> GitAsync((string, string)[] variables, params string[] arguments)
        => GitInAsync(Work, variables, arguments);

    /// <summary>git as its user has it: with hooks and his own settings.</summary>
    private async Task<(int Code, string Said)> GitInAsync(
        string folder, (string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Home;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (git.ExitCode, said);
    }
}
