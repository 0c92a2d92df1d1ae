namespace Auxo.Pipeline.Suppressing;

/// <summary>Somebody has accepted a finding for a while: one entry of <c>.auxo/suppressions.yaml</c>.</summary>
/// <param name="Line">Where the entry stands in the file, from 1.</param>
/// <param name="Rule">The rule of the finding, such as <c>CVE-2021-23337</c> or <c>SC2086</c>.</param>
/// <param name="Check">The check that finds it; null for whichever does.</param>
/// <param name="Files">A pattern of the files in which it is accepted; null for all.</param>
/// <param name="Package">The package of which it is accepted; null for all.</param>
/// <param name="Until">The last day on which it is accepted, in UTC; null for good, which a severe finding is not.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who says so.</param>
public sealed record Suppression(
    int Line, string Rule, string? Check, string? Files, string? Package, DateOnly? Until, string Reason, string By)
{
    /// <summary>Where they stand.</summary>
    public const string Path = ".auxo/suppressions.yaml";

    /// <summary>The check is wrong, and nothing is accepted.</summary>
    public bool IsFalseAlarm { get; init; }

    /// <summary>How it is said beside a finding.</summary>
    public string Words
        => $"{(IsFalseAlarm ? "false alarm" : "accepted")}{(Until is { } until ? $" until {until:yyyy-MM-dd}" : "")} by {By}: {Reason}";
}
