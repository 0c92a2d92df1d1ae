using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>
/// Which findings of the record a look has met, by the rule of <see cref="Comparison"/>: the same file and line content, a
/// renamed file, and a secret or a link wherever it went. Each answers for one.
/// </summary>
internal sealed class FindingMatch
{
    private readonly TrackedFinding?[] _met;

    private FindingMatch(TrackedFinding?[] met) => _met = met;

    /// <summary>The finding that was met by the sighting with this number; null when none was.</summary>
    public TrackedFinding? this[int i] => _met[i];

    /// <summary>Compares.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="record">What is on record.</param>
    /// <param name="renamed">False when a file with the same content elsewhere is another one.</param>
    /// <param name="before">What is met already.</param>
    public static FindingMatch Of(
        IReadOnlyList<Sighting> seen, IEnumerable<TrackedFinding> record, bool renamed = true,
        FindingMatch? before = null)
    {
        var met = before?._met.ToArray() ?? new TrackedFinding?[seen.Count];
        var left = record.OrderBy(static finding => finding.Line)
            .ThenBy(static finding => finding.Id, StringComparer.Ordinal).ToList();
        Meet(static sighting => sighting.Mark);
        if (renamed)
            Meet(static sighting => sighting.Blob.Length > 0 ? sighting.Mark with { Path = "\n" + sighting.Blob } : null);
        Meet(static sighting => sighting.Mark.IsPortable ? sighting.Mark with { Path = "\n" } : null);
        return new FindingMatch(met);

        void Meet(Func<Sighting, Fingerprint?> key)
        {
            if (left.Count == 0) return;
            var waiting = new Dictionary<Fingerprint, Queue<TrackedFinding>>();
            foreach (var finding in left)
            {
                if (key(new Sighting(finding.Mark, finding.Blob)) is not { } mark) continue;
                if (!waiting.TryGetValue(mark, out var queue)) waiting[mark] = queue = new Queue<TrackedFinding>();
                queue.Enqueue(finding);
            }

            var gone = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < seen.Count; i++)
            {
                if (met[i] is not null || key(seen[i]) is not { } mark) continue;
                if (!waiting.TryGetValue(mark, out var queue) || !queue.TryDequeue(out var finding)) continue;
                met[i] = finding;
                gone.Add(finding.Id);
            }

            left.RemoveAll(finding => gone.Contains(finding.Id));
        }
    }

    /// <summary>Those of the record that no sighting has met.</summary>
    public IReadOnlyList<TrackedFinding> Unmet(IEnumerable<TrackedFinding> record)
    {
        var met = _met.OfType<TrackedFinding>().Select(static finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        return [.. record.Where(finding => !met.Contains(finding.Id))];
    }
}
