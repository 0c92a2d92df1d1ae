using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh;

/// <summary>Something that is wrong in the mesh.</summary>
/// <param name="Sign">How bad, as markup.</param>
/// <param name="Who">Which pairs or node.</param>
/// <param name="Text">What.</param>
/// <param name="On">The node on which to type what mends it.</param>
/// <param name="Next">What mends it.</param>
internal sealed record MeshTrouble(string Sign, string Who, string Text, string? On, string? Next)
{
    private const string Bad = "[red]✗[/]";
    private const string Warns = "[yellow]![/]";
    private const int MostPairs = 3;
    private static readonly TimeSpan WrongClock = TimeSpan.FromMinutes(2);

    /// <summary>
    /// All of it, the worst first: repositories that are not private, silent nodes, pairs that are not connected, pairs with a warning,
    /// machines. What has one cause is one thing.
    /// </summary>
    public static IReadOnlyList<MeshTrouble> Of(MeshMatrix matrix, DateTimeOffset now) =>
    [
        .. matrix.Nodes.SelectMany(static n => n.Violations.Select(rid => new MeshTrouble(
            Bad, n.Name, $"{rid} is not as private as it should be", n.Name, "auxo node health"))),
        .. matrix.Nodes.Where(static n => n.SilentSeconds is not null).Select(static n => new MeshTrouble(
            Bad, n.Name, $"silent for {Duration.Of(n.SilentSeconds!.Value)}", n.Name, "auxo agent --once")),
        .. Pairs(matrix, "failing", Bad), .. Pairs(matrix, "warning", Warns),
        .. matrix.Nodes.Where(static n => n.SilentSeconds is null).SelectMany(n => Machine(n, now)),
    ];

    private static IEnumerable<MeshTrouble> Pairs(MeshMatrix matrix, string state, string sign)
        => matrix.Pairs.Where(p => p.State == state).GroupBy(static p => (p.Cause, p.NextOn, p.Next)).Select(same => new MeshTrouble(
            sign, string.Join(", ", same.Take(MostPairs).Select(static p => $"{p.From} → {p.To}"))
                + (same.Count() > MostPairs ? $" and {same.Count() - MostPairs} more" : ""),
            same.Key.Cause ?? "not connected", same.Key.NextOn, same.Key.Next));

    private static IEnumerable<MeshTrouble> Machine(MeshMember node, DateTimeOffset now)
    {
        foreach (var problem in node.Problems.OrderBy(static p => p.State != "critical"))
            yield return new MeshTrouble(
                problem.State == "critical" ? Bad : Warns, node.Name, $"{problem.Name}: {problem.Text}", node.Name, problem.Next);
        if (node.KeyExpiry is { } expiry && expiry - now < TimeSpan.FromDays(7)) yield return new MeshTrouble(
            Warns, node.Name, expiry <= now
                ? "its key of the VPN has ended" : $"its key of the VPN ends in {Duration.Of((expiry - now).TotalSeconds)}",
            node.Name, "tailscale up --force-reauth");
        if (Math.Abs(node.ClockSkewSeconds) > WrongClock.TotalSeconds) yield return new MeshTrouble(
            Warns, node.Name,
            $"its clock is {Duration.Of(Math.Abs(node.ClockSkewSeconds))} {(node.ClockSkewSeconds > 0 ? "ahead" : "behind")}",
            node.Name, "timedatectl set-ntp true");
    }
}
