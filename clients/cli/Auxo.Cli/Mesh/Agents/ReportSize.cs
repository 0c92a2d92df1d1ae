using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts.Mesh;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>Keeps a report below what Auxo takes.</summary>
internal static class ReportSize
{
    private const int Most = 240 << 10;

    /// <summary>How it is written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The report with as many repositories as fit: those with a violation first, then private ones.</summary>
    public static NodeReport Fit(NodeReport report)
    {
        IReadOnlyList<NodeRepository> ordered =
        [
            .. report.Repositories.OrderBy(static r => r.Violations.Count == 0).ThenBy(static r => r.Visibility != "private")
                .ThenBy(static r => r.Rid, StringComparer.Ordinal),
        ];
        for (var count = ordered.Count; ; count /= 2)
        {
            var kept = ordered.Take(count).Select(static r => r.Rid).ToHashSet(StringComparer.Ordinal);
            var shorter = report with
            {
                Repositories = [.. ordered.Take(count)],
                Peers = [.. report.Peers.Select(p => p with { Refs = [.. p.Refs.Where(r => kept.Contains(r.Rid))] })],
            };
            if (count == 0 || JsonSerializer.SerializeToUtf8Bytes(shorter, Json).Length <= Most) return shorter;
        }
    }
}
