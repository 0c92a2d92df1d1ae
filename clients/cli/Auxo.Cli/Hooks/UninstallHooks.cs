using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Hooks;

/// <summary><c>auxo hooks uninstall</c>: everything as it was before.</summary>
internal static class UninstallHooks
{
    public static Command Create(CliHost host)
    {
        var everywhere = new Option<bool>("--everywhere")
        {
            Description = "Where your own settings of git name one folder for all repositories: take the hooks out of it, too",
        };
        var command = new Command("uninstall", "Take Auxo's hooks away and put back what was there before") { everywhere }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(everywhere), ct));
        command.Aliases.Add("remove");
        return command;
    }

    private static async Task<int> RunAsync(Session session, bool everywhere, CancellationToken ct)
    {
        var folder = await HookFolder.FindAsync(session.Host, session.Host.WorkingFolder, ct);
        var others = new List<string>();
        var done = new List<(string Name, string Words)>();
        foreach (var name in HookFolder.Names)
        {
            var path = folder.FileOf(name);
            if (!File.Exists(path))
            {
                if (folder.Owner == HookOwner.Repository && File.Exists(path + HookScript.Kept)) done.Add((name, PutBack(path)));
                continue;
            }

            var text = await HookFolder.ReadAsync(path, ct);
            if (HookScript.HasLines(text)) done.Add((name, await CutAsync(path, text, ct)));
            else if (!HookScript.IsOurs(text)) others.Add(path);
            else if (folder.Owner != HookOwner.User || everywhere) done.Add((name, PutBack(path)));
            else done.Add((name, "does nothing in this repository any more; out of all: auxo hooks uninstall --everywhere"));
        }

        if (folder.Owner != HookOwner.Repository)
        {
            foreach (var setting in (string[])[HookScript.ProgramSetting, HookScript.DotnetSetting])
                await GitCommand.AskAsync(session.Host.WorkingFolder, ct, "config", "--local", "--unset", setting);
        }

        Say(session.Terminal, done, others);
        return done.Count == 0 && others.Count > 0 ? ExitCode.Negative : ExitCode.Ok;
    }

    private static async Task<string> CutAsync(string path, string text, CancellationToken ct)
    {
        var rest = HookScript.Without(text);
        if (rest == "#!/bin/sh\n")
        {
            File.Delete(path);
            return "is gone";
        }

        await FreshFile.ReplaceAsync(path, HookText.Bytes(rest), ct);
        return "is without Auxo's lines; commit that for the team";
    }

    private static string PutBack(string path)
    {
        if (!File.Exists(path + HookScript.Kept))
        {
            File.Delete(path);
            return "is gone";
        }

        File.Move(path + HookScript.Kept, path, overwrite: true);
        return "is what it was before";
    }

    private static void Say(Terminal terminal, List<(string Name, string Words)> done, List<string> others)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new { hooks = done.Select(static hook => new { hook.Name, what = hook.Words }), others });
            return;
        }

        foreach (var (name, words) in done) terminal.Line($"[green]✓[/] {name} {Terminal.Safe(words)}.");
        foreach (var path in others)
            terminal.Line($"[yellow]![/] {Terminal.Safe(path)} is not Auxo's; remove it by hand if you want it gone.");
        if (done.Count + others.Count == 0) terminal.Line("There is no such hook here.");
    }
}
