using Auxo.Contracts;
using Auxo.Ingest.Observing;
using Auxo.Radicle;

namespace Auxo.Ingest.Patches;

/// <summary>
/// Decides what is new about a patch. The answer follows from what is known and what stands in the storage, never from who
/// told, so webhook, event and sweep arrive at the same fact, and whoever comes second finds nothing to do.
/// </summary>
public static class ObservePatch
{
    /// <summary>What happened, and who must hear of it.</summary>
    /// <param name="known">What Auxo knows; null for a patch never seen.</param>
    /// <param name="now">What the storage says.</param>
    /// <param name="look">The repository and the moment.</param>
    public static (Events Events, OutgoingMessages Messages) Decide(Patch? known, PatchSnapshot now, Look look)
    {
        Events events = [];
        OutgoingMessages messages = [];
        if (known is null) events.Add(Opened(now, look));
        else if (known.Title != now.Title) events.Add(new PatchEvent.Retitled(now.Title));

        var tips = now.Tips;
        foreach (var revision in now.Revisions.Where(r => known?.Find(r.Id) is null && !tips.Contains(r))) events.Add(
            Seen(revision, Fate.Superseded, look));

        var opened = known?.Revisions.Any(r => r.Fate is Fate.Sent or Fate.Known) == true;
        foreach (var tip in tips)
        {
            if (known?.Find(tip.Id) is { Fate: Fate.Sent or Fate.Known } || !tip.HeadHere) continue;
            if (now.Status == PatchStatus.Archived)
            {
                if (known?.Find(tip.Id) is null) events.Add(Seen(tip, Fate.Withheld, look));
                continue;
            }

            events.Add(Seen(tip, Fate.Sent, look));
            messages.Add(Fact(tip, now, look, first: !opened));
            opened = true;
        }

        DecideStatus(known, now, look, opened, events, messages);
        return (events, messages);
    }

    /// <summary>What is recorded of a patch that was there when the repository was tracked: all of it, and nobody is told.</summary>
    public static Events Baseline(Patch? known, PatchSnapshot now, Look look)
    {
        Events events = known is null
            ? [Opened(now, look)]
            : known.Status == now.Status ? []
            : [new PatchEvent.StatusChanged(now.Status, look.SeenAt)];
        if (known is not null && known.Title != now.Title) events.Add(new PatchEvent.Retitled(now.Title));
        var tips = now.Tips;
        foreach (var revision in now.Revisions.Where(r => known?.Find(r.Id) is not { Fate: Fate.Sent or Fate.Known }))
        {
            var fate = tips.Contains(revision) ? Fate.Known : Fate.Superseded;
            if (known?.Find(revision.Id)?.Fate != fate) events.Add(Seen(revision, fate, look));
        }

        if (now.Merge is { } merge && known?.MergedAs is null) events.Add(Merged(merge, look));
        return events;
    }

    private static void DecideStatus(Patch? known, PatchSnapshot now, Look look, bool opened, Events events, OutgoingMessages messages)
    {
        if (now.Merge is { } merge && known?.MergedAs is null)
        {
            var merged = Merged(merge, look);
            events.Add(merged);
            messages.Add(new PatchMerged(look.Rid, now.Id, merged.RevisionId, merged.Commit, merged.By, merged.At, merged.SeenAt));
            if (merge.Signed) return;
        }

        if (known is null || known.Status == now.Status) return;
        events.Add(new PatchEvent.StatusChanged(now.Status, look.SeenAt));
        if (now.Status == PatchStatus.Archived && opened && known.MergedAs is null && now.Merge is null)
            messages.Add(new PatchArchived(look.Rid, now.Id, look.SeenAt, look.SeenAt));
    }

    private static PatchEvent.Opened Opened(PatchSnapshot now, Look look)
        => new(look.Rid, now.Id, now.Author, now.Title, now.Status, look.Clamp(now.OpenedAt), look.SeenAt);

    private static PatchEvent.Revised Seen(RevisionSnapshot revision, Fate fate, Look look)
        => new(new SeenRevision(revision.Id, revision.Author, revision.Base, revision.Head,
            look.TrustOf(revision.Author), fate, look.Via, look.SeenAt));

    private static PatchEvent.Merged Merged(MergeSnapshot merge, Look look)
        => new(merge.Revision, merge.Commit, merge.By, merge.Signed, look.Clamp(merge.At), look.SeenAt);

    private static object Fact(RevisionSnapshot tip, PatchSnapshot now, Look look, bool first)
    {
        var revision = new PatchRevision(
            now.Id, tip.Id, tip.Author, tip.AuthorAlias, look.TrustOf(tip.Author), now.Title, tip.Base, tip.Head,
            look.Canonical, now.Status == PatchStatus.Draft);
        var at = look.Clamp(first ? now.OpenedAt : tip.At);
        var authored = look.Clamp(now.EarliestAuthoredAt ?? now.OpenedAt);
        if (authored > at) authored = at;
        return first
            ? new PatchOpened(look.Rid, look.RepositoryName, revision, look.Source, authored, at, look.SeenAt)
            : new PatchRevised(look.Rid, look.RepositoryName, revision, look.Source, authored, at, look.SeenAt);
    }
}
