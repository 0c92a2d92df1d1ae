using System.Diagnostics;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Analysis;

/// <summary>
/// Check <c>sast</c>: the team's Semgrep looks at the source files by Auxo's rules and the repository's own. What it said of a content
/// is kept, so only files that are new to it start it.
/// </summary>
public static class StaticAnalysis
{
    /// <summary>Its name, and the key of the gate table.</summary>
    public const string Name = "sast";

    /// <summary>So many files are asked about at once: what they take on disk is bounded, and what is answered is kept.</summary>
    private const int MostAtOnce = 500;

    /// <summary>So long a build waits for files that are new; the next one goes on with the rest.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(10);

    /// <summary>Nobody waits for a deep scan, and nothing of it is kept for the next one to go on from.</summary>
    private static readonly TimeSpan MostTimeOfDeep = TimeSpan.FromHours(6);

    private const string NoFiles = "no source files that a rule is for";

    /// <summary>Analyses the source files of the tree.</summary>
    public static Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
        => RunAsync(tree, settings, cache, ToolProcess.Find(Semgrep.Program), tree.IsDeep ? MostTimeOfDeep : MostTime, ct);

    /// <summary>Why it would look at none: Semgrep is not here, or no rule is for any of the files.</summary>
    public static async Task<string?> WhyNothingAsync(
        SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        if (ToolProcess.Find(Semgrep.Program) is null) return Semgrep.NotInstalled;
        var pack = await RulePack.OfAsync(tree, settings.Rules, ct);
        var sources = await SourceFiles.FindAsync(tree, PathPatterns.Of(settings.Ignore.GetValueOrDefault(Name)), pack.Languages, ct);
        return sources.Files.Count == 0 ? NoFiles : null;
    }

    /// <summary>Analyses with that program; null for none.</summary>
    internal static async Task<CheckReport> RunAsync(
        SourceTree tree, CheckSettings settings, VerdictCache cache, string? semgrep, TimeSpan most, CancellationToken ct)
    {
        var pack = await RulePack.OfAsync(tree, settings.Rules, ct);
        var sources = await SourceFiles.FindAsync(tree, PathPatterns.Of(settings.Ignore.GetValueOrDefault(Name)), pack.Languages, ct);
        if (sources.Files.Count == 0) return new CheckReport([], [NoFiles, .. sources.Notes]);
        if (semgrep is null) return CheckReport.Skipped(Semgrep.NotInstalled);

        var ruling = VerdictCache.Ruling(semgrep, pack.Digest);
        // A rule may be meant for some paths only.
        string Key(SourceFile file) => $"{ruling}|{file.Entry.Name}";
        var answers = new Dictionary<SourceFile, IReadOnlyList<Observation>>();
        foreach (var file in sources.Files)
        {
            if (cache.TryGet(file.Entry.Oid, Key(file), out var found)) answers[file] = found;
        }

        var (known, began) = (answers.Count, Stopwatch.GetTimestamp());
        foreach (var part in sources.Files.Where(file => !answers.ContainsKey(file)).ToList().Chunk(MostAtOnce))
        {
            if (answers.Count > known && Stopwatch.GetElapsedTime(began) >= most)
            {
                foreach (var file in part)
                    answers[file] = [CheckReport.ToolFailed($"not looked at within {most.TotalMinutes:0} min; the next build goes on")];
                continue;
            }

            await using var folder = new AnalysisFolder(tree);
            await folder.PlaceAsync(pack, part, ct);
            if (folder.Placed.Count > 0 && await Semgrep.AskAsync(semgrep, pack, folder, ct) is { } trouble)
                return CheckReport.Errored(trouble);
            foreach (var file in part) cache.Put(file.Entry.Oid, Key(file), answers[file] = folder.Seen(file));
        }

        var seen = sources.Files.SelectMany(file => answers[file].Select(observation => observation with { Path = file.Entry.Name }))
            .ToLookup(static observation => observation.IsAllowed);
        return new CheckReport(
            [.. seen[false]],
            [$"semgrep: {sources.Files.Count} files, {known} of them looked at before; {pack.Words}",
                .. sources.Notes, .. seen[true].Select(Note)]);
    }

    private static string Note(Observation seen)
        => $"{seen.Message}: {PlainText.OneLine(seen.Path ?? "")}{(seen.Line is { } line ? $":{line}" : "")}";
}
