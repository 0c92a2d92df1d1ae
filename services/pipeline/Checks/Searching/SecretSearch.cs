using System.Collections.Concurrent;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Searching;

/// <summary>Searches files for secrets, each content once.</summary>
internal sealed class SecretSearch(SourceTree tree, VerdictCache cache, PathPatterns ignored)
{
    private readonly HashSet<string> _allowed = new(StringComparer.Ordinal);

    /// <summary>
    /// Contents that are no text, or a text that is too large (true): a history names each of them several times.
    /// </summary>
    private readonly ConcurrentDictionary<string, bool> _leftOut = new(StringComparer.Ordinal);

    private int _scanned;
    private int _known;

    /// <summary>Whether a path is searched at all.</summary>
    public bool IsSearched(string path) => !SecretFiles.IsGenerated(path) && !ignored.Match(path);

    /// <summary>The secrets of a content at a path; null when it is no text or too large.</summary>
    /// <param name="path">The path.</param>
    /// <param name="oid">The content.</param>
    /// <param name="ct">Stops.</param>
    /// <param name="isAgain">It is asked for once more, and is not counted for that.</param>
    public async Task<IReadOnlyList<Observation>?> OfAsync(string path, string oid, CancellationToken ct, bool isAgain = false)
    {
        var ruling = SecretFiles.IsConfiguration(path) ? "secrets in configuration" : "secrets";
        if (cache.TryGet(oid, ruling, out var seen))
        {
            if (!isAgain) Interlocked.Increment(ref _known);
            return seen;
        }

        if (_leftOut.ContainsKey(oid)) return null;
        var read = await tree.ReadBeginningAsync(oid, ct);
        if (read is not { IsWhole: true, Beginning: var content })
        {
            _leftOut[oid] = read is not null;
            return null;
        }

        seen = Secrets.Scan(content.Span, path);
        cache.Put(oid, ruling, seen);
        Interlocked.Increment(ref _scanned);
        return seen;
    }

    /// <summary>True when a comment in the tree says that it is none.</summary>
    public bool IsAllowed(Observation seen) => seen.Mark is { } mark && _allowed.Contains(mark);

    /// <summary>All files of the tree.</summary>
    public async Task<CheckReport> TreeAsync(CancellationToken ct)
    {
        var (observations, notes) = (new List<Observation>(), new List<string>());
        var (generated, leftOut) = (0, 0);
        foreach (var entry in tree.Entries)
        {
            if (!entry.IsFile || !tree.IsJudged(entry.Name)) continue;
            if (SecretFiles.IsGenerated(entry.Name)) generated++;
            else if (ignored.Match(entry.Name)) notes.Add($"left out by the pipeline file: {PlainText.OneLine(entry.Name)}");
            else if (await OfAsync(entry.Name, entry.Oid, ct) is { } seen) Take(entry.Name, seen, observations, notes);
            else
            {
                leftOut++;
                if (_leftOut[entry.Oid]) observations.Add(CheckReport.TooLarge(entry));
            }
        }

        notes.Insert(
            0, $"{_scanned} files scanned, {_known} looked at before, {generated} generated and {leftOut} binary or "
                + $"over 1 MiB left out; {SecretRules.All.Count} rules");
        return new CheckReport(observations, notes);
    }

    private void Take(string path, IReadOnlyList<Observation> seen, List<Observation> observations, List<string> notes)
    {
        if (seen.Count(observation => !observation.IsAllowed) >= Secrets.MaxPerFile)
            notes.Add($"only the first {Secrets.MaxPerFile} are named: {PlainText.OneLine(path)}");
        foreach (var observation in seen)
        {
            if (observation.IsAllowed)
            {
                _allowed.Add(observation.Mark ?? "");
                notes.Add($"allowed by a comment: {observation.Rule} at {PlainText.OneLine(path)}:{observation.Line}");
                continue;
            }

            // A page shows how a key looks; what only resembles one is no reason to stop, a token of a known service is.
            var isShown = observation.Rule == "generic-secret" && SecretFiles.IsDocumentation(path);
            observations.Add(observation with { Path = path, Level = isShown ? "in-documentation" : null });
        }
    }
}
