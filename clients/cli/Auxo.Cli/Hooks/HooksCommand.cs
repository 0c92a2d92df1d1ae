using System.CommandLine;

using Auxo.Cli.Completion;
using Auxo.Cli.Output;
using Auxo.Git;

namespace Auxo.Cli.Hooks;

/// <summary><c>auxo hooks install|remove</c>: git's hooks of one work tree.</summary>
internal static class HooksCommand
{
    private const string Name = "pre-push";
    private const string HooksPath = "core.hooksPath";

    /// <summary>By this line a hook is known as ours.</summary>
    private const string Mark = "# Written by 'auxo hooks install'; 'auxo hooks remove' takes it away.";

    public static Command Create(CliHost host) => new("hooks", "Git's hooks of this work tree: what has not passed is not pushed")
    {
        new Command("install", "Let git ask before a push to the default branch whether exactly that has passed")
            .Does(host, static (_, session, ct) => InstallAsync(session, ct)),
        new Command("remove", "Take the hook away")
            .Does(host, static (_, session, ct) => RemoveAsync(session, ct)),
    };

    private static async Task<int> InstallAsync(Session session, CancellationToken ct)
    {
        var hook = await HookAsync(session, ct);
        var program = CompletionScripts.Quote(session.Host.Executable);
        if (File.Exists(hook) && !await IsOursAsync(hook, ct))
            throw new CliException(
                ExitCode.Negative, $"There is another hook at {hook}.",
                $"Call this from it, with its arguments and its input:  {program} gate push \"$@\"");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        await File.WriteAllTextAsync(hook, $"""
            #!/bin/sh
            {Mark}
            [ -x {program} ] || {"{"} echo 'auxo: the command is no longer there; run: auxo hooks install' >&2; exit 1; {"}"}
            exec {program} gate push "$@"

            """, ct);
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        session.Terminal.Line($"Git asks before each push to the default branch now ({Terminal.Safe(hook)}).");
        return ExitCode.Ok;
    }

    private static async Task<int> RemoveAsync(Session session, CancellationToken ct)
    {
        var hook = await HookAsync(session, ct);
        if (!File.Exists(hook))
        {
            session.Terminal.Line("There is no such hook here.");
            return ExitCode.Ok;
        }

        if (!await IsOursAsync(hook, ct))
            throw new CliException(ExitCode.Negative, $"{hook} is not Auxo's.", "Remove it by hand if you want it gone.");
        File.Delete(hook);
        session.Terminal.Line("The hook is gone.");
        return ExitCode.Ok;
    }

    private static async Task<string> HookAsync(Session session, CancellationToken ct)
    {
        var folder = session.Host.WorkingFolder;
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--path-format=absolute", "--git-common-dir") is not { } git)
            throw new CliException(ExitCode.Usage, $"{folder} is no git repository.", "Go into one.");
        var own = await GitCommand.AskAsync(folder, ct, "config", "--local", "--type=path", "--get", HooksPath)
            ?? await OfUserAsync(session, folder, ct);
        // A relative one is meant from the top of the work tree, where git runs the hook.
        var top = await GitCommand.AskAsync(folder, ct, "rev-parse", "--show-toplevel") ?? git;
        return Path.Combine(own is null ? Path.Combine(git, "hooks") : Path.GetFullPath(own, top), Name);
    }

    /// <summary>What the user's own settings of git say, which Auxo's calls of git leave aside.</summary>
    private static async Task<string?> OfUserAsync(Session session, string folder, CancellationToken ct)
    {
        if (session.Host.Variable("HOME") is not { Length: > 0 } home) return null;
        var settings = session.Host.Variable("GIT_CONFIG_GLOBAL") is { Length: > 0 } named ? named : Path.Combine(home, ".gitconfig");
        try
        {
            return (await GitCommand.RunAsync(
                folder, ["config", "--global", "--type=path", "--get", HooksPath], ct,
                environment: new Dictionary<string, string> { ["HOME"] = home, ["GIT_CONFIG_GLOBAL"] = settings })).TrimEnd('\n');
        }
        catch (GitException)
        {
            // Nothing is set.
            return null;
        }
    }

    private static async Task<bool> IsOursAsync(string hook, CancellationToken ct)
        => (await File.ReadAllTextAsync(hook, ct)).Contains(Mark, StringComparison.Ordinal);
}
