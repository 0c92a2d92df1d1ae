namespace Auxo.Pipeline.Baselines;

/// <summary>
/// Which findings of a commit are known, and which known ones it has not. Each known finding answers for one: first for the one in
/// its file, then for one in a file with the same content (it was renamed), and a secret or a link wherever it went.
/// </summary>
public sealed class Comparison
{
    private readonly bool[] _known;

    private Comparison(IReadOnlyList<Sighting> found, bool[] known, IReadOnlyList<Entry> left)
        => (Found, _known, Left) = (found, known, left);

    /// <summary>What was found, in the order in which it was given.</summary>
    public IReadOnlyList<Sighting> Found { get; }

    /// <summary>The known findings that are not there, as files.</summary>
    internal IReadOnlyList<Entry> Left { get; }

    /// <summary>Those that are known.</summary>
    public IEnumerable<Sighting> Known => Found.Where((_, i) => _known[i]);

    /// <summary>Those that are new.</summary>
    public IEnumerable<Sighting> New => Found.Where((_, i) => !_known[i]);

    /// <summary>True when the finding with this number is known.</summary>
    public bool IsKnown(int i) => _known[i];

    /// <summary>Compares.</summary>
    /// <param name="found">The findings of a commit.</param>
    /// <param name="files">What is known.</param>
    public static Comparison Of(IReadOnlyList<Sighting> found, IEnumerable<KnownFile> files)
    {
        var entries = files.SelectMany(static file => file.Findings.Select(finding => new Entry(
            new Sighting(new Fingerprint(finding.Check, finding.Rule, file.Path, finding.Content), file.Blob), finding.Awaited)
        {
            Count = finding.Count,
        })).ToList();
        var known = new bool[found.Count];
        Match(static sighting => sighting.Mark);
        Match(static sighting => sighting.Blob.Length > 0 ? sighting.Mark with { Path = "\n" + sighting.Blob } : null);
        Match(static sighting => sighting.Mark.IsPortable ? sighting.Mark with { Path = "\n" } : null);
        // What a check could not read may hold anything: once it can, what it finds there is no news.
        var unread = entries.Where(static entry => entry.Count > 0).Select(static entry => entry.Sighting.Mark.HidesRestOf)
            .Where(static file => file is not null).ToHashSet();
        for (var i = 0; unread.Count > 0 && i < found.Count; i++) known[i] |= unread.Contains((found[i].Mark.Check, found[i].Mark.Path));
        return new Comparison(found, known, [.. entries.Where(static entry => entry.Count > 0)]);

        void Match(Func<Sighting, Fingerprint?> key)
        {
            var left = entries.Where(static entry => entry.Count > 0).Select(entry => (Key: key(entry.Sighting), Entry: entry))
                .Where(static pair => pair.Key is not null).ToLookup(static pair => pair.Key!, static pair => pair.Entry);
            if (left.Count == 0) return;
            for (var i = 0; i < found.Count; i++)
            {
                if (known[i] || key(found[i]) is not { } mark) continue;
                if (left[mark].FirstOrDefault(static entry => entry.Count > 0) is not { } entry) continue;
                entry.Count--;
                known[i] = true;
            }
        }
    }

    /// <summary>What is known with what was seen elsewhere and is not known yet.</summary>
    internal static IReadOnlyList<KnownFile> Joined(IReadOnlyList<KnownFile> known, IReadOnlyList<Sighting> seen)
        => AsFiles(Of(seen, known).New, Of([], known).Left);

    /// <summary>Findings as what is known, by file.</summary>
    internal static IReadOnlyList<KnownFile> AsFiles(IEnumerable<Sighting> seen, IEnumerable<Entry> kept, bool awaited = false)
        => [.. seen.Select(sighting => new Entry(sighting, awaited) { Count = 1 }).Concat(kept)
            .GroupBy(static entry => entry.Sighting.Mark.Path, StringComparer.Ordinal)
            .OrderBy(static file => file.Key, StringComparer.Ordinal)
            .Select(static file => new KnownFile(
                file.Key, file.First().Sighting.Blob,
                [.. file.GroupBy(static entry
                    => (entry.Sighting.Mark.Check, entry.Sighting.Mark.Rule, entry.Sighting.Mark.Content, entry.Awaited))
                    .OrderBy(static g => g.Key.Check, StringComparer.Ordinal).ThenBy(static g => g.Key.Rule, StringComparer.Ordinal)
                    .ThenBy(static g => g.Key.Content, StringComparer.Ordinal).ThenBy(static g => g.Key.Awaited)
                    .Select(static g => new KnownFinding(
                        g.Key.Check, g.Key.Rule, g.Key.Content, g.Sum(static entry => entry.Count), g.Key.Awaited))]))];

    /// <summary>The files of which something else is known now; one of which nothing is known any more is empty.</summary>
    internal static IReadOnlyList<KnownFile> Changed(IReadOnlyList<KnownFile> before, IReadOnlyList<KnownFile> after)
    {
        var old = before.ToDictionary(static file => file.Path, StringComparer.Ordinal);
        var changed = new List<KnownFile>();
        foreach (var file in after)
        {
            if (!old.Remove(file.Path, out var was) || was.Blob != file.Blob || !was.Findings.SequenceEqual(file.Findings))
                changed.Add(file);
        }

        return [.. changed, .. old.Values.Select(static file => file with { Blob = "", Findings = [] })];
    }

    /// <summary>A known finding, and how many of it have not been met.</summary>
    internal sealed record Entry(Sighting Sighting, bool Awaited)
    {
        public int Count { get; set; }
    }
}
