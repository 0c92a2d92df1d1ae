namespace Auxo.Benchmarks.Measuring;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured, from where to where.</param>
/// <param name="Unit">Of all its values.</param>
/// <param name="Auxo">Auxo's values.</param>
/// <param name="Peer">The same thing done by somebody else in the same run; null when nobody does it.</param>
/// <param name="Goal">What design §9 asks for; null when this line only says where the time goes.</param>
internal sealed record Figure(string What, string Unit, Series Auxo, Series? Peer = null, Goal? Goal = null)
{
    /// <summary>Who the peer is, and what else a reader must know.</summary>
    public string? Note { get; init; }

    /// <summary>True for a part of the line above.</summary>
    public bool IsPart { get; init; }

    /// <summary>Auxo's median in relation to the peer's.</summary>
    public double? Ratio => Peer is { P50: not 0 } ? Auxo.P50 / Peer.P50 : null;
}

/// <summary>What a figure must reach.</summary>
/// <param name="Text">As the table shows it.</param>
/// <param name="IsMet">The judge.</param>
internal sealed record Goal(string Text, Func<Figure, bool> IsMet)
{
    /// <summary>A median (and a 95th percentile) of at most so much.</summary>
    public static Goal AtMost(double p50, double? p95 = null)
        => new(p95 is null ? $"≤ {p50:0.##}" : $"≤ {p50:0.##} / {p95:0.##}", f => f.Auxo.P50 <= p50 && (p95 is null || f.Auxo.P95 <= p95));

    /// <summary>A 99th percentile of at most so much.</summary>
    public static Goal P99AtMost(double p99) => new($"p99 ≤ {p99:0.##}", f => f.Auxo.P99 <= p99);

    /// <summary>At least so much.</summary>
    public static Goal AtLeast(double value) => new($"≥ {value:0.##}", f => f.Auxo.P50 >= value);

    /// <summary>At least this part of what the peer reaches.</summary>
    public static Goal AtLeastOfPeer(double part) => new($"≥ {part:0.##} × peer", f => f.Ratio is not { } ratio || ratio >= part);

    /// <summary>At most so many times what the peer needs.</summary>
    public static Goal AtMostOfPeer(double times) => new($"≤ {times:0.##} × peer", f => f.Ratio is not { } ratio || ratio <= times);

    /// <summary>At most so much more than the peer.</summary>
    public static Goal AtMostOver(double more) => new($"≤ peer + {more:0.##}", f => f.Peer is null || f.Auxo.P50 <= f.Peer.P50 + more);
}
