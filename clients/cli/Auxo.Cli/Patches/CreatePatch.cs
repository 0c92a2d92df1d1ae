using System.CommandLine;

using Auxo.Cli.Metrics;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Proposing;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary>What a new patch shall say.</summary>
internal sealed record NewPatch(string Title, string Description, bool Draft);

/// <summary><c>auxo patch create TITLE</c></summary>
internal static class CreatePatch
{
    public static Command Create(CliHost host)
    {
        var title = new Argument<string>("title") { Description = "In one line, what it changes" };
        var description = new Option<string?>("--description", "-d") { Description = "More about it" };
        var draft = new Option<bool>("--draft") { Description = "Not ready for review yet; it is built all the same" };
        var yes = Confirmation.Option();
        return new Command("create", "Propose the commits of this branch as a patch") { title, description, draft, yes }
            .Does(host, async (parsed, session, ct) =>
            {
                await using var copy = await RadicleCopy.OpenAsync(session, ct);
                var wanted = new NewPatch(
                    parsed.GetRequiredValue(title).Trim(), parsed.GetValue(description) ?? "", parsed.GetValue(draft));
                var pushed = await RunAsync(session, copy, wanted, parsed.GetValue(yes), ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(pushed);
                await WaitedFor.TellAsync(session, WaitedFor.Create, ct);
                return ExitCode.Ok;
            });
    }

    /// <summary>Shows what will happen, asks, and opens the patch.</summary>
    /// <exception cref="CliException">It is refused, not confirmed, or fails.</exception>
    public static async Task<PushedPatch> RunAsync(Session session, RadicleCopy copy, NewPatch wanted, bool yes, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var status = copy.Work.Status;
        if ((PlaceRules.RefuseTitle(wanted.Title) ?? PlaceRules.Refuse(status, copy.DefaultBranch)) is { } refusal)
            throw refusal.ToException();
        if (await OpenPatchAsync(copy, ct) is { } open)
            throw new CliException(
                ExitCode.Negative, $"{status.Branch} already is patch {open.Id.Value[..7]}: {open.Title}",
                "Add your new commits to it: auxo patch update. Or begin another branch: git switch -c another");
        var related = copy.Canonical is not { } canonical || await copy.MergeBaseAsync(canonical.Value, status.Head!, ct) is not null;
        var commits = related ? await copy.CommitsAsync(copy.Canonical?.Value, status.Head!, ct) : new CommitRange(0, []);
        if (PlaceRules.RefuseCommits(status.Branch!, copy.DefaultBranch, related, commits.Count) is { } nothing)
            throw nothing.ToException();

        terminal.Say(
            $"[bold]{Terminal.Safe(copy.Identity.Name)}[/]: {Amount(commits.Count)} of {Terminal.Safe(status.Branch)} "
                + $"become{(commits.Count == 1 ? "s" : "")} a {(wanted.Draft ? "draft" : "patch")}, \"{Terminal.Safe(wanted.Title)}\".");
        Show(terminal, commits);
        await Confirmation.AskAsync(session, $"Push to refs/patches of {copy.Rid}", yes);

        var patch = await PatchPush.OpenAsync(copy, wanted.Title, wanted.Description, wanted.Draft, ct);
        var warning = await Announcement.TryAsync(copy, terminal.Time, ct);
        var id = patch.Id.Value;
        terminal.Say($"[green]✓[/] Patch [bold]{id[..7]}[/] is {(wanted.Draft ? "drafted" : "open")}: {id}");
        if (warning is not null) terminal.Say($"[yellow]![/] {Terminal.Safe(warning)}");
        terminal.Say($"  Its build: auxo ci logs {id[..7]} --follow, or auxo console");
        terminal.Say($"  More commits: auxo patch update. When it has passed: auxo patch merge {id[..7]}");
        if (wanted.Draft) terminal.Say($"  When it is ready: rad patch ready {id[..7]}");
        return new PushedPatch(
            wanted.Draft ? "drafted" : "opened", copy.Rid, patch.Id, patch.Latest.Id, patch.Latest.Head, wanted.Title, warning);
    }

    /// <summary>The patch of the branch that is neither merged nor archived; null for none.</summary>
    public static async Task<RadiclePatch?> OpenPatchAsync(RadicleCopy copy, CancellationToken ct)
    {
        foreach (var id in new[] { copy.Work.Tracked, await copy.HeadOfPatchAsync(ct) }.OfType<PatchId>())
        {
            if (await copy.Storage.ReadPatchAsync(id, ct) is { State.Status: PatchStatus.Open or PatchStatus.Draft } patch) return patch;
        }

        return null;
    }

    /// <summary>The commits, the newest first.</summary>
    public static void Show(Terminal terminal, CommitRange commits)
    {
        var room = Math.Max(20, terminal.Width - 10);
        foreach (var commit in commits.Newest)
            terminal.Say($"  [yellow]{commit.Id[..7]}[/] {Terminal.Safe(Columns.Cut(TamedText.OneLine(commit.Subject), room))}");
        if (commits.Count > commits.Newest.Count) terminal.Say($"  [dim]and {commits.Count - commits.Newest.Count} more[/]");
    }

    public static string Amount(int commits) => commits == 1 ? "1 commit" : $"{commits} commits";
}
