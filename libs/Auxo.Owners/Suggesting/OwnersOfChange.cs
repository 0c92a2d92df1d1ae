namespace Auxo.Owners;

/// <summary>Who owns what changed.</summary>
/// <param name="Owners">As they are written, those of most changed files first, and how many files that are.</param>
/// <param name="Unowned">How many changed files nobody owns.</param>
public sealed record OwnersOfChange(IReadOnlyList<(string Owner, int Files)> Owners, int Unowned)
{
    /// <summary>Counts.</summary>
    /// <param name="file">The owners, as they were before the change: it could name itself its own.</param>
    /// <param name="paths">What changed; of a renamed file both paths.</param>
    public static OwnersOfChange Count(OwnersFile file, IEnumerable<string> paths)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var unowned = 0;
        foreach (var path in paths)
        {
            var owners = file.OwnersOf(path);
            if (owners.Count == 0) unowned++;
            foreach (var owner in owners) counts[owner] = counts.GetValueOrDefault(owner) + 1;
        }

        return new OwnersOfChange(
            [.. counts.OrderByDescending(static c => c.Value).ThenBy(static c => c.Key, StringComparer.Ordinal)
                .Select(static c => (c.Key, c.Value))],
            unowned);
    }
}
