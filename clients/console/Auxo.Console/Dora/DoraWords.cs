using System.Globalization;

using Auxo.Console.Parts;

namespace Auxo.Console.Dora;

/// <summary>DORA's numbers in words and as marks of a chart.</summary>
internal static class DoraWords
{
    /// <summary>Such as <c>2.5 per week</c>, in the unit in which it is at least one; no deployment is a known number.</summary>
    public static string Often(FrequencyNumber often) => often.PerDay switch
    {
        <= 0 => "0 per day",
        >= 1 and var n => Rate(n, "day"),
        >= 1 / 7.0 and var n => Rate(7 * n, "week"),
        var n => Rate(30 * n, "month"),
    };

    /// <summary>A median; null when there is none.</summary>
    public static string? Median(Spread time) => time.P50Seconds is { } seconds ? Say.Lasted(seconds) : null;

    /// <summary>What a time is beside its median.</summary>
    public static string Beside(Spread time) => time.P90Seconds is { } p90 ? $"p90 {Say.Lasted(p90)}" : "";

    /// <summary>How long recovery takes, or why nobody knows; what still fails is said in any case.</summary>
    public static string Recovery(RecoveryNumber recovery)
    {
        var words = recovery.Reason ?? Beside(recovery.Time);
        if (recovery.Open == 0) return words;
        var open = Say.Count(recovery.Open, "deployment") + " still failing";
        return words.Length == 0 ? open : $"{open}; {words}";
    }

    /// <summary>
    /// Where to look: the build that the deployment is, where it is one; else what was built of its commit.
    /// </summary>
    public static string Url(LiveDeployment deployment)
        => deployment.ByPolicy && Guid.TryParse(deployment.Id, out var build)
            ? $"/builds/{build}"
            : SearchUrl(deployment.Commit);

    /// <summary>An id as people read it: the first digits of a hash or of a build; a name that somebody gave stays whole.</summary>
    public static string Name(string id)
        => Guid.TryParse(id, out _) || id.Length == 40 && id.All(char.IsAsciiHexDigitLower) ? Say.Short(id) : id;

    /// <summary>What was built of a commit or a patch.</summary>
    public static string SearchUrl(string id) => $"/search?q={Uri.EscapeDataString(id)}";

    /// <summary>A mark for each deployment.</summary>
    public static IReadOnlyList<ChartPoint> Deployments(DoraEvidence evidence)
        => [.. evidence.Deployments.Select(static d => new ChartPoint(
            d.At, 0, d.Failures.Count > 0 ? "bad" : "good",
            $"{Day(d.At)}: {Say.Short(d.Commit)} {(d.Failures.Count > 0 ? "failed" : d.Rework ? "rework" : "went live")}", Url(d)))];

    /// <summary>A mark for each change that went live.</summary>
    public static IReadOnlyList<ChartPoint> LeadTimes(DoraEvidence evidence)
    {
        var deployments = evidence.Deployments.ToLookup(static d => d.Id, StringComparer.Ordinal);
        return [.. evidence.Changes.Select(c => new ChartPoint(
            c.DeployedAt, c.LeadTimeSeconds, "good", $"{Day(c.DeployedAt)}: {Say.Lasted(c.LeadTimeSeconds)}, {c.Title}",
            deployments[c.Deployment].FirstOrDefault() is { } deployment ? Url(deployment) : SearchUrl(c.Id)))];
    }

    /// <summary>A mark for each failed deployment that recovered.</summary>
    public static IReadOnlyList<ChartPoint> Recoveries(DoraEvidence evidence)
    {
        var deployments = evidence.Deployments.ToLookup(static d => d.Id, StringComparer.Ordinal);
        return [.. from failed in evidence.Recoveries
                   where failed is { RecoveredAt: not null, RecoverySeconds: not null }
                   let took = failed.RecoverySeconds!.Value
                   select new ChartPoint(
                       failed.RecoveredAt!.Value, took, "good",
                       $"{Day(failed.RecoveredAt.Value)}: {Say.Lasted(took)}, "
                           + (failed.Failures is [{ Title: { } title }, ..] ? title : Name(failed.Deployment)),
                       deployments[failed.Deployment].FirstOrDefault() is { } deployment ? Url(deployment) : SearchUrl(failed.Deployment))];
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Rate(double n, string unit) => string.Create(CultureInfo.InvariantCulture, $"{n:0.#} per {unit}");
}
