using Auxo.Pipeline.Artifacts;

namespace Auxo.Pipeline.Reports.Html;

/// <summary>Where today's tools write the pages of their coverage. The same table stands in <c>docs/coverage.md</c>.</summary>
internal static class CoveragePlaces
{
    private const int MaxPages = 5;
    private const int MaxDepth = 6;
    private const int MaxEntries = 20_000;

    /// <summary>A page with a folder before it brings that folder; one without is alone.</summary>
    private static readonly string[] Firsts =
    [
        "coverage/index.html", "coverage/lcov-report/index.html", "htmlcov/index.html", "coveragereport/index.html",
        "llvm-cov/html/index.html", "cover.html", "coverage.html",
    ];

    /// <summary>The first pages that a step has written, the nearest to the top first; links are not followed.</summary>
    /// <param name="workspace">Where it worked.</param>
    /// <param name="named">The page or folder that the pipeline file names; null to look for those of the tools.</param>
    /// <param name="since">What is older is not of this step.</param>
    public static IReadOnlyList<string> Find(string workspace, string? named, DateTime since)
    {
        if (named is not null)
        {
            var page = Path.HasExtension(named) ? named : named.TrimEnd('/') + "/index.html";
            return IsOf(workspace, page, since) ? [page] : [];
        }

        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
            MaxRecursionDepth = MaxDepth, MatchCasing = MatchCasing.CaseSensitive,
        };
        var pages = new System.IO.Enumeration.FileSystemEnumerable<string>(
            workspace, (ref entry) => Path.GetRelativePath(workspace, entry.ToFullPath()), options)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory
                && entry.FileName is "index.html" or "cover.html" or "coverage.html",
            ShouldRecursePredicate = static (ref entry) => !Files.ReportPlaces.IsSkipped(entry.FileName),
        };
        return [.. pages.Where(page => Firsts.Any(first => page == first || page.EndsWith("/" + first, StringComparison.Ordinal)))
            .Where(page => IsOf(workspace, page, since))
            .OrderBy(static page => page.Count(static c => c == '/')).ThenBy(static page => page, StringComparer.Ordinal)
            .Take(MaxPages)];
    }

    /// <summary>What a page without scripts needs of the folder that it lies in; nothing for a page that stands alone.</summary>
    public static IEnumerable<string> Beside(string workspace, string first)
    {
        if (Path.GetFileName(first) != "index.html" || Path.GetDirectoryName(first) is not { Length: > 0 } folder) return [];
        // A folder that became a link meanwhile may lead to anything: it is not gone through without end, and nothing of it is kept.
        return Directory.EnumerateFiles(Path.Combine(workspace, folder), "*", new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
        }).Take(MaxEntries).Where(static file => GetPage.MediaTypes.ContainsKey(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(workspace, file)).Order(StringComparer.Ordinal);
    }

    private static bool IsOf(string workspace, string page, DateTime since)
        => new FileInfo(Path.Combine(workspace, page)) is { Exists: true, LinkTarget: null } file && file.LastWriteTimeUtc > since
            && !Folders(page).Any(folder => new DirectoryInfo(Path.Combine(workspace, folder)).LinkTarget is not null);

    private static IEnumerable<string> Folders(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1)) yield return path[..slash];
    }
}
