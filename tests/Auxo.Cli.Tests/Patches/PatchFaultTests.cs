using Auxo.Cli.Patches.Copies;
using Auxo.Radicle;
using Auxo.Testing;

namespace Auxo.Cli.Tests.Patches;

/// <summary>Programs that hang, ask, or say other things than we know; and working copies that are not where one thinks.</summary>
public sealed class PatchFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-fake-").FullName;

    [Fact]
    public async Task a_program_that_hangs_is_stopped_and_one_that_asks_gets_no_answer()
    {
        var time = new ManualTime();
        var rad = Script("rad", """
            [ "$1" = ask ] || exec sleep 100000
            read answer
            echo "✗ Error: no answer"
            exit 1
            """);
        var programs = new UserPrograms(Host(new(StringComparer.Ordinal) { ["PATH"] = rad }, time));
        var hanging = programs.RadAsync(_folder, "patch", "edit");
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(hanging.IsCompleted);
        }, "it is stopped");
        Assert.Contains("did not end within 1 min, and was stopped", ProgramFault.Of(await hanging).Message, StringComparison.Ordinal);
        var asking = await programs.RadAsync(_folder, "ask");
        Assert.Equal("'rad ask' ended with 1: ✗ Error: no answer", ProgramFault.Of(asking).Message);
        var missing = await Assert.ThrowsAsync<CliException>(() => programs.GitAsync(_folder, PatchLab.Ct, "status"));
        Assert.Equal("There is no program 'git' on your PATH.", missing.Message);
    }

    [Fact]
    public async Task a_program_of_another_machine_or_without_its_interpreter_is_named()
    {
        var folder = Script("rad", "exit 0");
        var file = Path.Combine(folder, "rad");
        var programs = new UserPrograms(Host(new(StringComparer.Ordinal) { ["PATH"] = folder }, TimeProvider.System));
        foreach (var (content, why) in ((string, string)[])
            [("\x7fELF of another machine", "Exec format error"), ("#!/nonexistent/sh\n", "No such file or directory")])
        {
            await File.WriteAllTextAsync(file, content, PatchLab.Ct);

            var error = await Assert.ThrowsAsync<CliException>(() => programs.RadAsync(_folder, "patch", "review"));

            Assert.Equal((2, $"{file} cannot be run: {why}."), (error.Code, error.Message));
        }
    }

    [Fact]
    public async Task what_the_storage_has_counts_whatever_the_programs_say()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        var variables = PatchLab.Variables(lab.Bob);
        var git = (variables["PATH"].Split(':')).Select(static f => Path.Combine(f, "git")).First(File.Exists);
        var other = Script("git", $"""
            [ "$3" = push ] || exec {git} "$@"
            {git} "$@" 2>/dev/null && echo 'Alles gut' >&2
            """);
        variables["PATH"] = $"{other}:{variables["PATH"]}";
        var created = await CliResult.RunAsync(
            variables, ["patch", "create", "T", "--yes"], folder: lab.Tree(lab.Bob), ct: PatchLab.Ct);
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        var id = (await lab.GitAsync(lab.Bob, "config", "branch.topic.merge")).Trim()[^40..];
        Assert.Contains($"is open: {id}", created.Out, StringComparison.Ordinal);

        variables["PATH"] = $"{Script("rad", "echo 'rad unknown (unknown)'")}:{variables["PATH"]}";
        foreach (var action in (string[][])[["--accept"], ["--comment", "x"]])
        {
            var lost = await CliResult.RunAsync(
                variables, ["patch", "review", id, .. action], folder: lab.Tree(lab.Bob), ct: PatchLab.Ct);
            Assert.Equal(1, lost.ExitCode);
            Assert.Contains("rad said that it wrote the", lost.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_further_work_tree_is_one_and_a_folder_without_a_repository_or_a_remote_is_none()
    {
        await using var lab = await PatchLab.UpAsync();
        await lab.GitAsync(lab.Bob, "worktree", "add", "-q", "-b", "beside", Path.Combine(_folder, "beside"), "rad/main");
        var beside = Path.Combine(_folder, "beside");
        await File.WriteAllTextAsync(Path.Combine(beside, "b.txt"), "b\n", PatchLab.Ct);
        await lab.Bob.CommitAsync(beside, "Add b", PatchLab.Ct);
        var variables = PatchLab.Variables(lab.Bob);
        var created = await CliResult.RunAsync(variables, ["patch", "push", "--yes"], folder: beside, ct: PatchLab.Ct);
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        Assert.Contains("1 commit of beside becomes a patch", created.Out, StringComparison.Ordinal);

        var none = await CliResult.RunAsync(variables, ["patch", "list"], folder: _folder, ct: PatchLab.Ct);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("is in no working copy", none.Error, StringComparison.Ordinal);
        await lab.Bob.GitAsync(_folder, PatchLab.Ct, "init", "-q", "plain");
        var plain = await CliResult.RunAsync(variables, ["patch", "list"], folder: Path.Combine(_folder, "plain"), ct: PatchLab.Ct);
        Assert.Contains("has no remote of Radicle", plain.Error, StringComparison.Ordinal);
        variables["RAD_HOME"] = Path.Combine(_folder, "nobody");
        var nobody = await CliResult.RunAsync(variables, ["patch", "push", "--yes"], folder: beside, ct: PatchLab.Ct);
        Assert.Contains("There is no Radicle profile", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_locked_key_is_asked_for_once_and_said_where_nobody_can_open_it()
    {
        Assert.SkipUnless(
            RadProgram.Find("ssh-keygen", Environment.GetEnvironmentVariable("PATH")) is not null, "ssh-keygen is not on PATH.");
        await using var lab = await PatchLab.UpAsync();
        await lab.CommitAsync(lab.Bob, "topic", "a.txt", "a\n");
        var key = Path.Combine(lab.Bob.Home, "keys", "radicle");
        await lab.Bob.RunAsync(_folder, PatchLab.Ct, "ssh-keygen", "-p", "-P", "", "-N", "secret", "-f", key, "-q");
        var variables = PatchLab.Variables(lab.Bob);
        variables.Remove("RAD_PASSPHRASE");
        string[] create = ["patch", "create", "Say \"a\"", "--yes"];
        var locked = await CliResult.RunAsync(variables, create, folder: lab.Tree(lab.Bob), ct: PatchLab.Ct);
        Assert.Equal((1, "auxo: Your Radicle key is locked.\n  Unlock it: rad auth. Or give its passphrase in RAD_PASSPHRASE.\n"),
            (locked.ExitCode, locked.Error));
        // A title with quotes needs two programs, and one question.
        var asked = new List<string>();
        var opened = await CliResult.RunAsync(
            variables, create, folder: lab.Tree(lab.Bob), ct: PatchLab.Ct, secret: question =>
            {
                asked.Add(question);
                return "secret";
            });
        Assert.Equal((0, ""), (opened.ExitCode, opened.Error));
        Assert.Equal(["Passphrase of your Radicle key: "], asked);
        var wrong = await CliResult.RunAsync(
            variables, ["patch", "review", (await lab.GitAsync(lab.Bob, "config", "branch.topic.merge")).Trim()[^40..], "--accept"],
            folder: lab.Tree(lab.Bob), ct: PatchLab.Ct, secret: static _ => "wrong");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("assphrase", wrong.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CliHost Host(Dictionary<string, string> variables, TimeProvider time) => new()
    {
        StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80, Time = time,
        Variable = name => variables.GetValueOrDefault(name),
        ProgramVariables = new Dictionary<string, string>(variables, StringComparer.Ordinal)
        {
            ["PATH"] = $"{variables["PATH"]}:{Environment.GetEnvironmentVariable("PATH")}",
        },
        WorkingFolder = Path.GetTempPath(),
    };

    /// <summary>A program of this name; returns its folder.</summary>
    private string Script(string name, string lines)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "bin-" + name)).FullName;
        File.WriteAllText(Path.Combine(folder, name), $"#!/bin/sh\n{lines}\n");
        File.SetUnixFileMode(Path.Combine(folder, name), (UnixFileMode)0b111_101_101);
        return folder;
    }
}
