namespace Auxo.Pipeline.Reports.Files;

/// <summary>
/// The files of a commit, to find those that reports speak of. A report may name them from another folder, another machine, a module
/// or a package: what counts is the longest end that the two paths have in common.
/// </summary>
internal sealed class RepositoryPaths
{
    /// <summary>Deeper in the repository nothing is looked for behind folders of somewhere else.</summary>
    private const int MaxFolders = 40;

    private readonly HashSet<string> _paths;

    /// <summary>As if each were read from its end: those that end alike stand together.</summary>
    private readonly Lazy<string[]> _byEnd;

    public RepositoryPaths(IEnumerable<string> files)
    {
        _paths = files.ToHashSet(StringComparer.Ordinal);
        _byEnd = new Lazy<string[]>(() =>
        {
            var all = _paths.ToArray();
            Array.Sort(all, CompareEnds);
            return all;
        });
    }

    /// <summary>True when the commit has this file.</summary>
    public bool Contains(string path) => _paths.Contains(path);

    /// <summary>The file of the repository that a report's path means.</summary>
    /// <param name="written">As the report has it: relative, absolute, or a <c>file:</c> address.</param>
    /// <param name="workspace">Where the workspace is for the tool, such as <c>/workspace</c>.</param>
    /// <param name="sources">The folders that the report says its paths are relative to.</param>
    /// <returns>The path, or null when the repository has no such file; whether several may be meant, which is as good as none.</returns>
    public (string? Path, bool IsAmbiguous) Find(string written, string workspace, IReadOnlyList<string> sources)
    {
        var plain = Plain(written);
        var ambiguous = false;
        foreach (var spelling in (string[])[.. sources.Select(source => $"{Plain(source).TrimEnd('/')}/{plain.TrimStart('/')}"), plain])
        {
            var path = spelling.StartsWith(workspace + "/", StringComparison.Ordinal)
                ? spelling[(workspace.Length + 1)..]
                : spelling.TrimStart('/');
            if (Contains(path)) return (path, false);
            var (meant, several) = EndingWith("/" + path);
            if (meant is not null) return (meant, false);
            ambiguous |= several;

            // What stands before the repository's own path is taken off, one folder after the other.
            if (!several && LongestEnd(path) is { } inner) return (inner, false);
        }

        return (null, ambiguous);
    }

    /// <summary>The one file with this end; null when there is none, or several.</summary>
    private (string? Path, bool Several) EndingWith(string end)
    {
        var all = _byEnd.Value;
        var (from, to) = (0, all.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (CompareEnds(all[middle], end) < 0) from = middle + 1;
            else to = middle;
        }

        if (!Has(from)) return (null, false);
        return Has(from + 1) ? (null, true) : (all[from], false);

        bool Has(int i) => i < all.Length && all[i].EndsWith(end, StringComparison.Ordinal);
    }

    /// <summary>The longest end of a path that is a file.</summary>
    private string? LongestEnd(string path)
    {
        var lookup = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
        string? longest = null;
        var (slash, folders) = (path.LastIndexOf('/'), 0);
        for (; slash >= 0 && folders <= MaxFolders; folders++)
        {
            if (lookup.TryGetValue(path.AsSpan(slash + 1), out var found)) longest = found;
            slash = slash == 0 ? -1 : path.LastIndexOf('/', slash - 1);
        }

        return longest;
    }

    private static int CompareEnds(string one, string other)
    {
        for (var i = 1; i <= Math.Min(one.Length, other.Length); i++)
        {
            if (one[^i] != other[^i]) return one[^i].CompareTo(other[^i]);
        }

        return one.Length.CompareTo(other.Length);
    }

    private static string Plain(string written)
    {
        var path = written;
        if (path.StartsWith("file://", StringComparison.Ordinal)) path = path[7..];
        if (path.Contains('%', StringComparison.Ordinal)) path = Uri.UnescapeDataString(path);
        path = path.Replace('\\', '/');
        while (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
        return path;
    }
}
