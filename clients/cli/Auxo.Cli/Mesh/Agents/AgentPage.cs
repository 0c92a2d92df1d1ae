using System.Globalization;
using System.Text;

using Auxo.Contracts.Mesh;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>What the agent itself answers at <c>/metrics</c>. Repositories are named by their ids only.</summary>
internal static class AgentPage
{
    /// <summary>The page in Prometheus' text format.</summary>
    /// <param name="name">The node's name in the mesh; null while it is not known.</param>
    /// <param name="report">What it saw last; null for nothing yet.</param>
    /// <param name="taken">When Auxo last took a report.</param>
    public static string Of(string? name, NodeReport? report, DateTimeOffset? taken)
    {
        var page = new StringBuilder();
        if (report is null) return "";
        var node = $"node=\"{Escaped(name ?? report.Node)}\"";
        var health = report.Health.DistinctBy(static i => i.Name).ToDictionary(static i => i.Name, StringComparer.Ordinal);
        Family("radicle_node_up", "1 while the Radicle node runs.",
            (node, health.TryGetValue("node", out var up) && up.State != "critical" ? 1 : 0));
        var connected = report.Peers.Count(static p => p.Connected);
        Family("radicle_node_peers", "Peers of the node, by state.",
            ($"{node},state=\"connected\"", connected), ($"{node},state=\"disconnected\"", report.Peers.Count - connected));
        Family("radicle_node_cpu_used_ratio", "Used share of the processors, 0 to 1.", (node, Share("cpu")));
        Family("radicle_node_memory_used_ratio", "Used share of the memory, 0 to 1.", (node, Share("memory")));
        Family("radicle_node_disk_used_ratio", "Used share of a file system, 0 to 1.",
            [.. health.Keys.Where(static k => k.StartsWith("disk ", StringComparison.Ordinal))
                .Select(k => ($"{node},mountpoint=\"{Escaped(k[5..])}\"", Share(k)))]);
        Family("radicle_repo_private_violation", "1 while a private repository is not as private as it should be.",
            [.. report.Repositories.Where(static r => r.Violations.Count > 0)
                .Select(r => ($"{node},repo=\"{Escaped(r.Rid)}\"", (double?)1))]);
        Family("auxo_agent_last_report_timestamp_seconds", "When Auxo last took a report of this agent.",
            (node, taken?.ToUnixTimeSeconds()));
        return page.ToString();

        double? Share(string item) => health.GetValueOrDefault(item)?.Value / 100;

        void Family(string family, string help, params IReadOnlyList<(string Labels, double? Value)> samples)
        {
            page.Append(CultureInfo.InvariantCulture, $"# HELP {family} {help}\n# TYPE {family} gauge\n");
            foreach (var (labels, value) in samples)
                if (value is { } known) page.Append(CultureInfo.InvariantCulture, $"{family}{{{labels}}} {known}\n");
        }
    }

    private static string Escaped(string text)
        => TamedLabel(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string TamedLabel(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
}
