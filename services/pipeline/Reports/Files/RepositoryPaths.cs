namespace Auxo.Pipeline.Reports.Files;

/// <summary>
/// The files of a commit, to find those that reports speak of. A report may name them from another folder, another machine, a module
/// or a package: what counts is the longest end that the two paths have in common.
/// </summary>
internal sealed class RepositoryPaths
{
    private readonly HashSet<string> _paths;
    private readonly ILookup<string, string> _byName;
    private readonly Dictionary<string, Dictionary<string, string?>> _ends = new(StringComparer.Ordinal);

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
        var ambiguous = false;
        foreach (var spelling in (string[])[.. sources.Select(source => $"{Plain(source).TrimEnd('/')}/{plain.TrimStart('/')}"), plain])
        {
            var path = spelling.StartsWith(workspace + "/", StringComparison.Ordinal)
                ? spelling[(workspace.Length + 1)..]
                : spelling.TrimStart('/');
            if (Contains(path)) return (path, false);
            if (Ends(path).TryGetValue(path, out var meant))
            {
                if (meant is not null) return (meant, false);
                ambiguous = true;
            }

            // What stands before the repository's own path is taken off, one folder after the other.
            else if (Shorter(path).FirstOrDefault(Contains) is { } inner)
            {
                return (inner, false);
            }
        }

        return (null, ambiguous);
    }

    private static IEnumerable<string> Shorter(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1)) yield return path[(slash + 1)..];
    }

    /// <summary>The ends of the paths of files with this name, each with its file; null where two files have that end.</summary>
    private Dictionary<string, string?> Ends(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (_ends.TryGetValue(name, out var ends)) return ends;
        ends = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var file in _byName[name])
        {
            foreach (var end in Shorter(file).Prepend(file))
            {
                if (!ends.TryAdd(end, file)) ends[end] = null;
            }
        }

        return _ends[name] = ends;
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
