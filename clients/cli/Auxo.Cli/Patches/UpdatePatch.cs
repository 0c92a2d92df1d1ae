using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Proposing;
using Auxo.Radicle;

namespace Auxo.Cli.Patches;

/// <summary>How a patch shall be updated.</summary>
/// <param name="Message">About the revision; null: the subject of its newest commit.</param>
/// <param name="Force">It replaces what the patch proposed.</param>
/// <param name="Yes">It is confirmed.</param>
internal sealed record Update(string? Message, bool Force, bool Yes);

/// <summary><c>auxo patch update [PATCH]</c></summary>
internal static class UpdatePatch
{
    public static Command Create(CliHost host)
    {
        var patch = PatchArgument.CreateOptional();
        var message = MessageOption();
        var force = ForceOption();
        var yes = Confirmation.Option();
        return new Command("update", "Push the new commits of this branch to its patch") { patch, message, force, yes }
            .Does(host, async (parsed, session, ct) =>
            {
                await using var copy = await RadicleCopy.OpenAsync(session, ct);
                var id = await PatchArgument.ResolveAsync(copy, parsed.GetValue(patch), ct);
                var update = new Update(parsed.GetValue(message), parsed.GetValue(force), parsed.GetValue(yes));
                var pushed = await RunAsync(session, copy, await copy.PatchAsync(id, ct), update, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(pushed);
                return ExitCode.Ok;
            });
    }

    public static Option<string?> MessageOption() => new("--message", "-m") { Description = "About this revision" };

    public static Option<bool> ForceOption() => new("--force", "-f")
    {
        Description = "Replace what the patch proposes: its commits were amended or rebased",
    };

    /// <summary>Shows what will happen, asks, and pushes the revision.</summary>
    /// <exception cref="CliException">It is refused, not confirmed, or fails.</exception>
    public static async Task<PushedPatch> RunAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, Update update, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var status = copy.Work.Status;
        var shortId = patch.Id.Value[..7];
        if (PlaceRules.Refuse(status, copy.DefaultBranch, detached: true) is { } place) throw place.ToException();
        var (head, latest) = (status.Head!, patch.Latest.Head.Value);
        var relation = await RelateAsync(copy, latest, head, ct);
        var isIn = copy.Canonical is { } canonical && await copy.ContainsAsync(canonical.Value, head, ct);
        if (RevisionRules.Refuse(shortId, patch.State.Status, relation, isIn, update.Force) is { } refusal) throw refusal.ToException();

        var rewritten = relation == HeadRelation.Apart;
        var commits = await copy.CommitsAsync(rewritten ? copy.Canonical?.Value : latest, head, ct);
        terminal.Say($"[bold]{Terminal.Safe(copy.Identity.Name)}[/]: patch {shortId}, \"{Terminal.Safe(patch.Title)}\", {(rewritten
            ? $"is replaced by {CreatePatch.Amount(commits.Count)}" : $"gets {CreatePatch.Amount(commits.Count)} more")}.");
        CreatePatch.Show(terminal, commits);
        if (patch.Author != copy.Own)
            terminal.Say($"[yellow]![/] It is {Who(patch)}'s patch: yours becomes a revision beside it, and its head stays theirs.");
        await Confirmation.AskAsync(session, $"Push it as a revision of patch {shortId}", update.Yes);

        var message = update.Message is { Length: > 0 } given ? given
            : commits.Newest is [var newest, ..] ? newest.Subject
            : "Next revision";
        var revision = await PatchPush.ReviseAsync(copy, patch, message, update.Force, ct);
        var warning = await Announcement.TryAsync(copy, terminal.Time, ct);
        terminal.Say($"[green]✓[/] Patch [bold]{shortId}[/] has a new revision: {revision.Id}");
        if (warning is not null) terminal.Say($"[yellow]![/] {Terminal.Safe(warning)}");
        terminal.Say($"  Its build: auxo ci logs {head[..7]} --follow");
        return new PushedPatch("updated", copy.Rid, patch.Id, revision.Id, revision.Head, patch.Title, warning);
    }

    private static string Who(RadiclePatch patch)
        => Terminal.Safe(patch.AuthorAlias.Length > 0 ? patch.AuthorAlias : Words.ShortDid(patch.Author.Value));

    private static async Task<HeadRelation> RelateAsync(RadicleCopy copy, string latest, string head, CancellationToken ct)
        => latest == head ? HeadRelation.Same
            : await copy.ContainsAsync(head, latest, ct) ? HeadRelation.Ahead
            : await copy.ContainsAsync(latest, head, ct) ? HeadRelation.Behind
            : HeadRelation.Apart;
}
