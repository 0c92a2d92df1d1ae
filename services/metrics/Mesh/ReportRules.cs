using System.Text;

using Auxo.Contracts.Mesh;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Mesh;

/// <summary>
/// What an agent may tell, and how it is kept. It comes from another machine: nothing in it is believed to be short or clean.
/// </summary>
public static class ReportRules
{
    /// <summary>The largest report, in bytes.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>So many nodes are in the matrix: pairs grow with the square.</summary>
    public const int MostNodes = 32;

    /// <summary>A node that was silent for so long has been taken away.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    private const int LongestText = 500;
    private const int LongestName = 100;
    private const int MostItems = 200;

    /// <summary>What its token's name makes it in the mesh: <c>auxo agent token</c> puts <c>agent-</c> before it.</summary>
    public static string NameOf(string account)
        => account.StartsWith("agent-", StringComparison.Ordinal) && account.Length > 6 ? account[6..] : account;

    /// <summary>Why a report is not taken; null when it is.</summary>
    /// <param name="name">The node's name in the mesh.</param>
    /// <param name="report">The report.</param>
    /// <param name="nodes">Those that are known and not forgotten.</param>
    public static ProblemHttpResult? Refuse(string name, NodeReport report, IReadOnlyCollection<MeshNode> nodes)
    {
        if (!IsNode(report.Node)) return AuxoProblem.Unprocessable(
            "mesh/no-node", "'node' is no node's id: it looks like z6Mk…; 'rad self --nid' shows it.");
        if (nodes.FirstOrDefault(n => n.Report.Node == report.Node && n.Name != name) is { } other) return AuxoProblem.Conflict(
            "mesh/another-name",
            $"This node already reports as {other.Name}. Use its token, or remove that name: auxo mesh forget {other.Name}");
        return nodes.Count < MostNodes || nodes.Any(n => n.Name == name) ? null : AuxoProblem.Conflict(
            "mesh/full", $"There are {MostNodes} nodes in the mesh, and there is no room for more. Remove one: auxo mesh forget NAME");
    }

    /// <summary>
    /// The report as it is kept: texts are single lines of bounded length, lists have bounds, a node that is no node is left out, and the
    /// moments that its clock says are moved to this one.
    /// </summary>
    public static NodeReport Clean(NodeReport report, DateTimeOffset now)
    {
        var off = now - report.At;
        return report with
        {
            Alias = Line(report.Alias, LongestName),
            Version = Line(report.Version, LongestName),
            Health = [.. report.Health.OfType<NodeHealthItem>().Take(MostItems).Select(static i => new NodeHealthItem(
                Line(i.Name, LongestName), i.State is "warning" or "critical" ? i.State : "fine", Line(i.Text),
                i.Value is { } v && double.IsFinite(v) ? v : null, i.Next is null ? null : Line(i.Next)))],
            Peers = [.. report.Peers.OfType<PeerView>().Where(p => IsNode(p.Node) && p.Node != report.Node)
                .DistinctBy(static p => p.Node, StringComparer.Ordinal).Take(MostItems).Select(p => Clean(p, off))],
            Repositories = [.. report.Repositories.OfType<NodeRepository>().Select(static r => (Rid: IdOf(r.Rid), It: r))
                .Where(static r => r.Rid is not null).DistinctBy(static r => r.Rid).Select(static r => r.It with
            {
                Rid = r.Rid!, Name = Line(r.It.Name, LongestName), Visibility = r.It.Visibility == "private" ? "private" : "public",
                SignedRefs = Oid(r.It.SignedRefs),
                Violations = [.. r.It.Violations.OfType<string>().Take(10).Select(static v => Line(v)).Distinct(StringComparer.Ordinal)],
            })],
            Addresses = [.. report.Addresses.OfType<string>().Take(10).Select(static a => Line(a, LongestName))],
            PrivacyUnknown = report.PrivacyUnknown is null ? null : Line(report.PrivacyUnknown),
        };
    }

    private static PeerView Clean(PeerView peer, TimeSpan off) => peer with
    {
        Alias = peer.Alias is null ? null : Line(peer.Alias, LongestName),
        Address = peer.Address is null ? null : Line(peer.Address, LongestName),
        RttSeconds = peer.RttSeconds is >= 0 and < 3600 ? peer.RttSeconds : null,
        LastHandshake = Moved(peer.LastHandshake, off),
        Cause = peer.Cause is null ? null : Line(peer.Cause),
        Next = peer.Next is null ? null : Line(peer.Next),
        Refs = [.. peer.Refs.OfType<SeenRefs>().Where(static r => IdOf(r.Rid) is not null && Oid(r.SignedRefs) is not null)
            .Select(static r => r with { Rid = IdOf(r.Rid)! }).DistinctBy(static r => r.Rid)],
    };

    private static DateTimeOffset? Moved(DateTimeOffset? time, TimeSpan off)
    {
        if (time is not { } at) return null;
        var ticks = at.UtcTicks + off.Ticks;
        return ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <summary>One line without control characters and halves of characters.</summary>
    private static string Line(string text, int longest = LongestText)
    {
        var line = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > longest) break;
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
        }

        return line.ToString().Trim();
    }

    private static bool IsNode(string text) => Did.TryParse("did:key:" + text, provider: null, out _);

    private static string? IdOf(string text) => Rid.TryParse(text, provider: null, out var rid) ? rid.Value : null;

    private static string? Oid(string? text) => CommitId.TryParse(text, provider: null, out _) ? text : null;
}
