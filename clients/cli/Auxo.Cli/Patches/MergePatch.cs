using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Gate;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Linking;
using Auxo.Cli.Patches.Merging;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary>What <c>auxo patch merge --json</c> answers.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Commit">What the default branch became, or becomes when enough delegates have merged.</param>
/// <param name="Gate">What the gate said at last.</param>
/// <param name="Override">Who merged without a pass and why; null where it had passed.</param>
/// <param name="State"><c>merged</c>, or <c>waits</c> for other delegates.</param>
/// <param name="Standing">Who has it.</param>
/// <param name="Warning">Why others do not see it yet; null when the node has announced it.</param>
internal sealed record MergeAnswer(
    Rid Rid, PatchId PatchId, string Commit, GateAnswer Gate, GateOverride? Override, string State, MergeStanding Standing,
    string? Warning);

/// <summary><c>auxo patch merge [PATCH]</c></summary>
internal static class MergePatch
{
    public static Command Create(CliHost host)
    {
        var patch = PatchArgument.CreateOptional();
        var reason = new Option<string?>("--override") { Description = "Merge what has not passed, for this reason, which is kept" };
        var yes = Confirmation.Option();
        return new Command("merge", "Merge a patch that has passed, exactly as it was built") { patch, reason, yes }
            .Does(host, async (parsed, session, ct) =>
            {
                await using var copy = await RadicleCopy.OpenAsync(session, ct);
                var found = await copy.PatchAsync(await PatchArgument.ResolveAsync(copy, parsed.GetValue(patch), ct), ct);
                var why = parsed.GetValue(reason);
                if (why is not null && string.IsNullOrWhiteSpace(why)) throw new CliException(ExitCode.Usage, "--override wants a reason.");
                return await RunAsync(session, copy, found, why, parsed.GetValue(yes), ct);
            });
    }

