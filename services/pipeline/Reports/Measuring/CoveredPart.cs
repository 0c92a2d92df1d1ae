namespace Auxo.Pipeline.Reports.Measuring;

/// <summary>The files of one language or one folder together.</summary>
/// <param name="Name">The language, or the folder with <c>/</c>; empty for the top of the repository.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Files">How many files.</param>
public sealed record CoveredPart(string Name, LineCount Lines, int Files)
{
    /// <summary>Folders beyond these are put together with the one above them, the deepest first.</summary>
    public const int MostFolders = 200;

    /// <summary>By language, the most lines first.</summary>
    internal static IReadOnlyList<CoveredPart> Languages(IEnumerable<CoveredFile> files)
        => [.. Sum(files, static file => Language.Of(file.Path)).OrderByDescending(static part => part.Lines.Total)
            .ThenBy(static part => part.Name, StringComparer.Ordinal)];

    /// <summary>
    /// By folder, in the order of their names; each with the files right in it, or below it where there are too many folders.
    /// </summary>
    internal static IReadOnlyList<CoveredPart> Folders(IReadOnlyCollection<CoveredFile> files, int most = MostFolders)
    {
        // A path has at most 4096 characters.
        var depth = files.Count == 0 ? 0 : files.Max(static file => file.Path.Count(static c => c == '/'));
        while (true)
        {
            var folders = Sum(files, file => Folder(file.Path, depth)).OrderBy(static part => part.Name, StringComparer.Ordinal).ToList();
            if (folders.Count <= most || depth == 0) return folders;
            depth = Math.Min(depth - 1, 32);
        }
    }

    private static string Folder(string path, int depth)
    {
        var end = -1;
        for (var i = 0; i < depth; i++)
        {
            var next = path.IndexOf('/', end + 1);
            if (next < 0) break;
            end = next;
        }

        return end < 0 ? "" : path[..end];
    }

    private static IEnumerable<CoveredPart> Sum(IEnumerable<CoveredFile> files, Func<CoveredFile, string> key)
        => files.GroupBy(key, StringComparer.Ordinal).Select(static group => new CoveredPart(
            group.Key, new LineCount(group.Sum(static file => file.Lines.Covered), group.Sum(static file => file.Lines.Total)),
            group.Count()));
}
