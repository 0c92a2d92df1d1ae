using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Hooks;

/// <summary><c>auxo hooks install</c></summary>
internal static class InstallHooks
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    public static Command Create(CliHost host)
        => new Command("install", "Let git check what is staged before each commit, and ask before a push to the default branch")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var (folder, plans) = await WriteAsync(session.Host, session.Host.WorkingFolder, ct);
        Say(session.Terminal, folder, plans);
        return ExitCode.Ok;
    }

    /// <summary>Installs them; a second time changes nothing.</summary>
    /// <param name="host">Whose settings of git count, and what the hooks call.</param>
    /// <param name="here">In the work tree.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="CliException">A hook is there that cannot be kept.</exception>
    internal static async Task<(HookFolder Folder, IReadOnlyList<HookPlan> Plans)> WriteAsync(
        CliHost host, string here, CancellationToken ct)
    {
        var folder = await HookFolder.FindAsync(host, here, ct);
        var plans = new List<HookPlan>();
        foreach (var name in HookFolder.Names) plans.Add(await PlanAsync(folder, name, host, ct));
        Directory.CreateDirectory(folder.Path);
        await WriteAsync(plans, ct);
        if (folder.Owner != HookOwner.Repository) await RememberAsync(host, here, ct);
        return (folder, plans);
    }

    /// <summary>All that can fail for want of space comes before the first hook changes; then only names do.</summary>
    private static async Task WriteAsync(List<HookPlan> plans, CancellationToken ct)
    {
        var (written, kept) = (new List<FreshFile>(), new List<string>());
        try
        {
            foreach (var plan in plans.Where(static plan => plan.State != HookState.Present)) written.Add(await WriteAsync(plan, ct));
            foreach (var plan in plans.Where(static plan => plan.Keep))
            {
                HookFolder.Keep(plan.Path, plan.Path + HookScript.Kept);
                kept.Add(plan.Path + HookScript.Kept);
            }

            kept.Clear();
            foreach (var hook in written) hook.Take();
        }
        finally
        {
            foreach (var copy in kept) File.Delete(copy);
            foreach (var hook in written) hook.Dispose();
        }
    }

    private static Task<FreshFile> WriteAsync(HookPlan plan, CancellationToken ct)
    {
        // The user's own link is kept under another name; the team's file is changed where it is.
        var path = plan.Keep ? plan.Path : FreshFile.Real(plan.Path);
        var mode = !plan.Keep && File.Exists(path) ? File.GetUnixFileMode(path) : default;
        return FreshFile.WriteAsync(path, HookText.Bytes(plan.Text), mode | Executable, ct);
    }

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => value.ToString().ToLowerInvariant();

    /// <summary>Hooks that are not this repository's own ask it where the program is.</summary>
    private static async Task RememberAsync(CliHost host, string here, CancellationToken ct)
    {
        await GitCommand.RunAsync(here, ["config", "--local", HookScript.ProgramSetting, host.Executable], ct);
        if (host.Variable("DOTNET_ROOT") is { Length: > 0 } dotnet)
            await GitCommand.RunAsync(here, ["config", "--local", HookScript.DotnetSetting, dotnet], ct);
    }

    private static void Say(Terminal terminal, HookFolder folder, IReadOnlyList<HookPlan> plans)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                folder = folder.Path, owner = Word(folder.Owner),
                hooks = plans.Select(static plan => new { plan.Name, plan.Path, state = Word(plan.State) }),
            });
            return;
        }

        foreach (var plan in plans)
        {
            var words = plan.State switch
            {
                HookState.Present => "is there already",
                HookState.Chained => $"written; the one that was there is kept as {plan.Name}{HookScript.Kept} and run first",
                HookState.Extended => "has Auxo's lines now; commit that for the team",
                _ => "written",
            };
            terminal.Line($"[green]✓[/] {plan.Name} {Terminal.Safe(words)}  [dim]{Terminal.Safe(plan.Path)}[/]");
        }

        terminal.Line(
            "Each commit is checked and each push to the default branch asked for now. Past it once: git commit --no-verify, "
                + "git push --no-verify");
        if (folder.Owner == HookOwner.User)
            terminal.Line("The folder is yours for all repositories; the hooks do nothing in those where this was not called.");
    }

    /// <summary>What has to be done for one hook; nothing is changed yet, so that all of them are done or none.</summary>
    private static async Task<HookPlan> PlanAsync(HookFolder folder, string name, CliHost host, CancellationToken ct)
    {
        var path = folder.FileOf(name);
        if (Directory.Exists(path))
            throw new CliException(ExitCode.Negative, $"{path} is a folder, so git has no such hook.", "Take it away.");
        // Also true for a link that leads nowhere.
        var there = File.Exists(path);
        var text = await HookFolder.ReadAsync(path, ct);
        if (folder.Owner == HookOwner.Team)
        {
            if (there && !HookScript.HasLines(text) && !HookScript.CanTakeLines(text))
                throw new CliException(
                    ExitCode.Negative, $"{path} is no script of a shell, so no lines can be added to it.",
                    $"Call this from it, with its arguments and its input:  auxo {HookScript.Words(name)}");
            var with = HookScript.With(text, name);
            return new HookPlan(
                name, path, with == text ? HookState.Present : there ? HookState.Extended : HookState.Written, with, Keep: false);
        }

        var whole = HookText.Of(folder.Owner == HookOwner.User
            ? HookScript.OfUser(name) : HookScript.Whole(name, host.Executable, host.Variable("DOTNET_ROOT")));
        if (there && text == whole) return new HookPlan(name, path, HookState.Present, whole, Keep: false);
        if (!there || HookScript.IsOurs(text)) return new HookPlan(name, path, HookState.Written, whole, Keep: false);
        // The pre-commit framework keeps what it finds under this name and runs it first.
        if (HookScript.IsOurs(await HookFolder.ReadAsync(path + ".legacy", ct)))
            return new HookPlan(name, path, HookState.Present, text, Keep: false);
        var kept = path + HookScript.Kept;
        if (File.Exists(kept))
        {
            var link = new FileInfo(path).LinkTarget;
            // An install that broke off: the hook is kept already, and still in its place, or empty there.
            if (link == new FileInfo(kept).LinkTarget && text == await HookFolder.ReadAsync(kept, ct))
                return new HookPlan(name, path, HookState.Chained, whole, Keep: false);
            if (link is null && text.Length == 0) return new HookPlan(name, path, HookState.Written, whole, Keep: false);
            throw new CliException(
                ExitCode.Negative, $"There is another hook at {path}, and {name}{HookScript.Kept} beside it is kept already.",
                $"Make one of the two, then again: auxo hooks install. Or call this from it:  {host.Executable} {HookScript.Words(name)}");
        }

        return new HookPlan(name, path, HookState.Chained, whole, Keep: true);
    }
}

/// <summary>What becomes of a hook.</summary>
internal enum HookState
{
    /// <summary>It is there and right.</summary>
    Present,

    /// <summary>It is new, or of an older Auxo.</summary>
    Written,

    /// <summary>The one that was there is kept and run first.</summary>
    Chained,

    /// <summary>The team's has lines more.</summary>
    Extended,
}

/// <summary>One hook, before it is written.</summary>
internal sealed record HookPlan(string Name, string Path, HookState State, string Text, bool Keep);