    private static async Task<int> RunAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string? reason, bool yes, CancellationToken ct)
    {
        var shortId = patch.Id.Value[..7];
        if (MergeRules.Refuse(patch, copy.Identity.Document, copy.Own, copy.DefaultBranch) is { } refusal) throw refusal.ToException();
        var needs = await NeedsAsync(session, copy, patch, ct);
        if (MergeRules.RefuseNeeds(shortId, needs) is { } waiting) throw waiting.ToException();
        var target = await MergeTarget.FindAsync(copy, patch, ct);
        if (target.Way is MergeWay.AlreadyIn)
            throw new CliException(
                ExitCode.Negative, $"{copy.DefaultBranch} has the commits of patch {shortId} already.",
                $"Close it by hand: rad patch archive {shortId}");
        if (await MergeTarget.IsOwnDoneAsync(copy, patch, ct)) return await DoneAsync(session, copy, patch, ct);

        var others = target.Way is MergeWay.Join join ? [join.Merge.Commit] : Array.Empty<string>();
        await MergeCommit.FetchAsync(copy, [patch.Latest.Head.Value, .. others], ct);
        var result = target.Way switch
        {
            MergeWay.FastForward forward => forward.Head,
            MergeWay.Join joined => joined.Merge.Commit,
            _ => await MergeCommit.MakeAsync(copy, patch, target.Tip, ct),
        };
        var equal = await EqualAsync(copy, result, ct);
        var gate = await GateAsync(session, copy, equal, ct);
        var build = gate is { Passed: false, BuildId: { } id } ? await session.Clients.Pipeline.GetAsync(id, ct) : null;
        var stage = GateStage.Judge(gate, build, target.Way is MergeWay.NewCommit, reason, shortId);
        if (stage is GateStage.Refused { Why: var why }) throw why.ToException();

        await ShowAsync(session.Terminal, copy, patch, target, result, gate, stage, needs, ct);
        await Confirmation.AskAsync(session, $"Merge patch {shortId} into {copy.DefaultBranch} of {copy.Identity.Name}", yes);
        gate = await PassAsync(session, copy, patch, result, equal, gate, stage, ct);
        await RequireUnmovedAsync(copy, target.Tip, result, ct);
        var kept = stage is GateStage.Overridden { Reason: var said }
            ? await session.Clients.Pipeline.OverrideGateAsync(new OverrideRequest(copy.Rid.Value, patch.Id.Value, equal, said), ct) : null;

        // A hook that asks the gate would refuse what somebody has just answered for.
        (await copy.Programs.PushAsync(
            copy.Work.Top, [
                copy.Work.Remote, "-o", "no-sync", .. kept is null ? [] : (string[])["--no-verify"],
                $"{result}:refs/heads/{copy.DefaultBranch}"])).Must();
        var warning = await Announcement.TryAsync(copy, session.Terminal.Time, ct);
        return await ReportAsync(session, copy, patch, result, gate, kept, warning, ct);
    }

    private static async Task<IReadOnlyList<LinkedPatch>> NeedsAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        await using var linked = new LinkedPatches(session, copy.Home);
        var named = LinkedPatches.NeedsOf(patch);
        foreach (var text in named.Unclear)
            session.Terminal.Say($"[yellow]![/] \"Depends-On: {Terminal.Safe(text)}\" names no patch and is passed over.");
        var needs = new List<LinkedPatch>();
        foreach (var reference in named.Patches) needs.Add(await linked.FindAsync(reference, copy.Rid, ct));
        return needs;
    }

    private static async Task<IReadOnlyList<string>> EqualAsync(RadicleCopy copy, string result, CancellationToken ct)
        => await GitLocation.FindAsync(copy.Work.Top, ct) is { } location
            ? await new WorkTree(location.Folder, copy.Rid.Value).EqualAsync(result, ct)
            : [result];

    private static async Task<GateAnswer> GateAsync(Session session, RadicleCopy copy, IReadOnlyList<string> equal, CancellationToken ct)
    {
        try
        {
            return await session.Clients.Pipeline.GateAsync(copy.Rid.Value, equal, ct);
        }
        catch (CliException e)
        {
            throw new CliException(e.Code, "Nothing was merged: whether it has passed could not be asked. " + e.Message, e.Hint, e);
        }
    }

    private static async Task ShowAsync(
        Terminal terminal, RadicleCopy copy, RadiclePatch patch, MergeTarget target, string result, GateAnswer gate, GateStage stage,
        IReadOnlyList<LinkedPatch> needs, CancellationToken ct)
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

    /// <summary>Waits for the build that is missing, and asks the gate again.</summary>
    private static async Task<GateAnswer> PassAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string result, IReadOnlyList<string> equal, GateAnswer gate, GateStage stage,
        CancellationToken ct)
    {
        if (stage is not (GateStage.Await or GateStage.BuildFirst)) return gate;
        var build = stage is GateStage.Await { Build: var running }
            ? await new BuildWatch(session).ToEndAsync(running, ct)
            : await ResultBuild.RunAsync(session, copy, patch, result, ct);
        if (!session.Terminal.Json) BuildReport.End(session.Terminal, build);
        var answer = await GateAsync(session, copy, equal, ct);
        return answer.Passed ? answer : throw new CliException(
            ExitCode.Negative, $"Nothing was merged: {answer.Reason}.",
            $"Its log: auxo ci logs {build.Short}\nOr merge it all the same, which is kept and raises an alarm: --override REASON");
    }

    private static async Task RequireUnmovedAsync(RadicleCopy copy, string tip, string result, CancellationToken ct)
    {
        if (await copy.Storage.CanonicalHeadAsync(ct) is { } now && now.Value != tip && !await copy.ContainsAsync(result, now.Value, ct))
            throw new CliException(
                ExitCode.Negative, $"Nothing was merged: {copy.DefaultBranch} has moved on to {now.Value[..7]} meanwhile.",
                "Run it again.");
    }

    /// <summary>The user has merged it before; others have to.</summary>
    private static async Task<int> DoneAsync(Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        var standing = await MergeStanding.ReadAsync(copy, patch.Latest.Head.Value, ct);
        if (session.Terminal.Json)
            session.Terminal.WriteJson(new { copy.Rid, patchId = patch.Id, state = "waits", standing });
        else session.Terminal.Line($"You have merged patch {patch.Id.Value[..7]}: {standing.Words}. Told again: rad sync --announce");
        return ExitCode.Ok;
    }

    private static async Task<int> ReportAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string result, GateAnswer gate, GateOverride? kept, string? warning,
        CancellationToken ct)
    {
        var terminal = session.Terminal;
        var (shortId, branch) = (patch.Id.Value[..7], Terminal.Safe(copy.DefaultBranch));
        var standing = await MergeStanding.WaitAsync(copy, result, terminal.Time, ct);
        if (standing is { IsEnough: true, IsCanonical: false })
            throw new CliException(
                ExitCode.Negative,
                $"You pushed {result[..7]} to {copy.DefaultBranch}, but the repository's {copy.DefaultBranch} does not follow.",
                "Delegates have pushed different things there. Look: rad inspect --refs, and rad sync --fetch");
        terminal.Say(standing.IsCanonical
            ? $"[green]✓[/] Patch [bold]{shortId}[/] is merged: {branch} is at {result[..7]}."
            : $"[yellow]>[/] Your {branch} is at {result[..7]}. {Terminal.Safe(standing.Words)}.");
        if (kept is not null) terminal.Say("[red]![/] It had not passed; the override is kept: auxo gate list");
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
                copy.Rid, patch.Id, result, gate, kept, standing.IsCanonical ? "merged" : "waits", standing, warning));
        return ExitCode.Ok;
    }
}
