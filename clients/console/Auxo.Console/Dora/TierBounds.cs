namespace Auxo.Console.Dora;

/// <summary>
/// Where the tiers of DORA's numbers begin, by the name that metrics gives them in its answers. A name that this console does not know
/// has no bounds here: the tiers are right all the same, since metrics decides them.
/// </summary>
/// <param name="Report">The report of DORA that they are from.</param>
/// <param name="LeadTime">The tiers of the median lead time, the best first.</param>
/// <param name="Recovery">The tiers of the median time to recover, the best first.</param>
/// <param name="Words">All of them, as people read them: the number, and its bounds from elite to low.</param>
internal sealed record TierBounds(
    string Report, IReadOnlyList<Parts.ChartBand> LeadTime, IReadOnlyList<Parts.ChartBand> Recovery,
    IReadOnlyList<(string Number, string[] Bounds)> Words)
{
    private const double Hour = 3600, Day = 24 * Hour;

    private static readonly TierBounds Of2023 = new(
        "2023, the last one whose bounds are in order",
        Times((Day, "a day"), (7 * Day, "7 days"), (30 * Day, "30 days")), Times((Hour, "an hour"), (Day, "a day"), (7 * Day, "7 days")),
        [
            ("days with a deployment per week", ["5 or more", "1 or more", "one in 30 days or more", "less"]),
            ("median lead time", ["under a day", "under 7 days", "under 30 days", "more"]),
            ("deployments that failed", ["5 % or less", "10 % or less", "15 % or less", "more"]),
            ("median time to recover", ["under an hour", "under a day", "under 7 days", "more"]),
        ]);

    /// <summary>The bounds of a profile; null of an unknown one.</summary>
    public static TierBounds? Of(string? profile) => profile == "auxo-2023" ? Of2023 : null;

    private static IReadOnlyList<Parts.ChartBand> Times(params ReadOnlySpan<(double End, string Words)> ends)
        =>
        [
            new("elite", 0, ends[0].End, $"elite: under {ends[0].Words}"),
            new("high", ends[0].End, ends[1].End, $"high: under {ends[1].Words}"),
            new("medium", ends[1].End, ends[2].End, $"medium: under {ends[2].Words}"),
            new("low", ends[2].End, double.PositiveInfinity, $"low: {ends[2].Words} or more"),
        ];
}
