using Auxo.Metrics.Histories;

namespace Auxo.Metrics.Dora;

/// <summary>Deployments of one kind.</summary>
public sealed record DeploymentCount(string Environment, DeploymentKind Kind, bool Succeeded, int Count);

/// <summary>What is counted from the beginning on and cannot be read from the points of a series.</summary>
/// <param name="Deployments">Those that count, and the reported ones that do not.</param>
/// <param name="Running">Builds that have begun and not ended.</param>
/// <param name="Queued">Builds that wait.</param>
/// <param name="Opened">Patches.</param>
/// <param name="Merged">Patches that were merged.</param>
/// <param name="Archived">Patches that were ever archived.</param>
/// <param name="Open">Patches that are neither merged nor archived.</param>
/// <param name="OldestOpen">When the oldest of them was opened.</param>
/// <param name="Touched">When each of them last got a revision, the one that has waited longest first.</param>
public sealed record Totals(
    IReadOnlyList<DeploymentCount> Deployments, int Running, int Queued, int Opened, int Merged, int Archived,
    int Open, DateTimeOffset? OldestOpen, IReadOnlyList<DateTimeOffset> Touched)
{
    internal static Totals Of(History history)
    {
        var facts = history.Facts;
        var ended = facts.Builds.Select(static b => b.Build).ToHashSet();
        var going = facts.Phases.Where(p => !ended.Contains(p.Build)).ToLookup(static p => p.Build, static p => p.Started);
        var merged = facts.Merges.Select(static m => m.Patch).ToHashSet();
        var archived = facts.Archives.GroupBy(static a => a.Patch).ToDictionary(static g => g.Key, static g => g.Max(static a => a.At));
        var lastRevision = facts.Revisions.Where(r => !merged.Contains(r.Patch))
            .GroupBy(static r => r.Patch).ToDictionary(static g => g.Key, static g => g.Max(static r => r.At));
        // Who pushes to an archived patch has opened it again.
        var open = history.Opened.Where(p => !merged.Contains(p.Key)
            && !(archived.TryGetValue(p.Key, out var at) && at >= lastRevision[p.Key])).ToList();
        return new Totals(
            Counts(history), going.Count(static b => b.Contains(true)), going.Count(static b => !b.Contains(true)),
            history.Opened.Count, merged.Count, archived.Count, open.Count,
            open.Count > 0 ? open.Min(static p => p.Value) : null, [.. open.Select(p => lastRevision[p.Key]).Order()]);
    }

    private static List<DeploymentCount> Counts(History history)
    {
        var live = history.Production.Live.Select(static d => d.Id).ToHashSet(StringComparer.Ordinal);
        var counted = history.Production.Live.Select(static d => (Environment: "production", d.Kind, Succeeded: true));
        var others = history.Facts.Deployments.Where(d => !live.Contains(d.Id)).Select(static d => (d.Environment, d.Kind, d.Succeeded));
        return [.. counted.Concat(others)
            .CountBy(static d => d).Select(static c => new DeploymentCount(c.Key.Environment, c.Key.Kind, c.Key.Succeeded, c.Value))];
    }
}
