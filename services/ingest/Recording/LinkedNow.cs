using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

namespace Auxo.Ingest.Recording;

/// <summary>What the patches of a repository need of each other at the moment of a scan.</summary>
/// <param name="patches">All of them.</param>
/// <param name="known">What is known of them: one may be merged by its commits alone.</param>
/// <param name="contained">Those that the default branch has just got.</param>
/// <param name="scan">The repository and the moment.</param>
public sealed class LinkedNow(
    IReadOnlyList<PatchSnapshot> patches, IReadOnlyDictionary<PatchId, Patch> known, IReadOnlyCollection<PatchId> contained, Scan scan)
{
    /// <summary>More are not built together: nobody could say any more by which of them it fails.</summary>
    public const int Most = 10;

    private readonly Lazy<Dictionary<PatchId, PatchSnapshot>> _all = new(() => patches.ToDictionary(static p => p.Id));

    /// <summary>What a patch needs, and what that needs.</summary>
    public PatchLinks Of(PatchSnapshot patch)
    {
        if (patch.Needs == PatchNeeds.None) return PatchLinks.None;
        var walk = new Walk();
        Visit(patch, walk, [patch.Id]);
        return new PatchLinks(walk.Found, [.. walk.Problems.Distinct(StringComparer.Ordinal).Take(Most)]);
    }

    /// <summary>
    /// Whether it is to be built again. A patch that was merged meanwhile is no reason: the default branch has its commits, and what
    /// is merged is built first.
    /// </summary>
    public bool HasChanged(PatchLinks? told, PatchLinks now)
    {
        if (told is null && now == PatchLinks.None) return false;
        told ??= PatchLinks.None;
        return !told.Patches.Where(p => !IsMerged(p.PatchId)).Select(static p => (p.PatchId, p.Head))
                .SequenceEqual(now.Patches.Select(static p => (p.PatchId, p.Head)))
            || !told.Problems.SequenceEqual(now.Problems, StringComparer.Ordinal);
    }

    private void Visit(PatchSnapshot patch, Walk walk, IReadOnlyList<PatchId> path)
    {
        foreach (var text in patch.Needs.Unclear.Take(Most)) walk.Problems.Add($"'Depends-On: {Cut(text)}' names no patch");
        foreach (var reference in patch.Needs.Patches.Take(Most + 1))
        {
            if (Refuse(reference, path, out var needed) is { } problem) walk.Problems.Add(problem);
            if (needed is null || !walk.Seen.Add(needed.Id)) continue;
            if (path.Count <= Most) Visit(needed, walk, [.. path, needed.Id]);
            if (path.Count > Most || walk.Found.Count == Most)
            {
                walk.Problems.Add($"more than {Most} patches are needed; the first {Most} of them are built with this one");
                return;
            }

            var tip = needed.Revisions.Last(r => r.Author == needed.Author);
            walk.Found.Add(new NeededPatch(needed.Id, tip.Head, tip.Author, scan.TrustOf(tip.Author)));
        }
    }

    /// <summary>Why it is left out, or what is odd about it; nothing, and no patch, for one that is merged.</summary>
    private string? Refuse(PatchReference reference, IReadOnlyList<PatchId> path, out PatchSnapshot? needed)
    {
        needed = null;
        var name = $"patch {reference.Digits[..Math.Min(7, reference.Digits.Length)]}";
        if (reference.Rid is { } rid && rid != scan.Rid) return $"{name} is of another repository, {rid}: it is not built with this one";
        var found = Find(reference.Digits);
        if (found.Count == 0) return $"{name} is not here: it is built without that";
        if (found.Count > 1) return $"'{reference.Digits}' is the beginning of several patches: write the whole id";
        if (IsMerged(found[0].Id)) return null;
        if (path.Contains(found[0].Id))
            return path[^1] == found[0].Id
                ? $"{name} needs itself"
                : $"patch {path[^1].Short} and {name} need each other: neither can be merged first";
        if (found[0].Status == PatchStatus.Archived) return $"{name} is archived: it is built without that";
        if (found[0].Revisions.LastOrDefault(r => r.Author == found[0].Author) is not { HeadHere: true })
            return $"the commit of {name} has not arrived here: it is built without that";
        needed = found[0];
        return null;
    }

    private IReadOnlyList<PatchSnapshot> Find(string digits)
        => PatchId.TryParse(digits, provider: null, out var whole)
            ? _all.Value.TryGetValue(whole, out var one) ? [one] : []
            : [.. patches.Where(p => p.Id.Value.StartsWith(digits, StringComparison.Ordinal)).Take(2)];

    private bool IsMerged(PatchId id)
        => contained.Contains(id) || known.GetValueOrDefault(id)?.MergedAs is not null
            || _all.Value.GetValueOrDefault(id) is { Status: PatchStatus.Merged } or { Merge: not null };

    private static string Cut(string text) => text.Length > 60 ? text[..59] + "…" : text;

    private sealed class Walk
    {
        public List<NeededPatch> Found { get; } = [];

        public List<string> Problems { get; } = [];

        public HashSet<PatchId> Seen { get; } = [];
    }
}
