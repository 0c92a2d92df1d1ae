namespace Auxo.Pipeline.Reports.Files;

/// <summary>
/// The files of a commit, to find those that reports speak of. A report may name them from another folder, another machine, a module
/// or a package: what counts is the longest end that the two paths have in common.
/// </summary>
internal sealed class RepositoryPaths
{
    private readonly HashSet<string> _paths;
    private readonly ILookup<string, string> _byName;

    public RepositoryPaths(IEnumerable<string> files)
    {
        _paths = files.ToHashSet(StringComparer.Ordinal);
        _byName = _paths.ToLookup(static path => path[(path.LastIndexOf('/') + 1)..], StringComparer.Ordinal);
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
        if (plain.StartsWith(workspace + "/", StringComparison.Ordinal) && Contains(plain[(workspace.Length + 1)..]))
            return (plain[(workspace.Length + 1)..], false);
        if (Contains(plain)) return (plain, false);

        string[] spellings = [.. sources.Select(source => $"{Plain(source).TrimEnd('/')}/{plain.TrimStart('/')}"), plain];
        var ambiguous = false;
        foreach (var spelling in spellings)
        {
            var (best, ties, longest) = ("", 0, 0);
            foreach (var candidate in _byName[spelling[(spelling.LastIndexOf('/') + 1)..]])
            {
                var common = Common(candidate, spelling);
                if (common == 0 || common < longest) continue;
                ties = common == longest ? ties + 1 : 1;
                (best, longest) = (candidate, common);
            }

            if (ties == 1) return (best, false);
            ambiguous |= ties > 1;
        }

        return (null, ambiguous);
    }

    /// <summary>How many parts the ends have in common, when that is all of one of the two; else 0.</summary>
    private static int Common(string candidate, string written)
    {
        var (ours, theirs) = (candidate.Split('/'), written.Split('/', StringSplitOptions.RemoveEmptyEntries));
        var common = 0;
        while (common < ours.Length && common < theirs.Length && ours[^(common + 1)] == theirs[^(common + 1)]) common++;
        return common == ours.Length || common == theirs.Length ? common : 0;
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
