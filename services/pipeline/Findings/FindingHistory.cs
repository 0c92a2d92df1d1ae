using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>
/// What the events of a baseline tell of the time before there was a record: since when each known finding has been known
/// without a break. Findings that were never known, and how bad one is, stand in no event.
/// </summary>
internal static class FindingHistory
{
    /// <summary>Of the findings that are known at the end.</summary>
    public static IReadOnlyDictionary<Fingerprint, KnownSince> Of(IEnumerable<BaselineEvent> events)
    {
        var files = new Dictionary<string, Dictionary<Fingerprint, KnownSince>>(StringComparer.Ordinal);
        foreach (var happened in events)
        {
            switch (happened)
            {
                case BaselineEvent.Taken taken:
                    files.Clear();
                    Take(taken.Files, new KnownSince(taken.At, taken.Commit, taken.BuildId));
                    break;
                case BaselineEvent.Followed followed:
                    Take(followed.Changed, new KnownSince(followed.At, followed.Commit, followed.BuildId));
                    break;
                case BaselineEvent.Accepted accepted:
                    Take(accepted.Changed, new KnownSince(accepted.At, accepted.Commit, accepted.BuildId));
                    break;
                case BaselineEvent.Reset:
                    files.Clear();
                    break;
            }
        }

        return files.Values.SelectMany(static file => file).DistinctBy(static pair => pair.Key)
            .ToDictionary(static pair => pair.Key, static pair => pair.Value);

        void Take(IReadOnlyList<KnownFile> changed, KnownSince now)
        {
            foreach (var file in changed)
            {
                var before = files.GetValueOrDefault(file.Path);
                // What somebody accepted is not in the default branch before it was merged.
                files[file.Path] = file.Findings.Where(static finding => !finding.Awaited)
                    .Select(finding => new Fingerprint(finding.Check, finding.Rule, file.Path, finding.Content))
                    .Distinct()
                    .ToDictionary(static mark => mark, mark => before?.GetValueOrDefault(mark) ?? now);
            }
        }
    }
}
