using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Linking;
using Auxo.Cli.Patches.Owning;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Merging;

/// <summary>What <c>auxo patch merge --json</c> answers.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Commit">What the default branch became, or becomes when enough delegates have merged.</param>
/// <param name="Gate">What the gate said at last.</param>
/// <param name="Override">Who merged what is refused and why; null where nothing was refused.</param>
/// <param name="State"><c>merged</c>, or <c>waits</c> for other delegates.</param>
/// <param name="Standing">Who has it.</param>
/// <param name="Owners">Whose accept it needed; null where none is required.</param>
/// <param name="Warning">Why others do not see it yet; null when the node has announced it.</param>
internal sealed record MergeAnswer(
    Rid Rid, PatchId PatchId, string Commit, GateAnswer Gate, GateOverride? Override, string State, MergeStanding Standing,
    OwnersNeed? Owners, string? Warning);

/// <summary>A merge in words: before it, and after it.</summary>
internal static class MergeReport
{
    /// <summary>What will happen.</summary>
    public static async Task ShowAsync(
        Terminal terminal, RadicleCopy copy, RadiclePatch patch, MergeTarget target, string result, GateAnswer gate, GateStage stage,
        IReadOnlyList<LinkedPatch> needs, OwnersNeed? owners, string? reason, CancellationToken ct)
    {
        var branch = Terminal.Safe(copy.DefaultBranch);
        var commits = await copy.CommitsAsync(target.Tip, patch.Latest.Head.Value, ct);
        terminal.Say(
            $"[bold]{Terminal.Safe(copy.Identity.Name)}[/]: patch [bold]{patch.Id.Value[..7]}[/], \"{Terminal.Safe(patch.Title)}\", "
                + $"{CreatePatch.Amount(commits.Count)} by {Terminal.Safe(patch.AuthorAlias)} {Words.ShortDid(patch.Author.Value)}");
        CreatePatch.Show(terminal, commits);
        terminal.Say(target.Way switch
        {
            MergeWay.FastForward => $"  {branch} moves on to its head {result[..7]}.",
            MergeWay.Join { Merge: var other } => $"  {branch} moves on to {result[..7]}, as {Words.ShortDid(other.By.Value)} merged it.",
            _ => $"  {branch} has moved on since: the merge commit {result[..7]} is made.",
        });
        foreach (var need in needs) terminal.Say($"  [green]✓[/] {Terminal.Safe(need.Words)}");
        foreach (var review in patch.Latest.Reviews.Where(static r => r.Verdict is not null))
        {
            var verdict = review.Verdict == ReviewVerdict.Accept ? "[green]✓[/] accepted" : "[red]✗[/] rejected";
            terminal.Say($"  {verdict} by {Words.ShortDid(review.Author.Value)}");
        }

        ShowOwners(terminal.Say, owners);
        if (owners is { IsMet: false }) terminal.Say($"  [red]![/] overridden: {Terminal.Safe(reason)}");
        terminal.Say(stage switch
        {
            GateStage.Passed => $"  [green]✓[/] {Terminal.Safe(gate.Reason)}",
            GateStage.Await => $"  [cyan]>[/] {Terminal.Safe(gate.Reason)}: it is waited for",
            GateStage.BuildFirst => "  [cyan]>[/] that result is built first, with its own steps: you answer for them by merging",
            GateStage.Overridden { Reason: var why } =>
                $"  [red]![/] {Terminal.Safe(gate.Reason)}; overridden: {Terminal.Safe(why)}. Git's pre-push hooks are left out.",
            _ => "",
        });
        if (copy.Identity.Threshold > 1) terminal.Say($"  {copy.Identity.Threshold} delegates must merge it.");
    }

    /// <summary>Whose accept is there, and whose is missing.</summary>
    public static void ShowOwners(Action<string> say, OwnersNeed? owners)
    {
        if (owners?.Problem is { } problem) say($"  [red]![/] {Terminal.Safe(problem)}");
        foreach (var accept in owners?.Accepts ?? [])
            say($"  {(accept.IsGiven ? "[green]✓[/]" : "[yellow]![/]")} owners: {Terminal.Safe(accept.Words)}");
    }

    /// <summary>The user has merged it before; others have to.</summary>
    public static async Task<int> DoneAsync(Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        var standing = await MergeStanding.ReadAsync(copy, patch.Latest.Head.Value, ct);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(new { copy.Rid, patchId = patch.Id, state = "waits", standing });
        else session.Terminal.Line($"You have merged patch {patch.Id.Value[..7]}: {standing.Words}. Told again: rad sync --announce");
        return ExitCode.Ok;
    }

    /// <summary>What has happened, once the default branch has it or waits for others.</summary>
    /// <exception cref="CliException">The delegates have pushed different things.</exception>
    public static async Task<int> WriteAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string result, GateAnswer gate, GateOverride? kept, OwnersNeed? owners,
        string? warning, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var (shortId, branch) = (patch.Id.Value[..7], Terminal.Safe(copy.DefaultBranch));
        var standing = await MergeStanding.WaitAsync(copy, result, terminal.Time, ct);
        if (standing is { IsEnough: true, IsCanonical: false } && copy.Identity.Threshold == 1
            && await copy.Storage.CanonicalHeadAsync(ct) is { } canonical)
            await MergeRace.GiveWayAsync(copy, canonical.Value, result, ct);
        if (standing is { IsEnough: true, IsCanonical: false })
            throw new CliException(
                ExitCode.Negative,
                $"You pushed {result[..7]} to {copy.DefaultBranch}, but the repository's {copy.DefaultBranch} does not follow.",
                "Delegates have pushed different things there. Look: rad inspect --refs, and rad sync --fetch");
        terminal.Say(standing.IsCanonical
            ? $"[green]✓[/] Patch [bold]{shortId}[/] is merged: {branch} is at {result[..7]}."
            : $"[yellow]>[/] Your {branch} is at {result[..7]}. {Terminal.Safe(standing.Words)}.");
        if (kept is not null) terminal.Say(
            $"[red]![/] {(gate.Passed ? "Its owners had not all accepted it" : "It had not passed")}; "
                + "the override is kept: auxo gate list");
        if (warning is not null) terminal.Say($"[yellow]![/] {Terminal.Safe(warning)}");
        if (!standing.IsCanonical) terminal.Say($"  Each of them: auxo patch merge {shortId}. The patch closes by itself then.");
        else
        {
            var status = (await copy.PatchAsync(patch.Id, ct)).State.Status;
            if (status != PatchStatus.Merged)
                terminal.Say($"[yellow]![/] The patch is {status.ToString().ToLowerInvariant()} still: rad patch show {shortId}");
            terminal.Say($"  Your working copy is as it was. Next: git switch {branch} && git pull --ff-only");
        }

        if (terminal.Json)
            terminal.WriteJson(new MergeAnswer(
                copy.Rid, patch.Id, result, gate, kept, standing.IsCanonical ? "merged" : "waits", standing, owners, warning));
        return ExitCode.Ok;
    }
}
