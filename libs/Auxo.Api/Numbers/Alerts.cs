using System.Text.Json.Serialization;

namespace Auxo.Api.Numbers;

/// <summary>An alert: <c>Phase</c> is <c>raised</c>, <c>pending</c> or <c>quiet</c>; <c>IsHeld</c>, while it goes up and down.</summary>
public sealed record Alert(
    string Rule, string Severity, [property: JsonConverter(typeof(Word))] string Phase, DateTimeOffset Since, string Summary,
    string Subject, string Name, string? Rid, string Runbook, bool IsHeld, DateTimeOffset? ToldAt);

/// <summary>A rule, and who tells of it.</summary>
public sealed record AlertRule(
    string Name, string Severity, string Measure, string Bound, double ForSeconds, string Runbook, string Speaker, int Raised);
