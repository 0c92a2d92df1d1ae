namespace Auxo.Console.Patches;

/// <summary>What is said of the lines of a difference: what checks found there, and what people wrote.</summary>
public sealed class DiffNotes
{
    private readonly ILookup<(string Path, int Line), BuildFinding> _atLines;
    private readonly ILookup<string, BuildFinding> _ofFiles;
    private readonly ILookup<(string Path, int Line), DiscussionEntry> _said;

    private DiffNotes(
        ILookup<(string, int), BuildFinding> atLines, ILookup<string, BuildFinding> ofFiles, IReadOnlyList<BuildFinding> elsewhere,
        ILookup<(string, int), DiscussionEntry> said)
        => (_atLines, _ofFiles, Elsewhere, _said) = (atLines, ofFiles, elsewhere, said);

    /// <summary>Findings in files that do not differ.</summary>
    public IReadOnlyList<BuildFinding> Elsewhere { get; }

    /// <summary>Puts each where it belongs: what blocks comes first, what is known last.</summary>
    /// <param name="diff">What is shown.</param>
    /// <param name="findings">Of the build of the revision that is shown.</param>
    /// <param name="said">The discussion of the patch.</param>
    public static DiffNotes Of(PatchDiff diff, IReadOnlyList<BuildFinding> findings, IReadOnlyList<DiscussionEntry> said)
    {
        var shown = diff.Files.SelectMany(static f => f.Hunks.SelectMany(static h => h.Lines)
                .Where(static l => l.New is not null).Select(l => (f.Path, Line: l.New!.Value))).ToHashSet();
        var paths = diff.Files.Select(static f => f.Path).ToHashSet(StringComparer.Ordinal);
        var ordered = findings.OrderBy(static f => f.Known).ThenByDescending(static f => f.Blocks).ToList();
        return new DiffNotes(
            ordered.Where(f => IsShown(f, shown)).ToLookup(static f => (f.Path!, f.Line!.Value)),
            ordered.Where(f => !IsShown(f, shown) && f.Path is not null && paths.Contains(f.Path)).ToLookup(static f => f.Path!),
            [.. ordered.Where(f => f.Path is null || !paths.Contains(f.Path))],
            said.Where(e => e.Place is { NewLine: not null } p && p.Commit == diff.Head && !e.IsResolved)
                .ToLookup(static e => (e.Place!.Path, e.Place.NewLine!.Value)));
    }

    /// <summary>What was found at a line.</summary>
    public IEnumerable<BuildFinding> At(DiffFile file, DiffLine line) => line.New is { } n ? _atLines[(file.Path, n)] : [];

    /// <summary>What people said of a line.</summary>
    public IEnumerable<DiscussionEntry> SaidAt(DiffFile file, DiffLine line) => line.New is { } n ? _said[(file.Path, n)] : [];

    /// <summary>What was found in a file at a place that is not shown.</summary>
    public IEnumerable<BuildFinding> Of(DiffFile file) => _ofFiles[file.Path];

    private static bool IsShown(BuildFinding finding, HashSet<(string, int)> shown)
        => finding is { Path: { } path, Line: { } line } && shown.Contains((path, line));
}
