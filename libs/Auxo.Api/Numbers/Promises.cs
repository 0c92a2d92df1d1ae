using System.Text.Json.Serialization;

namespace Auxo.Api.Numbers;

/// <summary>
/// How one promise stands: <c>State</c> is <c>kept</c>, <c>broken</c> or <c>not_known</c>. <c>Bound</c> and <c>Value</c> are seconds or a
/// ratio, as <c>Unit</c> says.
/// </summary>
public sealed record PromiseReport(
    string Promise, string Title, [property: JsonConverter(typeof(Word))] string Unit, double Bound, double Room, int N, string Of,
    double? Ratio, double? P50Seconds, double? P95Seconds, [property: JsonConverter(typeof(Word))] string State, double? BudgetUsed,
    string? Note, double? Value)
{
    /// <summary>It is kept, and most of its room for misses is used, as the alert <c>PromiseAtRisk</c> has it.</summary>
    [JsonIgnore]
    public bool IsAtRisk => BudgetUsed is > 0.75 and <= 1;
}

/// <summary>All promises over one time.</summary>
public sealed record PromisesReport(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<PromiseReport> Promises);

/// <summary>A command of the command line that succeeded, and how long somebody waited for it.</summary>
public sealed record CommandRun(string Command, double Seconds);
