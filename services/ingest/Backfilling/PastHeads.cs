using Auxo.Contracts;
using Auxo.Ingest.Commits;

namespace Auxo.Ingest.Backfilling;

/// <summary>
/// The heads that a branch had, from its commits alone: a head for each first parent. What somebody pushed together cannot be seen any
/// more; a merge brings what it merged.
/// </summary>
public sealed class PastHeads
{
    private readonly Dictionary<string, int> _broughtBy;

    private PastHeads(IReadOnlyList<PastHead> heads, Dictionary<string, int> broughtBy) => (All, _broughtBy) = (heads, broughtBy);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<PastHead> All { get; }

    /// <summary>The place of the head that brought a commit; null when the branch has not got it.</summary>
    public int? BroughtBy(CommitId commit) => _broughtBy.TryGetValue(commit.Value, out var place) ? place : null;

    /// <summary>Works them out.</summary>
    /// <param name="commits">All that the newest head contains: that one first, children before parents.</param>
    /// <param name="isShallow">Parts of the history are not here.</param>
    public static PastHeads Of(IReadOnlyList<PastCommit> commits, bool isShallow)
    {
        var place = new Dictionary<string, int>(commits.Count, StringComparer.Ordinal);
        for (var i = 0; i < commits.Count; i++) place[commits[i].Id] = i;
        var chain = new List<int>();
        for (var at = commits.Count > 0 ? 0 : -1; at >= 0; at = FirstParent(commits[at], place)) chain.Add(at);
        chain.Reverse();

        var owner = new int[commits.Count];
        Array.Fill(owner, -1);
        for (var head = 0; head < chain.Count; head++) Own(head, chain[head], commits, place, owner);
        var brought = new List<PastCommit>[chain.Count];
        for (var head = 0; head < chain.Count; head++) brought[head] = [];
        for (var i = 0; i < commits.Count; i++)
        {
            if (owner[i] >= 0) brought[owner[i]].Add(commits[i]);
        }

        var (heads, reverts) = (new PastHead[chain.Count], new PastReverts(commits, place, owner));
        for (var head = 0; head < chain.Count; head++)
        {
            var commit = commits[chain[head]];
            var old = head > 0 ? CommitId.Parse(commits[chain[head - 1]].Id) : (CommitId?)null;
            var id = CommitId.Parse(commit.Id);
            heads[head] = new PastHead(
                old, id, commit.Title, BroughtReader.Time(commit.CommittedAt),
                Sum(brought[head], old is null, isShallow) with { Reverts = reverts.Of(head, id, brought[head]) });
        }

        var broughtBy = new Dictionary<string, int>(commits.Count, StringComparer.Ordinal);
        for (var i = 0; i < commits.Count; i++)
        {
            if (owner[i] >= 0) broughtBy[commits[i].Id] = owner[i];
        }

        return new PastHeads(heads, broughtBy);
    }

    private static int FirstParent(PastCommit commit, Dictionary<string, int> place)
        => commit.Parents.Count > 0 && place.TryGetValue(commit.Parents[0], out var parent) ? parent : -1;

    /// <summary>What a head contains and those before it did not.</summary>
    private static void Own(int head, int from, IReadOnlyList<PastCommit> commits, Dictionary<string, int> place, int[] owner)
    {
        var open = new Stack<int>();
        open.Push(from);
        while (open.TryPop(out var at))
        {
            if (owner[at] >= 0) continue;
            owner[at] = head;
            foreach (var parent in commits[at].Parents)
            {
                if (place.TryGetValue(parent, out var next) && owner[next] < 0) open.Push(next);
            }
        }
    }

    /// <summary>As <see cref="BroughtReader"/> says it of the same commits.</summary>
    private static BroughtCommits Sum(List<PastCommit> brought, bool isFirst, bool isShallow)
    {
        var gap = isFirst ? BroughtGap.FirstSeen
            : brought.Count > BroughtReader.MostRead ? BroughtGap.TooManyCommits
            : isShallow && brought.Exists(static c => c.Parents.Count == 0) ? BroughtGap.ObjectsMissing
            : (BroughtGap?)null;
        return new BroughtCommits(
            [.. brought.Take(BroughtReader.MostNamed).Select(static c => CommitId.Parse(c.Id))],
            gap is null ? BroughtReader.Time(brought.Min(static c => c.AuthoredAt)) : null, gap, []);
    }
}
