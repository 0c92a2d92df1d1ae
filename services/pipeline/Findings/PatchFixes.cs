using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>Which findings on record a patch takes out.</summary>
internal static class PatchFixes
{
    /// <summary>Those that are not there any more in the files that it changes.</summary>
    /// <param name="open">On record and not fixed, in those files and about the whole tree.</param>
    /// <param name="found">What is there with the patch.</param>
    /// <param name="touched">The files that it changes.</param>
    /// <param name="looked">The checks that could look.</param>
    /// <param name="unread">Where they may have overlooked something.</param>
    public static IReadOnlyList<TrackedFinding> Candidates(
        IReadOnlyList<TrackedFinding> open, IReadOnlyList<Sighting> found, IReadOnlyList<string> touched,
        IReadOnlyList<string> looked, IReadOnlyList<UnreadFile> unread)
    {
        var (files, hidden) = (touched.ToHashSet(StringComparer.Ordinal), unread.ToHashSet());
        var asked = open.Where(finding => looked.Contains(finding.CheckName, StringComparer.Ordinal)
            && !hidden.Contains(new UnreadFile(finding.CheckName, finding.Path))).ToList();
        var near = found.Where(sighting => sighting.Mark.Path.Length == 0 || files.Contains(sighting.Mark.Path))
            .ToList();
        return FindingMatch.Of(near, asked).Unmet(asked);
    }

    /// <summary>Those of them that stood where the patch began, worst first.</summary>
    public static IReadOnlyList<Finding> StoodIn(IReadOnlyList<Sighting> before, IReadOnlyList<TrackedFinding> gone)
    {
        var missing = FindingMatch.Of(before, gone).Unmet(gone).Select(static finding => finding.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. gone.Where(finding => !missing.Contains(finding.Id))
            .OrderByDescending(static finding => finding.Severity)
            .ThenBy(static finding => finding.Path, StringComparer.Ordinal).ThenBy(static finding => finding.Line)
            .Select(static finding => new Finding(
                finding.CheckName, finding.Rule, finding.Severity, finding.Path.Length == 0 ? null : finding.Path,
                finding.Line, finding.Message, Blocks: false, Known: true))];
    }
}
