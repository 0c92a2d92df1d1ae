using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Metrics;
using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Linking;
using Auxo.Cli.Patches.Merging;
using Auxo.Cli.Patches.Owning;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

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
        if (copy.Canonical is { } together) await MergeRace.RequireTogetherAsync(copy, together.Value, ct);
        var target = await MergeTarget.FindAsync(copy, patch, ct);
        if (target.Way is MergeWay.AlreadyIn)
            throw new CliException(
                ExitCode.Negative, $"{copy.DefaultBranch} has the commits of patch {shortId} already.",
                $"Close it by hand: rad patch archive {shortId}");
        if (await MergeTarget.IsOwnDoneAsync(copy, patch, ct)) return await MergeReport.DoneAsync(session, copy, patch, ct);

        var others = target.Way is MergeWay.Join join ? [join.Merge.Commit] : Array.Empty<string>();
        await MergeCommit.FetchAsync(copy, [patch.Latest.Head.Value, .. others], ct);
        var result = target.Way switch
        {
            MergeWay.FastForward forward => forward.Head,
            MergeWay.Join joined => joined.Merge.Commit,
            _ => await MergeCommit.MakeAsync(copy, patch, target.Tip, ct),
        };
        var equal = await GateQuestion.EqualAsync(copy, result, ct);
        var gate = await GateQuestion.AskAsync(session, copy, equal, ct);
        var build = gate is { Passed: false, BuildId: { } id } ? await session.Clients.Pipeline.GetAsync(id, ct) : null;
        var stage = GateStage.Judge(gate, build, target.Way is MergeWay.NewCommit, reason, shortId);
        if (stage is GateStage.Refused { Why: var why }) throw why.ToException();
        var owners = await OwnersNeed.ReadAsync(copy.Work.Top, target.Tip, target.Tip, result, patch, ct);
        if (OwnersNeed.Refuse(owners, shortId, copy.Own, reason) is { } asked) throw asked.ToException();
        var missing = owners is { IsMet: false } ? owners.Missing : null;

        await MergeReport.ShowAsync(session.Terminal, copy, patch, target, result, gate, stage, needs, owners, reason, ct);
        await Confirmation.AskAsync(session, $"Merge patch {shortId} into {copy.DefaultBranch} of {copy.Identity.Name}", yes);
        gate = await GateQuestion.PassAsync(session, copy, patch, result, equal, gate, stage, ct);
        await RequireUnmovedAsync(copy, target.Tip, result, ct);
        var kept = stage is GateStage.Overridden || missing is not null
            ? await session.Clients.Pipeline.OverrideGateAsync(
                new OverrideRequest(copy.Rid.Value, patch.Id.Value, equal, reason!.Trim(), missing), ct) : null;

        // A hook that asks the gate would refuse what somebody has just answered for.
        var pushed = await copy.Programs.PushAsync(
            copy.Work.Top, [
                copy.Work.Remote, "-o", "no-sync", .. stage is GateStage.Overridden ? ["--no-verify"] : Array.Empty<string>(),
                $"{result}:refs/heads/{copy.DefaultBranch}"]);
        if (!pushed.Succeeded) await MergeRace.SettleAsync(copy, pushed, target.Tip, result, ct);
        var warning = await Announcement.TryAsync(copy, session.Terminal.Time, ct);
        var code = await MergeReport.WriteAsync(session, copy, patch, result, gate, kept, owners, warning, ct);
        if (code == ExitCode.Ok) await WaitedFor.TellAsync(session, WaitedFor.Merge, ct);
        return code;
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

    private static async Task RequireUnmovedAsync(RadicleCopy copy, string tip, string result, CancellationToken ct)
    {
        if (await copy.Storage.CanonicalHeadAsync(ct) is { } now && now.Value != tip && !await copy.ContainsAsync(result, now.Value, ct))
            throw new CliException(
                ExitCode.Negative, $"Nothing was merged: {copy.DefaultBranch} has moved on to {now.Value[..7]} meanwhile.",
                "Run it again.");
    }
}
