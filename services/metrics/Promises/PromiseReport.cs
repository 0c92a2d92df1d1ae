namespace Auxo.Metrics.Promises;

/// <summary>How one promise stands.</summary>
/// <param name="Promise">Which.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Unit">What the bound is.</param>
/// <param name="Bound">At most so many seconds, or at least this share.</param>
/// <param name="Room">The share of all that may miss it.</param>
/// <param name="N">How many values are behind it.</param>
/// <param name="Of">What they are: <c>commands</c>, <c>builds</c>, <c>hours</c>, <c>looks</c>.</param>
/// <param name="Ratio">The share of them that is as promised, 0 to 1; null when there are none.</param>
/// <param name="P50Seconds">The median of times.</param>
/// <param name="P95Seconds">So long 95 of 100 took at most.</param>
/// <param name="State">Whether it is kept.</param>
/// <param name="BudgetUsed">How much of the room for misses is used: more than 1 when it is broken; null while that is not known.</param>
/// <param name="Note">What is left out; null for nothing.</param>
public sealed record PromiseReport(
    string Promise, string Title, PromiseUnit Unit, double Bound, double Room, int N, string Of, double? Ratio, double? P50Seconds,
    double? P95Seconds, PromiseState State, double? BudgetUsed, string? Note)
{
    /// <summary>What is compared with the bound, in its unit; null when nothing was measured.</summary>
    public double? Value => Unit == PromiseUnit.Seconds ? P95Seconds : Ratio;
}

/// <summary>All promises over one time.</summary>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end.</param>
/// <param name="Promises">In the order in which they are shown.</param>
public sealed record PromisesReport(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<PromiseReport> Promises);
