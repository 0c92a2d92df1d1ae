using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Dora;

/// <summary>
/// The DORA numbers of one repository in one window. What cannot be said is null and has a reason; every number has its n.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="From">The window begins.</param>
/// <param name="To">The window ends before this.</param>
/// <param name="AsOf">What was known and had happened.</param>
/// <param name="Zone">In which days and weeks are counted.</param>
/// <param name="Days">The window's length by the clock on the wall.</param>
/// <param name="Profile">The thresholds of the tiers.</param>
/// <param name="Provisional">Why the numbers may still change; null when they should not.</param>
/// <param name="DeploymentFrequency">How often.</param>
/// <param name="ChangeLeadTime">How long a change takes.</param>
/// <param name="ChangeFailRate">How many deployments fail.</param>
/// <param name="Recovery">How long a failed deployment hurts.</param>
/// <param name="Rework">How many deployments are unplanned.</param>
/// <param name="DefaultBranch">How long the default branch was red; not a DORA number.</param>
/// <param name="Score">1 to 4, the mean of the four tiers; null below three of them.</param>
/// <param name="ScoreReason">Why there is no score.</param>
/// <param name="QuickCheck">0 to 10, as dora.dev counts.</param>
/// <param name="Classic">The numbers of the old reports, beside.</param>
/// <param name="Weeks">The same, week by week; each from its own facts, never a median of medians.</param>
public sealed record DoraReport(
    Rid Rid, string? Name, DateTimeOffset From, DateTimeOffset To, AsOf AsOf, string Zone, double Days, string Profile, string? Provisional,
    FrequencyNumber DeploymentFrequency, LeadTimeNumber ChangeLeadTime, RateNumber ChangeFailRate,
    RecoveryNumber Recovery, RateNumber Rework, RedNumber DefaultBranch,
    double? Score, string? ScoreReason, QuickCheck QuickCheck, ClassicNumbers Classic, IReadOnlyList<DoraWeek> Weeks);

/// <summary>How often something went live.</summary>
/// <param name="N">Deployments that count.</param>
/// <param name="PerDay">0 when there are none: that is known.</param>
/// <param name="DeploymentDays">Days with at least one.</param>
/// <param name="DeploymentDaysPerWeek">What the tier is taken from.</param>
/// <param name="MedianIntervalSeconds">Between two deployments; null below two.</param>
/// <param name="Excluded">Deployments that do not count.</param>
/// <param name="Tier">Null without deployments.</param>
/// <param name="Reason">Why there is no tier.</param>
public sealed record FrequencyNumber(
    int N, double PerDay, int DeploymentDays, double DeploymentDaysPerWeek, double? MedianIntervalSeconds,
    int Excluded, Tier? Tier, string? Reason);

/// <summary>How long changes took from their first commit to production.</summary>
/// <param name="Time">One value per change.</param>
/// <param name="Stages">Medians; per change the stages add up to the lead time, their medians do not.</param>
/// <param name="LongLived">Changes whose first commit is more than 30 days older than their proposal.</param>
/// <param name="Untimed">Deployed changes without a lead time.</param>
/// <param name="Tier">By the median.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record LeadTimeNumber(Spread Time, StageNumbers Stages, int LongLived, int Untimed, Tier? Tier, string? Reason);

/// <summary>Medians of the stages of a change.</summary>
public sealed record StageNumbers(double? CodingP50Seconds, double? ReviewP50Seconds, double? DeployP50Seconds);

/// <summary>A share of the deployments.</summary>
/// <param name="N">Deployments in the window.</param>
/// <param name="Count">Those that it is about.</param>
/// <param name="Ratio">0 to 1; null without deployments.</param>
/// <param name="Unattributed">Failures of the window that no deployment is known to have caused; they do not count.</param>
/// <param name="Tier">Null where there is no ratio or no threshold.</param>
/// <param name="Reason">Why there is no ratio.</param>
public sealed record RateNumber(int N, int Count, double? Ratio, int? Unattributed, Tier? Tier, string? Reason);

/// <summary>How long failed deployments hurt. A deployment belongs to the window in which the last of its failures ended.</summary>
/// <param name="Time">One value per failed deployment that has recovered.</param>
/// <param name="Open">Failed deployments that have not: with them the times are a lower bound.</param>
/// <param name="ExposureP50Seconds">From the deployment to the end of its failures.</param>
/// <param name="DetectionP50Seconds">From the deployment to the first sign.</param>
/// <param name="Tier">By the median.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record RecoveryNumber(
    Spread Time, int Open, double? ExposureP50Seconds, double? DetectionP50Seconds, Tier? Tier, string? Reason);

/// <summary>How long the default branch was red.</summary>
/// <param name="Mttr">From red to green, one value per red time that ended in the window.</param>
/// <param name="RedSeconds">Red time within the window.</param>
/// <param name="RedSince">Null while it is green.</param>
/// <param name="Reason">Why there is no time to green.</param>
public sealed record RedNumber(Spread Mttr, double RedSeconds, DateTimeOffset? RedSince, string? Reason);

/// <summary>What the old reports counted.</summary>
/// <param name="MergesPerDay">Merged patches per day.</param>
/// <param name="CiJobsPerDay">Builds that ended, per day.</param>
/// <param name="LeadTimeToMerge">From the proposal to the merge, of patches merged in the window.</param>
public sealed record ClassicNumbers(double MergesPerDay, double CiJobsPerDay, Spread LeadTimeToMerge);

/// <summary>One week of the window.</summary>
/// <param name="Monday">Its first day.</param>
/// <param name="Deployments">That count.</param>
/// <param name="Rework">Of them, unplanned.</param>
/// <param name="Failed">Of them, failed.</param>
/// <param name="Changes">Changes that went live.</param>
/// <param name="LeadTimeP50Seconds">Null without changes.</param>
/// <param name="Recovered">Failed deployments whose failures ended.</param>
/// <param name="RecoveryP50Seconds">Null without them.</param>
public sealed record DoraWeek(
    DateOnly Monday, int Deployments, int Rework, int Failed, int Changes, double? LeadTimeP50Seconds, int Recovered,
    double? RecoveryP50Seconds);
