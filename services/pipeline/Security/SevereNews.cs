using Auxo.Owners;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Security;

/// <summary>What is told at once when a build of the default branch opens severe findings.</summary>
public static class SevereNews
{
    /// <summary>So many findings are named; the count says how many there are.</summary>
    public const int MostNamed = 10;

    /// <summary>So many files are looked up in CODEOWNERS, and so many owners are named.</summary>
    public const int MostFiles = 1000;

    private const int MostOwners = 10;

    /// <summary>The message; null when there is nothing to tell.</summary>
    /// <param name="build">The build as it ends.</param>
    /// <param name="look">What it saw.</param>
    /// <param name="move">What it does to the record.</param>
    /// <param name="links">Where its log can be read.</param>
    public static SevereFindingsFound? Of(Build build, FindingLook look, FindingsMove move, Links links)
    {
        if (move.Severe.Count == 0) return null;
        var owned = look.Owners.ToDictionary(static file => file.Path, static file => file.Owners, StringComparer.Ordinal);
        var owners = move.Severe.Select(static row => row.Path).Distinct(StringComparer.Ordinal)
            .SelectMany(path => owned.GetValueOrDefault(path) ?? [])
            .GroupBy(static owner => owner, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Take(MostOwners).Select(static group => new OwnerOfFiles(group.Key, group.Count()));
        return new SevereFindingsFound(
            look.Rid, build.Subject.RepositoryName, [.. WorstFirst(move.Severe).Take(MostNamed).Select(AsFinding)],
            move.Severe.Count, [.. owners], links.To(build.BuildId), move.Event.At);
    }

    /// <summary>Who owns the files of severe findings that may be told.</summary>
    /// <param name="file">The owners; null where there are none.</param>
    /// <param name="seen">What was seen.</param>
    internal static IReadOnlyList<OwnedPath> OwnersOf(OwnersFile? file, IEnumerable<SeenFinding> seen)
        => file is null
            ? []
            : [.. seen.Where(static finding => finding is { Severity: >= Severity.High, IsKnown: false, Mark.Path.Length: > 0 })
                .Select(static finding => finding.Mark.Path).Distinct(StringComparer.Ordinal).Take(MostFiles)
                .Select(path => new OwnedPath(path, file.OwnersOf(path))).Where(static path => path.Owners.Count > 0)];

    private static IEnumerable<TrackedFinding> WorstFirst(IEnumerable<TrackedFinding> rows)
        => rows.OrderByDescending(static row => row.Severity).ThenBy(static row => row.Path, StringComparer.Ordinal)
            .ThenBy(static row => row.Line).ThenBy(static row => row.Rule, StringComparer.Ordinal);

    private static Finding AsFinding(TrackedFinding row)
        => new(
            row.CheckName, row.Rule, row.Severity, row.Path.Length == 0 ? null : row.Path, row.Line, row.Message,
            Blocks: false);
}
