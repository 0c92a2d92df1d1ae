using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>
/// The secrets that the commits of a patch or of a push brought, each with the first commit that holds it. One that a later commit
/// removed is replicated all the same, to every node that has them.
/// </summary>
internal sealed class SecretHistory
{
    private const string Remedy = "revoke it, then remove it";

    private readonly Dictionary<string, (string Commit, Observation Seen)> _first = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    /// <summary>Reads the commits of the tree's patch or push; nothing when it is neither's.</summary>
    public static async Task<SecretHistory> ReadAsync(SourceTree tree, SecretSearch search, CancellationToken ct)
    {
        var history = new SecretHistory();
        if (tree.IsDeep) await history.ReadAllAsync(tree, search, ct);
        if (tree.IsDeep || tree.Since is not { } since) return history;
        IReadOnlyList<CommitChanges> commits;
        try
        {
            commits = await CommitChanges.ListAsync(tree.Repository, tree.Commit, since, ct);
        }
        catch (GitException e)
        {
            history.NotListed(e);
            return history;
        }

        await history.AddAllAsync(commits, search, ct);
        history._notes.Add(commits.Count == CommitChanges.Most
            ? $"the newest {commits.Count} commits were searched, not the older ones"
            : $"{commits.Count} commits searched");
        return history;
    }

    /// <summary>What was found in the tree, each with its commit, and what was removed on the way there.</summary>
    public CheckReport Over(CheckReport tree, SecretSearch search)
    {
        var inTree = tree.Observations.Select(seen => seen.Mark).ToHashSet(StringComparer.Ordinal);
        var there = tree.Observations.Select(seen => seen.Mark is { } mark && _first.TryGetValue(mark, out var first)
            ? seen with { Message = $"{seen.Message}, brought by commit {first.Commit}; {Remedy}, from that commit too if you still can" }
            : seen with { Message = $"{seen.Message}; {Remedy}" });
        var removed = _first.Where(pair => !inTree.Contains(pair.Key) && !search.IsAllowed(pair.Value.Seen));
        var gone = removed.Select(pair => pair.Value.Seen with
        {
            IsGone = true,
            Message = $"{pair.Value.Seen.Message} in commit {pair.Value.Commit}, removed by a later one; every node that has "
                + "the commit has it: revoke it, and take it out of that commit if you still can",
        });
        return tree with { Observations = [.. there, .. gone], Notes = [.. tree.Notes, .. _notes] };
    }

    private async Task ReadAllAsync(SourceTree tree, SecretSearch search, CancellationToken ct)
    {
        var count = 0;
        try
        {
            await foreach (var commits in CommitChanges.AllAsync(tree.Repository, tree.Commit, ct))
            {
                await AddAllAsync(commits, search, ct);
                count += commits.Count;
            }
        }
        catch (GitException e)
        {
            NotListed(e);
        }

        _notes.Add($"{count} commits searched, the whole history");
    }

    private void NotListed(GitException e)
        => _notes.Add($"the commits before could not be listed, only the head was searched: {PlainText.OneLine(e.Message)}");

    /// <summary>
    /// Contents are read file by file, and only then looked up commit by commit: git stores a version of a file as what differs from
    /// another one, so it makes the next one of the last few that it remembers, and not from the beginning each time.
    /// </summary>
    private async Task AddAllAsync(IReadOnlyList<CommitChanges> commits, SecretSearch search, CancellationToken ct)
    {
        try
        {
            var contents = commits.SelectMany(static commit => commit.Files)
                .Where(change => change.After is not null && search.IsSearched(change.Path))
                .OrderBy(static change => change.Path, StringComparer.Ordinal);
            foreach (var change in contents) await search.OfAsync(change.Path, change.After!, ct);
        }
        catch (GitException)
        {
            // It is found missing again at its commit, and said there; what the commits before it brought is found.
        }

        foreach (var commit in commits) await AddAsync(commit, search, ct);
    }

    private async Task AddAsync(CommitChanges commit, SecretSearch search, CancellationToken ct)
    {
        var before = new HashSet<string>(StringComparer.Ordinal);
        var after = new List<Observation>();
        foreach (var change in commit.Files.Where(change => search.IsSearched(change.Path)))
        {
            foreach (var oid in change.Before)
            {
                foreach (var seen in await search.OfAsync(change.Path, oid, ct, isAgain: true) ?? []) before.Add(seen.Mark ?? "");
            }

            if (change.After is not { } now) continue;
            after.AddRange((await search.OfAsync(change.Path, now, ct, isAgain: true) ?? []).Where(seen => !seen.IsAllowed)
                .Select(seen => seen with { Path = change.Path }));
        }

        // What was only moved, or stood there before the patch, was not brought by this commit.
        foreach (var seen in after.Where(seen => !before.Contains(seen.Mark ?? "")))
            _first.TryAdd(seen.Mark ?? "", (commit.Commit.Short, seen));
    }
}
