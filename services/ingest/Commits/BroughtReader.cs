using System.Text;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Ingest.Commits;

/// <summary>
/// Reads what a branch gained between two looks: which commits, when the first of them was written, and what they take back.
/// One git process, a few more where something is taken back; memory is bounded however long the history is.
/// </summary>
public static class BroughtReader
{
    private const int MostTitle = 200;

    /// <summary>So many reverts are told.</summary>
    internal const int MostReverts = 200;

    /// <summary>So many commits are named.</summary>
    internal const int MostNamed = 2000;

    /// <summary>So many commits are read.</summary>
    internal const int MostRead = 100_000;


    /// <summary>What the new head contains and the old one does not.</summary>
    /// <param name="repository">The git repository.</param>
    /// <param name="old">Null at the first sight: then the newest commits are named, and nothing is said of their beginning.</param>
    /// <param name="head">The new head.</param>
    /// <param name="ct">Ends the processes.</param>
    public static async Task<BroughtCommits> ReadAsync(string repository, CommitId? old, CommitId head, CancellationToken ct)
    {
        var (commits, dropped, reverts, cut) = (new List<CommitId>(), new List<CommitId>(), new List<Candidate>(), false);
        var (read, first, gap) = (0, long.MaxValue, old is null ? BroughtGap.FirstSeen : (BroughtGap?)null);
        try
        {
            await foreach (var entry in GitLog.ReadAsync(repository, old is null ? Newest(head) : [$"{old}...{head}"], ct))
            {
                if (++read > MostRead)
                {
                    gap = BroughtGap.TooManyCommits;
                    break;
                }

                cut |= entry.IsRoot;
                if (entry.IsLeft)
                {
                    gap = BroughtGap.HistoryRewritten;
                    if (dropped.Count < MostNamed) dropped.Add(CommitId.Parse(entry.Oid));
                    continue;
                }

                first = Math.Min(first, entry.AuthoredAt);
                if (commits.Count < MostNamed) commits.Add(CommitId.Parse(entry.Oid));
                if (reverts.Count < MostReverts && RevertMessage.Of(entry.Title, entry.Message) is { } says)
                    reverts.Add(new Candidate(entry, says));
            }

            // A history that was cut off begins anywhere.
            if (cut && old is not null && await IsShallowAsync(repository, ct)) gap = BroughtGap.ObjectsMissing;
        }
        catch (GitException)
        {
            gap = BroughtGap.ObjectsMissing;
        }

        await FindAsync(repository, head, reverts, ct);
        return new BroughtCommits(
            commits, gap is null && commits.Count > 0 ? Time(first) : null, gap, [.. reverts.Select(static r => r.Found())],
            dropped.Count > 0 ? dropped : null);
    }

    private static string[] Newest(CommitId head) => [$"--max-count={MostNamed}", head.Value];

    /// <summary>Clocks are judged by those who count; here they only have to fit.</summary>
    internal static DateTimeOffset Time(long seconds)
        => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    internal static async Task<bool> IsShallowAsync(string repository, CancellationToken ct)
        => (await GitCommand.RunAsync(repository, ["rev-parse", "--is-shallow-repository"], ct)).Trim() == "true";

    /// <summary>The commits that the messages name, as far as the branch contains them; where it has none of them, by title.</summary>
    private static async Task FindAsync(string repository, CommitId head, List<Candidate> candidates, CancellationToken ct)
    {
        if (candidates.Count == 0) return;
        try
        {
            var named = await ResolveAsync(repository, head, candidates, ct);
            foreach (var candidate in candidates) candidate.Takes.AddRange(
                candidate.Says.Ids.Select(id => named.GetValueOrDefault(id)).Where(static c => c != default).Distinct());
            await FindByTitleAsync(repository, head, candidates, ct);
        }
        catch (GitException)
        {
            // What is not here cannot be found; who counts has the titles.
        }
    }

    private static async Task<Dictionary<string, CommitId>> ResolveAsync(
        string repository, CommitId head, List<Candidate> candidates, CancellationToken ct)
    {
        var found = new Dictionary<string, CommitId>(StringComparer.OrdinalIgnoreCase);
        var ids = candidates.SelectMany(static c => c.Says.Ids).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (ids.Count == 0) return found;
        var answers = (await GitCommand.RunAsync(
            repository, ["cat-file", "--batch-check=%(objecttype) %(objectname)"], ct, Lines(ids))).Split('\n');
        foreach (var (id, answer) in ids.Zip(answers))
        {
            if (answer.StartsWith("commit ", StringComparison.Ordinal)) found[id] = CommitId.Parse(answer[7..]);
        }

        if (found.Count == 0) return found;
        // What git lists can be reached from a named commit and not from the head.
        var outside = (await GitCommand.RunAsync(
            repository, ["rev-list", "--stdin"], ct, Lines([$"^{head}", .. found.Values.Select(static c => c.Value)])))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, _) in found.Where(f => outside.Contains(f.Value.Value)).ToList()) found.Remove(id);
        return found;
    }

    /// <summary>The newest commit before it that is called as its title says, among the newest of the branch.</summary>
    private static async Task FindByTitleAsync(string repository, CommitId head, List<Candidate> candidates, CancellationToken ct)
    {
        var open = candidates.Where(static c => c.Takes.Count == 0 && c.Says.Taken is not null).ToDictionary(static c => c.Entry.Oid);
        var wanted = new List<Candidate>();
        if (open.Count == 0) return;
        await foreach (var entry in GitLog.ReadAsync(repository, Newest(head), ct))
        {
            foreach (var candidate in wanted.Where(c => c.Says.Taken == entry.Title)) candidate.Takes.Add(CommitId.Parse(entry.Oid));
            wanted.RemoveAll(static c => c.Takes.Count > 0);
            if (open.Remove(entry.Oid, out var passed)) wanted.Add(passed);
            if (open.Count + wanted.Count == 0) return;
        }
    }

    /// <summary>A title as it is told.</summary>
    internal static string Cut(string title) => title.Length > MostTitle ? title[..MostTitle] : title;

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.ASCII.GetBytes(string.Concat(lines.Select(static l => l + "\n")));

    private sealed record Candidate(GitLogEntry Entry, RevertMessage Says)
    {
        public List<CommitId> Takes { get; } = [];

        public CommitRevert Found()
            => new(CommitId.Parse(Entry.Oid), Cut(Entry.Title), Time(Entry.AuthoredAt), Takes);
    }
}
