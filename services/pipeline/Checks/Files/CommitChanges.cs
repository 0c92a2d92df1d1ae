using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>A file that a commit changed.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Before">The contents that it had, one for each parent; none for a new one.</param>
/// <param name="After">The content that it has; null when it was removed.</param>
public sealed record FileChange(string Path, IReadOnlyList<string> Before, string? After);

/// <summary>What one commit changed against its parent; of a merge, only what is in none of its parents.</summary>
public sealed record CommitChanges(CommitId Commit, IReadOnlyList<FileChange> Files)
{
    /// <summary>Of a patch with more commits only the newest are read.</summary>
    public const int Most = 1000;

    private const char CommitMark = '\u0001';

    /// <summary>The commits that <paramref name="head"/> has and <paramref name="since"/> has not, oldest first.</summary>
    /// <exception cref="GitException">One of the two is not there.</exception>
    public static Task<IReadOnlyList<CommitChanges>> ListAsync(string repository, CommitId head, CommitId since, CancellationToken ct)
        => ListAsync(repository, [$"--max-count={Most}", head.Value, $"^{since.Value}"], ct);

    /// <summary>All commits of a head, oldest first, as many at once as of a patch: a history has no bound.</summary>
    /// <exception cref="GitException">The head is not there.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<CommitChanges>> AllAsync(
        string repository, CommitId head, [EnumeratorCancellation] CancellationToken ct)
    {
        var counted = await GitCommand.RunAsync(repository, ["rev-list", "--count", head.Value, "--"], ct);
        // git skips from the newest on, and turns around what is left.
        for (var left = int.Parse(counted, CultureInfo.InvariantCulture); left > 0; left -= Most)
        {
            yield return await ListAsync(
                repository, [$"--skip={Math.Max(0, left - Most)}", $"--max-count={Math.Min(Most, left)}", head.Value], ct);
        }
    }

    private static async Task<IReadOnlyList<CommitChanges>> ListAsync(string repository, string[] which, CancellationToken ct)
    {
        var output = await GitCommand.RunBytesAsync(repository,
            ["log", "-z", "--raw", "--no-abbrev", "--no-renames", "-c", "--root", "--no-show-signature",
                "--format=%x01%H", "--reverse", .. which, "--"], ct, environment: GitCommand.LittleMemory);
        return Parse(Encoding.UTF8.GetString(output).Split('\0'));
    }

    private static List<CommitChanges> Parse(string[] parts)
    {
        var commits = new List<CommitChanges>();
        var files = new List<FileChange>();
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i].TrimStart('\n');
            if (part.StartsWith(CommitMark)) commits.Add(new CommitChanges(CommitId.Parse(part[1..].Trim()), files = []));
            // ":mode mode oid oid status", and as many more modes and oids in front as a merge has further parents.
            if (!part.StartsWith(':') || i + 1 == parts.Length) continue;
            var words = part.TrimStart(':').Split(' ');
            var parents = part.Length - part.TrimStart(':').Length;
            files.Add(new FileChange(
                parts[++i], [.. Enumerable.Range(0, parents).Where(p => IsFile(words[p])).Select(p => words[parents + 1 + p])],
                IsFile(words[parents]) ? words[parents * 2 + 1] : null));
        }

        return commits;
    }

    private static bool IsFile(string mode) => mode is "100644" or "100755" or "100664";
}
