using Auxo.Metrics.Asking;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Alerts;

/// <summary>An alert.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Severity"><c>critical</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Since">Since when it stands there.</param>
/// <param name="Summary">One line for people, as it was when it last changed.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Name">The same for people.</param>
/// <param name="Rid">The repository; null when it is about none.</param>
/// <param name="Runbook">Where it is written what to do.</param>
/// <param name="IsHeld">It goes up and down, and nothing more is told until it is calm.</param>
/// <param name="ToldAt">When somebody was told that it is raised; null when nobody was, or that it is over.</param>
public sealed record AlertResponse(
    string Rule, string Severity, AlertPhase Phase, DateTimeOffset Since, string Summary, string Subject, string Name, Rid? Rid,
    string Runbook, bool IsHeld, DateTimeOffset? ToldAt);

/// <summary>A rule.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Severity"><c>critical</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Measure">What it looks at.</param>
/// <param name="Bound">When it holds, in words.</param>
/// <param name="ForSeconds">How long it must hold.</param>
/// <param name="Runbook">Where it is written what to do.</param>
/// <param name="Speaker">Who tells of it: <c>auxo</c>, <c>alertmanager</c>, or the notification that told at once.</param>
/// <param name="Raised">How many alerts it has now.</param>
public sealed record RuleResponse(
    string Name, string Severity, string Measure, string Bound, double ForSeconds, string Runbook, string Speaker, int Raised);

/// <summary>
/// <c>GET /alerts?all=</c>: what is raised or about to be, the worst first, with <c>all=true</c> also what was lately;
/// <c>GET /alerts/rules</c>: the rules and who tells of them.
/// </summary>
public static class GetAlerts
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/alerts", ListAsync).WithName("ListAlerts").RequireScope(MetricsScopes.Read);
        app.MapGet("/alerts/rules", RulesAsync).WithName("ListAlertRules").RequireScope(MetricsScopes.Read);
    }

    private static async Task<Ok<ListAnswer<AlertResponse>>> ListAsync(
        AlertTable table, TimeProvider time, CancellationToken ct, bool all = false)
    {
        var (now, rules) = (time.GetUtcNow(), AlertRules.All.ToDictionary(static rule => rule.Name, StringComparer.Ordinal));
        return TypedResults.Ok(new ListAnswer<AlertResponse>(
            [.. (await table.ListAsync(ct)).Where(alert => rules.ContainsKey(alert.Rule)
                    && (alert.Phase != AlertPhase.Quiet || all && alert.Changes.Count > 0 && now - alert.Since < Lately))
                .Select(alert => Of(alert, rules[alert.Rule]))
                .OrderByDescending(static alert => alert.Phase).ThenBy(static alert => Rank(alert.Severity))
                .ThenByDescending(static alert => alert.Since)],
            Next: null));
    }

    private static async Task<Ok<ListAnswer<RuleResponse>>> RulesAsync(
        AlertTable table, AlertSettings settings, CancellationToken ct)
    {
        var raised = (await table.ListAsync(ct)).Where(static alert => alert.Phase == AlertPhase.Raised)
            .CountBy(static alert => alert.Rule).ToDictionary(StringComparer.Ordinal);
        return TypedResults.Ok(new ListAnswer<RuleResponse>(
            [.. AlertRules.All.Select(rule => new RuleResponse(
                rule.Name, rule.Severity, rule.Measure, $"{(rule.IsBelow ? "below" : "above")} {rule.Shown(rule.Raise)}",
                rule.For.TotalSeconds, rule.Runbook, rule.ToldBy ?? (settings.Speaks(rule) ? "auxo" : "alertmanager"),
                raised.GetValueOrDefault(rule.Name)))],
            Next: null));
    }

    private static AlertResponse Of(Alert alert, AlertRule rule)
        => new(
            rule.Name, rule.Severity, alert.Phase, alert.Since, alert.Summary, alert.Subject, alert.Name, alert.Rid, rule.Runbook,
            alert.HeldSince is not null, alert.ToldAt);

    private static int Rank(string severity) => severity switch { "critical" => 0, "warning" => 1, _ => 2 };
}
