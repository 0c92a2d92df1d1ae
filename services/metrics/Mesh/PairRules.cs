using Auxo.Contracts.Mesh;

namespace Auxo.Metrics.Mesh;

/// <summary>What one cell of the matrix says, and what mends it.</summary>
public static class PairRules
{
    private const int MostBehind = 20;

    /// <summary>The cell.</summary>
    /// <param name="row">Who sees.</param>
    /// <param name="column">Who is seen.</param>
    public static MeshPair Of(NodeSight row, NodeSight column)
    {
        var (from, to) = (row.Node, column.Node);
        if (row.Silent is { } silent) return new MeshPair(
            from.Name, to.Name, PairState.Silent, null, null, null, [], Asymmetric: false, $"{from.Name} is silent for {Words(silent)}",
            from.Name, "auxo agent --once");
        var view = row.ViewOf(to.Report.Node);
        var back = column.Silent is null && column.ViewOf(from.Report.Node) is { Connected: true };
        var (compared, behind) = Compare(row, view, column);
        var pair = new MeshPair(
            from.Name, to.Name, PairState.Failing, view?.RttSeconds, view?.LastHandshake,
            compared ? behind.Count == 0 : null, behind, Asymmetric: false, view?.Cause, view?.Next is null ? null : from.Name, view?.Next);
        return view is { Connected: true } ? Connected(pair, view) : NotConnected(pair, row, column, view, back);
    }

    /// <summary>A time as people say it: <c>12 min</c>.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => FormattableString.Invariant($"{Math.Floor(time.TotalMinutes):0} min"),
        { TotalDays: < 1 } => FormattableString.Invariant($"{Math.Floor(time.TotalHours):0} h"),
        _ => FormattableString.Invariant($"{Math.Floor(time.TotalDays):0} days"),
    };

    private static MeshPair Connected(MeshPair pair, PeerView view)
    {
        var state = view.Direct switch { true => PairState.Direct, false => PairState.Relayed, _ => PairState.Connected };
        if (pair is { Cause: null, Behind: [var first, ..] }) pair = pair with
        {
            Cause = pair.Behind.Count == 1
                ? $"{pair.From} has older refs of {pair.To} in {first}"
                : $"{pair.From} has older refs of {pair.To} in {pair.Behind.Count} repositories, such as {first}",
            NextOn = pair.From,
            Next = $"rad sync --fetch {first}",
        };
        return pair with { State = pair.Cause is null ? state : PairState.Warning };
    }

    private static MeshPair NotConnected(MeshPair pair, NodeSight row, NodeSight column, PeerView? view, bool back)
    {
        pair = pair with { Asymmetric = back };
        if (pair.Cause is not null) return pair;
        if (column.Silent is { } silent) return pair with
        {
            Cause = $"not connected, and {pair.To} is silent for {Words(silent)}", NextOn = pair.To, Next = "auxo node fix",
        };
        if (row.NodeProblem is { } own) return pair with
        {
            Cause = $"the node of {pair.From} does not run: {own.Text}", NextOn = pair.From, Next = own.Next ?? "auxo node fix",
        };
        if (column.NodeProblem is { } theirs) return pair with
        {
            Cause = $"the node of {pair.To} does not run: {theirs.Text}", NextOn = pair.To, Next = theirs.Next ?? "auxo node fix",
        };
        if (back) return pair with
        {
            Cause = $"{pair.To} sees {pair.From}, but {pair.From} does not see {pair.To}: a firewall before {pair.To} lets nobody in",
            NextOn = pair.To,
            Next = "auxo node setup --dry-run",
        };
        var address = view?.Address ?? (column.Node.Report.Addresses is [var first, ..] ? first : null);
        return pair with
        {
            Cause = "not connected", NextOn = pair.From,
            Next = $"auxo node fix --peer {column.Node.Report.Node}@{address ?? "HOST:8776"}",
        };
    }

    /// <summary>What the row has of the column's own refs, in repositories that both say they have.</summary>
    private static (bool Compared, IReadOnlyList<string> Behind) Compare(NodeSight row, PeerView? view, NodeSight column)
    {
        if (view is null || column.Silent is not null) return (false, []);
        var seen = view.Refs.ToDictionary(static r => r.Rid, static r => r.SignedRefs, StringComparer.Ordinal);
        var both = column.Node.Report.Repositories
            .Where(r => r.SignedRefs is not null && row.Has(r.Rid) && seen.ContainsKey(r.Rid)).ToList();
        return (both.Count > 0, [.. both.Where(r => seen[r.Rid] != r.SignedRefs).Select(static r => r.Rid).Take(MostBehind)]);
    }
}
