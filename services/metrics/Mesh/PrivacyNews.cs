using Auxo.Contracts.Mesh;

namespace Auxo.Metrics.Mesh;

/// <summary>
/// What is told when a report comes: each thing that is wrong with a private repository once, whoever sees it, and once that nobody sees
/// anything wrong with it any more.
/// </summary>
public static class PrivacyNews
{
    /// <summary>
    /// The report with what the node said before and could not look at now: a node that does not run has not become innocent.
    /// </summary>
    /// <param name="before">The node's last report; null for its first.</param>
    /// <param name="report">The new one.</param>
    public static NodeReport Carry(NodeReport? before, NodeReport report)
    {
        if (report.PrivacyUnknown is null || before is null) return report;
        var open = before.Repositories.Where(static r => r.Violations.Count > 0)
            .ToDictionary(static r => r.Rid, StringComparer.Ordinal);
        if (open.Count == 0) return report;
        var there = report.Repositories.Select(static r => r.Rid).ToHashSet(StringComparer.Ordinal);
        return report with
        {
            Repositories =
            [
                .. report.Repositories.Select(r => open.TryGetValue(r.Rid, out var was)
                    ? r with { Violations = [.. was.Violations.Union(r.Violations, StringComparer.Ordinal)] } : r),
                .. open.Values.Where(r => !there.Contains(r.Rid)),
            ],
        };
    }

    /// <summary>The messages.</summary>
    /// <param name="before">All nodes as they were.</param>
    /// <param name="after">All nodes as they are.</param>
    /// <param name="node">Who reports.</param>
    /// <param name="now">When.</param>
    public static IEnumerable<object> Of(
        IReadOnlyCollection<MeshNode> before, IReadOnlyCollection<MeshNode> after, string node, DateTimeOffset now)
    {
        var (was, are) = (Violations(before), Violations(after));
        foreach (var (rid, found) in are)
            foreach (var text in found.Texts.Except(was.GetValueOrDefault(rid).Texts ?? [], StringComparer.Ordinal))
                yield return new PrivacyViolated(Rid.Parse(rid, provider: null), found.Name, node, text, now);
        foreach (var (rid, found) in was.Where(w => !are.ContainsKey(w.Key)))
            yield return new PrivacyRestored(Rid.Parse(rid, provider: null), found.Name, now);
    }

    private static SortedDictionary<string, (string Name, IReadOnlyList<string> Texts)> Violations(IEnumerable<MeshNode> nodes)
        => new(
            nodes.SelectMany(static n => n.Report.Repositories).Where(static r => r.Violations.Count > 0)
                .GroupBy(static r => r.Rid, StringComparer.Ordinal).ToDictionary(
                    static g => g.Key,
                    static g => (
                        g.First().Name,
                        (IReadOnlyList<string>)[.. g.SelectMany(static r => r.Violations).Distinct(StringComparer.Ordinal)]),
                    StringComparer.Ordinal),
            StringComparer.Ordinal);
}
