using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

namespace Auxo.Ingest.Recording;

/// <summary>
/// Decides what is new about a patch. The answer follows from what is known and what stands in the storage, never from what
/// started the scan, so webhook, event and sweep arrive at the same fact, and the second one finds nothing to do.
/// </summary>
public static class ObservePatch
{
    /// <summary>
    /// How long a merge waits for its branch. What a push of this machine writes is seen while it writes, so a merge may be
    /// there before the branch has moved; who judges the merge needs the branch's new head. One that the branch never gets is
    /// told by the next sweep.
    /// </summary>
    private static readonly TimeSpan BranchFollows = TimeSpan.FromSeconds(10);

    /// <summary>What happened, and the messages about it.</summary>
    /// <param name="known">What Auxo knows; null for a patch never seen.</param>
    /// <param name="now">What the storage says.</param>
    /// <param name="scan">The repository and the moment.</param>
    /// <param name="linked">What patches need; null where none needs anything.</param>
    public static (Events Events, OutgoingMessages Messages) Decide(Patch? known, PatchSnapshot now, Scan scan, LinkedNow? linked = null)
    {
        Events events = [];
        OutgoingMessages messages = [];
        if (known is null) events.Add(Opened(now, scan));
        else if (known.Title != now.Title) events.Add(new PatchEvent.Retitled(now.Title));

        var tips = now.Tips;
        foreach (var revision in now.Revisions.Where(r => known?.Find(r.Id) is null && !tips.Contains(r))) events.Add(
            Seen(revision, RevisionDisposition.Superseded, scan));

        var opened = known?.Revisions.Any(r => r.IsSettled) == true;
        var links = linked?.Of(now) ?? PatchLinks.None;
        var relinked = now is { Status: PatchStatus.Open or PatchStatus.Draft, Merge: null } && known?.MergedAs is null
            && linked?.HasChanged(known?.Links, links) == true;
        foreach (var tip in tips)
        {
            if (known?.Find(tip.Id) is { IsSettled: true } before)
            {
                // What nobody was told of, since it was there before, is not built by a change of another patch.
                if (relinked && before.Disposition == RevisionDisposition.Announced && tip.HeadHere)
                    messages.Add(new PatchRelinked(scan.Rid, scan.RepositoryName, Told(tip, now, scan, links), scan.Source, scan.SeenAt));
                continue;
            }

            if (!tip.HeadHere) continue;
            if (now.Status == PatchStatus.Archived)
            {
                if (known?.Find(tip.Id) is null) events.Add(Seen(tip, RevisionDisposition.Deferred, scan));
                continue;
            }

            events.Add(Seen(tip, RevisionDisposition.Announced, scan));
            messages.Add(Fact(tip, now, scan, links, first: !opened));
            opened = true;
        }

        if (relinked && messages.Count > 0) events.Add(new PatchEvent.Linked(links.Patches, links.Problems, scan.SeenAt));
        DecideStatus(known, now, scan, opened, events, messages);
        return (events, messages);
    }

    /// <summary>What is recorded of a patch that was there when the repository was tracked: all of it, without messages.</summary>
    public static Events Baseline(Patch? known, PatchSnapshot now, Scan scan)
    {
        Events events = known is null
            ? [Opened(now, scan)]
            : known.Status == now.Status ? []
            : [new PatchEvent.StatusChanged(now.Status, scan.SeenAt)];
        if (known is not null && known.Title != now.Title) events.Add(new PatchEvent.Retitled(now.Title));
        var tips = now.Tips;
        foreach (var revision in now.Revisions.Where(r => known?.Find(r.Id) is not { IsSettled: true }))
        {
            var disposition = tips.Contains(revision) ? RevisionDisposition.PreExisting : RevisionDisposition.Superseded;
            if (known?.Find(revision.Id)?.Disposition != disposition) events.Add(Seen(revision, disposition, scan));
        }

        if (now.Merge is { } merge && known?.MergedAs is null) events.Add(Merged(merge, scan));
        return events;
    }

    private static void DecideStatus(Patch? known, PatchSnapshot now, Scan scan, bool opened, Events events, OutgoingMessages messages)
    {
        if (now.Merge is { } merge && known?.MergedAs is null)
        {
            if (!merge.IsInBranch && (scan.SeenAt - merge.At).Duration() < BranchFollows) return;
            var merged = Merged(merge, scan);
            events.Add(merged);
            messages.Add(new PatchMerged(
                scan.Rid, now.Id, merged.RevisionId, merged.Commit, merged.By, merged.At, merged.SeenAt, scan.Canonical));
            if (merge.Signed) return;
        }

        if (known is null || known.Status == now.Status) return;
        events.Add(new PatchEvent.StatusChanged(now.Status, scan.SeenAt));
        if (now.Status == PatchStatus.Archived && opened && known.MergedAs is null && now.Merge is null)
            messages.Add(new PatchArchived(scan.Rid, now.Id, scan.SeenAt, scan.SeenAt));
    }

    private static PatchEvent.Opened Opened(PatchSnapshot now, Scan scan)
        => new(scan.Rid, now.Id, now.Author, now.Title, now.Status, scan.Clamp(now.OpenedAt), scan.SeenAt);

    private static PatchEvent.Revised Seen(RevisionSnapshot revision, RevisionDisposition disposition, Scan scan)
        => new(new SeenRevision(revision.Id, revision.Author, revision.Base, revision.Head,
            scan.TrustOf(revision.Author), disposition, scan.DetectedBy, scan.SeenAt,
            Alias(revision.AuthorAlias)));

    /// <summary>As long as Radicle allows; what somebody else's program wrote may be longer.</summary>
    private static string? Alias(string? alias) => alias is null or { Length: <= 32 } ? alias : alias[..32];

    private static PatchEvent.Merged Merged(MergeSnapshot merge, Scan scan)
        => new(merge.Revision, merge.Commit, merge.By, merge.Signed, scan.Clamp(merge.At), scan.SeenAt);

    private static PatchRevision Told(RevisionSnapshot tip, PatchSnapshot now, Scan scan, PatchLinks links)
        => new(
            now.Id, tip.Id, tip.Author, tip.AuthorAlias, scan.TrustOf(tip.Author), now.Title, tip.Base, tip.Head,
            scan.Canonical, now.Status == PatchStatus.Draft, links.Patches.Count > 0 ? links.Patches : null,
            links.Problems.Count > 0 ? links.Problems : null);

    private static object Fact(RevisionSnapshot tip, PatchSnapshot now, Scan scan, PatchLinks links, bool first)
    {
        var revision = Told(tip, now, scan, links);
        var at = scan.Clamp(first ? now.OpenedAt : tip.At);
        var authored = scan.Clamp(now.EarliestAuthoredAt ?? now.OpenedAt);
        if (authored > at) authored = at;
        return first
            ? new PatchOpened(scan.Rid, scan.RepositoryName, revision, scan.Source, authored, at, scan.SeenAt)
            : new PatchRevised(scan.Rid, scan.RepositoryName, revision, scan.Source, authored, at, scan.SeenAt);
    }
}
