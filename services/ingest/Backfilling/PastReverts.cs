using Auxo.Contracts;
using Auxo.Ingest.Commits;

namespace Auxo.Ingest.Backfilling;

/// <summary>
/// Finds what commits of the past took back, as <see cref="BroughtReader"/> finds it of a head that has just landed, without asking git:
/// all commits are at hand.
/// </summary>
internal sealed class PastReverts
{
    private readonly IReadOnlyList<PastCommit> _commits;
    private readonly IReadOnlyDictionary<string, int> _place;
    private readonly int[] _owner;
    private readonly string[] _sorted;

    /// <param name="commits">All of them, children before parents.</param>
    /// <param name="place">The place of each there.</param>
    /// <param name="owner">The head that brought each.</param>
    public PastReverts(IReadOnlyList<PastCommit> commits, IReadOnlyDictionary<string, int> place, int[] owner)
    {
        (_commits, _place, _owner) = (commits, place, owner);
        _sorted = [.. commits.Select(static c => c.Id)];
        Array.Sort(_sorted, StringComparer.Ordinal);
    }

    /// <summary>The reverts among the commits that a head brought.</summary>
    public IReadOnlyList<CommitRevert> Of(int head, CommitId id, IReadOnlyList<PastCommit> brought)
    {
        var candidates = brought.Where(static c => c.Reverts is not null).Take(BroughtReader.MostReverts).ToList();
        if (candidates.Count == 0) return [];
        var takes = candidates.ToDictionary(static c => c.Id, c => c.Reverts!.Ids.Select(named => Resolve(named, head))
            .OfType<CommitId>().Distinct().ToList(), StringComparer.Ordinal);
        FindByTitle(head, id, candidates, takes);
        return
        [
            .. candidates.Select(c => new CommitRevert(
                CommitId.Parse(c.Id), BroughtReader.Cut(c.Title), BroughtReader.Time(c.AuthoredAt), takes[c.Id])),
        ];
    }

    /// <summary>The one commit that the head contains and that begins so.</summary>
    private CommitId? Resolve(string named, int head)
    {
        var prefix = named.ToLowerInvariant();
        var at = Array.BinarySearch(_sorted, prefix, StringComparer.Ordinal);
        if (at < 0) at = ~at;
        if (at == _sorted.Length || !_sorted[at].StartsWith(prefix, StringComparison.Ordinal)) return null;
        if (at + 1 < _sorted.Length && _sorted[at + 1].StartsWith(prefix, StringComparison.Ordinal)) return null;
        return _owner[_place[_sorted[at]]] is >= 0 and var owner && owner <= head ? CommitId.Parse(_sorted[at]) : null;
    }

    /// <summary>The newest commit before it that is called as its title says, among the newest of the branch then.</summary>
    private void FindByTitle(int head, CommitId id, List<PastCommit> candidates, Dictionary<string, List<CommitId>> takes)
    {
        var open = candidates.Where(c => takes[c.Id].Count == 0 && c.Reverts!.Taken is not null).Select(static c => c.Id)
            .ToHashSet(StringComparer.Ordinal);
        var wanted = new List<PastCommit>();
        var read = 0;
        for (var at = _place[id.Value]; at < _commits.Count && read < BroughtReader.MostNamed && open.Count + wanted.Count > 0; at++)
        {
            if (_owner[at] < 0 || _owner[at] > head) continue;
            read++;
            var commit = _commits[at];
            foreach (var candidate in wanted.Where(c => c.Reverts!.Taken == commit.Title))
                takes[candidate.Id].Add(CommitId.Parse(commit.Id));
            wanted.RemoveAll(c => takes[c.Id].Count > 0);
            if (open.Remove(commit.Id)) wanted.Add(commit);
        }
    }
}
