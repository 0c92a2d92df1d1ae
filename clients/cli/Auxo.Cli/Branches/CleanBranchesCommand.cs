using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Branches;

/// <summary><c>auxo clean-branches</c></summary>
internal static class CleanBranchesCommand
{
    public static Command Create(CliHost host)
    {
        var dry = new Option<bool>("--dry-run", "-n") { Description = "Only show what would go" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return new Command("clean-branches",
            "Delete local branches whose work is merged, also squashed or rebased, and show the others")
        {
            dry, yes,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(dry), parsed.GetValue(yes), ct));
    }

    private static async Task<int> RunAsync(Session session, bool dry, bool yes, CancellationToken ct)
    {
        var terminal = session.Terminal;
        if (terminal.Json && !dry && !yes) throw new CliException(
            ExitCode.Usage, "With --json nobody can be asked.", "Add --dry-run to look, or --yes to delete.");
        var copy = await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct);
        await using var storage = await LocalStorage.OpenAsync(session.Host, copy.Rid, ct);
        var identity = storage is null ? null : (await storage.ReadIdentityAsync(ct)).DefaultBranch;
        var canonical = await CanonicalBranch.FindAsync(copy, identity, ct)
            ?? throw new CliException(
                ExitCode.Usage, "It is not known what the default branch is: there is no rad/main, origin/main or main.",
                    "Fetch first: git fetch");
        var all = await ReadBranches.RunAsync(copy, canonical, storage, ct);
        var done = all.Where(static b => b.Verdict.IsDone).ToList();
        var others = all.Where(static b => !b.Verdict.IsDone).ToList();
        if (!terminal.Json) Show(terminal, canonical, done, others);
        var goes = done.Count > 0 && !dry && (yes || Ask(session, done.Count));
        var deleted = new List<LocalBranch>();
        if (goes)
        {
            foreach (var (branch, _) in done)
            {
                if (await DeleteAsync(session, copy, branch, ct)) deleted.Add(branch);
            }
        }

        if (terminal.Json) terminal.WriteJson(new
        {
            Canonical = canonical.Short, Merged = done.Select(Said), Unmerged = others.Select(Said),
            Deleted = deleted.Select(static b => new { b.Name, b.Commit, Restore = Restore(b) }),
        });
        else Told(terminal, done.Count, dry, goes, deleted);
        return goes && deleted.Count < done.Count ? ExitCode.Negative : ExitCode.Ok;
    }

    private static void Show(
        Terminal terminal, CanonicalBranch canonical, List<(LocalBranch Branch, BranchVerdict Verdict)> done,
        List<(LocalBranch Branch, BranchVerdict Verdict)> others)
    {
        if (done.Count == 0) terminal.Line($"No branch is merged into {Terminal.Safe(canonical.Short)} and still here.");
        Table(terminal, "MERGED", done);
        if (done.Count > 0 && others.Count > 0) terminal.Line();
        Table(terminal, "NOT MERGED", others);
    }

    private static void Table(Terminal terminal, string title, List<(LocalBranch Branch, BranchVerdict Verdict)> branches)
    {
        var columns = new Columns(4, title, "TIP", "AGE", "WHY", "LAST COMMIT") { Least = 20 };
        foreach (var (branch, verdict) in branches)
            columns.Add(
                new Cell(branch.Name, "bold"), new Cell(branch.Commit[..7], "dim"), Words.Ago(terminal.Now, branch.At),
                    verdict.Why, branch.Title);
        columns.Write(terminal);
    }

    /// <summary>Nothing but a plain yes is one; where nobody answers it is no.</summary>
    private static bool Ask(Session session, int count)
    {
        session.Host.StandardError.Write(
            $"Delete {(count == 1 ? "this merged branch" : $"these {count} merged branches")}? [y/N] ");
        return session.Host.StandardInput.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    /// <summary>git itself refuses a branch that somebody has checked out or rebases meanwhile.</summary>
    private static async Task<bool> DeleteAsync(Session session, WorkingCopy copy, LocalBranch branch, CancellationToken ct)
    {
        try
        {
            var now = await GitCommand.AskAsync(copy.Git, ct, "rev-parse", "--verify", "--quiet", $"refs/heads/{branch.Name}");
            if (now != branch.Commit) throw new CliException(ExitCode.Negative, $"{branch.Name} has changed meanwhile and stays.");
            await GitCommand.RunAsync(copy.Git, ["branch", "-D", "--", branch.Name], ct);
            return true;
        }
        catch (Exception e) when (e is GitException or CliException)
        {
            session.Host.StandardError.WriteLine($"auxo: {TamedText.OneLine(e is GitException git ? git.Errors : e.Message)}");
            return false;
        }
    }

    private static void Told(Terminal terminal, int count, bool dry, bool goes, List<LocalBranch> deleted)
    {
        if (count > 0 && dry) terminal.Line(
            $"Nothing was deleted. Without --dry-run, {(count == 1 ? "1 branch goes" : $"{count} branches go")} after a question.");
        else if (count > 0 && !goes) terminal.Line("Nothing was deleted.");
        if (deleted.Count > 0) terminal.Line("Deleted. To get one back:");
        foreach (var branch in deleted) terminal.Line($"  {Terminal.Safe(Restore(branch))}");
    }

    private static string Restore(LocalBranch branch) => $"git branch {branch.Name} {branch.Commit}";

    private static object Said((LocalBranch Branch, BranchVerdict Verdict) b)
        => new { b.Branch.Name, b.Branch.Commit, b.Branch.At, b.Branch.Title, b.Branch.Patch, b.Verdict.Why };
}
