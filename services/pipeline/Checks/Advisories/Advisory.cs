using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>What is known of some versions of a package.</summary>
/// <param name="Id">Such as <c>GHSA-5crp-9r3c-p9vr</c> or <c>CVE-2021-23337</c>.</param>
/// <param name="Level"><c>critical</c>, <c>high</c>, <c>medium</c>, <c>low</c> or <c>unknown</c>.</param>
/// <param name="Title">One line; null when its source has none.</param>
/// <param name="Range">The versions, as the registry writes ranges.</param>
internal sealed record Advisory(string Id, string Level, string? Title, string Range);

/// <summary>What a registry knows.</summary>
/// <param name="Version">Another one when it knows something else.</param>
/// <param name="AskedAt">When it said so.</param>
/// <param name="ByPackage">By the name of the package.</param>
/// <param name="Trouble">Why it could not be asked since; null when there was nothing.</param>
internal sealed record AdvisoryData(
    string Version, DateTimeOffset AskedAt, IReadOnlyDictionary<string, IReadOnlyList<Advisory>> ByPackage, string? Trouble);

/// <summary>Where advisories come from when there is no Trivy.</summary>
internal interface IAdvisories
{
    /// <summary>What is known of the packages of a lock file; perhaps of others, too.</summary>
    /// <param name="blob">The content of the lock file.</param>
    /// <param name="packages">Reads it, where the answer depends on it.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="AdvisoryException">They cannot be had, and were not younger than a week.</exception>
    Task<AdvisoryData> AskAsync(string blob, Func<Task<IReadOnlyList<LockedPackage>>> packages, CancellationToken ct);

    /// <summary>
    /// Whether the range holds the version, and the first version behind it that it does not hold; null when one of them cannot be read.
    /// </summary>
    (bool IsHit, string? FixedIn)? Meet(string range, string version);
}

/// <summary>Advisories cannot be had; the message says why and what to do.</summary>
internal sealed class AdvisoryException(string message) : Exception(message);

/// <summary>How bad an advisory is, as all sources say it in the end.</summary>
internal static partial class AdvisoryLevel
{
    /// <summary>The rule of an advisory without an id.</summary>
    public const string NoId = "unnamed";

    /// <summary>The level of a source's word.</summary>
    public static string Of(string? word) => word?.ToLowerInvariant() switch
    {
        "critical" => "critical",
        "high" => "high",
        "medium" or "moderate" => "medium",
        "low" or "info" or "none" => "low",
        _ => "unknown",
    };

    /// <summary>How it is said of a finding.</summary>
    public static Severity Severity(string level) => level switch
    {
        "critical" => Contracts.Severity.Critical,
        "high" => Contracts.Severity.High,
        "low" => Contracts.Severity.Low,
        _ => Contracts.Severity.Medium,
    };

    /// <summary>An id that can be a rule; else null.</summary>
    public static string? Id(string? text) => text is not null && Plain().IsMatch(text) ? text : null;

    /// <summary>The id at the end of the address of an advisory's page.</summary>
    public static string? IdOfPage(string? url) => url is null ? null : Id(url[(url.LastIndexOf('/') + 1)..]);

    /// <summary>The line that a finding says.</summary>
    public static string Words(string name, string version, string? title, string? fixedIn)
        => PlainText.OneLine($"{name} {version}: ", 160) + " "
            + PlainText.OneLine(string.IsNullOrWhiteSpace(title) ? "has a known vulnerability" : title, 200)
            + (string.IsNullOrWhiteSpace(fixedIn) ? ", no fixed version is known" : ", fixed in " + PlainText.OneLine(fixedIn, 60));

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9.:-]{2,59}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}
