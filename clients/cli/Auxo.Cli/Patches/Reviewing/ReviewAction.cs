using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Proposing;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Reviewing;

/// <summary>What a reviewer did.</summary>
/// <param name="Action"><c>accepted</c>, <c>rejected</c>, <c>commented</c> or <c>checked_out</c>.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">The revision that it is about.</param>
/// <param name="Id">The review or comment; null for a checkout.</param>
/// <param name="Branch">What is checked out now; null for anything else.</param>
/// <param name="Warning">Why others do not see it yet; null when the node has announced it.</param>
internal sealed record Reviewed(string Action, PatchId PatchId, RevisionId RevisionId, string? Id, string? Branch, string? Warning);

/// <summary>
/// Lets rad review, comment or check out: always the revision that was shown, since <c>rad patch review</c> and <c>comment</c> without
/// one take the first. What the storage has afterwards is the answer.
/// </summary>
internal static class ReviewAction
{
    /// <exception cref="CliException">It was not written.</exception>
    public static async Task<Reviewed> ReviewAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, ReviewVerdict verdict, string? message, CancellationToken ct)
    {
        var revision = patch.Latest.Id;
        (await copy.Programs.RadAsync(
            copy.Work.Top, "patch", "review", patch.Id.Value, "--repo", copy.Rid.Value, "--revision", revision.Value,
            verdict == ReviewVerdict.Accept ? "--accept" : "--reject",
            string.IsNullOrWhiteSpace(message) ? "--no-message" : "--message=" + message.Trim(), "--no-announce")).Must();
        var review = (await copy.PatchAsync(patch.Id, ct)).Find(revision)?.Reviews.LastOrDefault(r => r.Author == copy.Own);
        if (review?.Verdict != verdict) throw Lost("review");
        return await ToldAsync(
            session, copy, new Reviewed(
                verdict == ReviewVerdict.Accept ? "accepted" : "rejected", patch.Id, revision, review.Id.Value, Branch: null,
                Warning: null), ct);
    }

    /// <exception cref="CliException">It was not written.</exception>
    public static async Task<Reviewed> CommentAsync(
        Session session, RadicleCopy copy, RadiclePatch patch, string text, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new CliException(ExitCode.Usage, "The comment is empty.");
        var revision = patch.Latest.Id;
        var before = patch.Latest.Discussion.Standing.Select(static c => c.Id).ToHashSet();
        (await copy.Programs.RadAsync(
            copy.Work.Top, "patch", "comment", revision.Value, "--repo", copy.Rid.Value, "--message=" + text.Trim(),
            "--no-announce")).Must();
        var comment = (await copy.PatchAsync(patch.Id, ct)).Find(revision)?.Discussion.Standing
            .LastOrDefault(c => c.Author == copy.Own && !before.Contains(c.Id)) ?? throw Lost("comment");
        return await ToldAsync(
            session, copy, new Reviewed("commented", patch.Id, revision, comment.Id.Value, Branch: null, Warning: null), ct);
    }

    /// <summary>Checks the patch out into a branch of its own, and says how to come back.</summary>
    /// <exception cref="CliException">Something is not committed, or rad refuses.</exception>
    public static async Task<Reviewed> CheckOutAsync(Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        if (PlaceRules.Dirty(copy.Work.Status) is { } dirty) throw dirty.ToException();
        (await copy.Programs.RadAsync(copy.Work.Top, "patch", "checkout", patch.Id.Value)).Must();
        var now = await UserCopy.FindAsync(copy.Programs, copy.Work.Top, ct);
        if (now.Status.Head != patch.Latest.Head.Value)
            throw new CliException(
                ExitCode.Negative,
                $"You are on {now.Status.Branch ?? "no branch"} now, but that is not the newest revision: the branch was there before.",
                $"Bring it there: rad patch checkout {patch.Id.Value[..7]} --force. Back: git switch {copy.Work.Status.Branch ?? "-"}");
        session.Terminal.Say(
            $"[yellow]![/] You are on [bold]{Terminal.Safe(now.Status.Branch)}[/] now. Back: git switch "
                + Terminal.Safe(copy.Work.Status.Branch ?? copy.Work.Status.Head?[..12] + " --detach"));
        return new Reviewed("checked_out", patch.Id, patch.Latest.Id, Id: null, now.Status.Branch, Warning: null);
    }

    private static async Task<Reviewed> ToldAsync(Session session, RadicleCopy copy, Reviewed done, CancellationToken ct)
    {
        var warning = await Announcement.TryAsync(copy, session.Terminal.Time, ct);
        session.Terminal.Say(
            $"[green]✓[/] {char.ToUpperInvariant(done.Action[0])}{done.Action[1..]}: revision {done.RevisionId.Value[..7]}");
        if (warning is not null) session.Terminal.Say($"[yellow]![/] {Terminal.Safe(warning)}");
        return done with { Warning = warning };
    }

    private static CliException Lost(string what) => new(
        ExitCode.Negative, $"rad said that it wrote the {what}, but it is not there.",
        "Another program may have written at the same moment. Look, and do it again: rad patch show");
}
