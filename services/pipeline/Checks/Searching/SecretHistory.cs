using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>
/// The secrets that the commits of a patch brought, each with the first commit that holds it. One that a later commit removed is
/// replicated with the patch all the same, to every node that has it.
/// </summary>
internal sealed class SecretHistory
{
    private const string Remedy = "revoke it, then remove it";

    private readonly Dictionary<string, (string Commit, Observation Seen)> _first = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    /// <summary>Reads the commits of the tree's patch; nothing when it is none.</summary>
    public static async Task<SecretHistory> ReadAsync(SourceTree tree, SecretSearch search, CancellationToken ct)
    {
        var history = new SecretHistory();
        if (tree.Since is not { } since) return history;
        IReadOnlyList<CommitChanges> commits;
        try
        {
            commits = await CommitChanges.ListAsync(tree.Repository, tree.Commit, since, ct);
        }
        catch (GitException e)
        {
            history._notes.Add($"the commits of the patch could not be listed, only its head was searched: {PlainText.OneLine(e.Message)}");
            return history;
        }

        foreach (var commit in commits) await history.AddAsync(commit, search, ct);
        history._notes.Add(commits.Count == CommitChanges.Most
            ? $"the newest {commits.Count} commits of the patch were searched, not the older ones"
            : $"{commits.Count} commits of the patch searched");
        return history;
    }

    /// <summary>What was found in the tree, each with its commit, and what was removed on the way there.</summary>
    public CheckReport Over(CheckReport tree, SecretSearch search)
    {
        var inTree = tree.Observations.Select(seen => seen.Mark).ToHashSet(StringComparer.Ordinal);
        var there = tree.Observations.Select(seen => seen.Mark is { } mark && _first.TryGetValue(mark, out var first)
            ? seen with { Message = $"{seen.Message}, brought by commit {first.Commit}; {Remedy} from the commits of the patch too" }
            : seen with { Message = $"{seen.Message}; {Remedy}" });
        var removed = _first.Where(pair => !inTree.Contains(pair.Key) && !search.IsAllowed(pair.Value.Seen));
        var gone = removed.Select(pair => pair.Value.Seen with
        {
            Message = $"{pair.Value.Seen.Message} in commit {pair.Value.Commit}, removed by a later one; every node that has the "
                + "patch has it: revoke it, then take it out of that commit",
        });
        return tree with { Observations = [.. there, .. gone], Notes = [.. tree.Notes, .. _notes] };
    }

    private async Task AddAsync(CommitChanges commit, SecretSearch search, CancellationToken ct)
    {
        var before = new HashSet<string>(StringComparer.Ordinal);
        var after = new List<Observation>();
        foreach (var change in commit.Files.Where(change => search.IsSearched(change.Path)))
        {
            foreach (var oid in change.Before)
            {
                foreach (var seen in await search.OfAsync(change.Path, oid, ct) ?? []) before.Add(seen.Mark ?? "");
            }

            if (change.After is not { } now) continue;
            after.AddRange((await search.OfAsync(change.Path, now, ct) ?? []).Where(seen => !seen.IsAllowed)
                .Select(seen => seen with { Path = change.Path }));
        }

        // What was only moved, or stood there before the patch, was not brought by this commit.
        foreach (var seen in after.Where(seen => !before.Contains(seen.Mark ?? "")))
            _first.TryAdd(seen.Mark ?? "", (commit.Commit.Short, seen));
    }
}
