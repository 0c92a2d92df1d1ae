using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Alerts;

/// <summary><c>auxo alerts [list|rules|test]</c>: what is raised, what Auxo looks at, and who would hear of it.</summary>
internal static class AlertsCommand
{
    public static Command Create(CliHost host)
    {
        var alerts = new Command("alerts", "Show what is raised and the rules, and see whether an alert would reach somebody")
        {
            List(host), Rules(host), TestAlertCommand.Create(host),
        };
        return alerts.Does(host, (_, session, ct) => ListAsync(session, all: false, ct));
    }

    private static Command List(CliHost host)
    {
        var all = new Option<bool>("--all") { Description = "Also those of the last seven days that are over" };
        return new Command("list", "Show what is raised or about to be, the worst first") { all }
            .Does(host, (parsed, session, ct) => ListAsync(session, parsed.GetValue(all), ct));
    }

    private static async Task<int> ListAsync(Session session, bool all, CancellationToken ct)
    {
        var (terminal, page) = (session.Terminal, await session.Clients.Metrics.AlertsAsync(all, ct));
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0) terminal.Line("[green]✓ no alert is raised[/]");
        var columns = new Columns(2, "SEVERITY", "RULE", "WHAT", "SINCE", "") { Least = 30 };
        foreach (var alert in page.Items)
            columns.Add(
                Severity(alert.Severity), alert.Rule, alert.Summary, Words.Ago(terminal.Now, alert.Since), alert switch
                {
                    { IsHeld: true } => new Cell("goes up and down: held back", "yellow"),
                    { Phase: "pending" } => new Cell("not for long enough yet", "dim"),
                    { Phase: "quiet" } => new Cell("over", "green"),
                    _ => "",
                });
        columns.Write(terminal);
        foreach (var rule in page.Items.Where(static alert => alert.Phase == "raised").DistinctBy(static alert => alert.Rule))
            terminal.Line($"[dim]{Terminal.Safe(rule.Rule)}: {Terminal.Safe(rule.Runbook)}[/]");
        return ExitCode.Ok;
    }

    private static Command Rules(CliHost host) => new Command("rules", "Show every rule, its bound, and who tells of it").Does(
        host, static async (_, session, ct) =>
        {
            var (terminal, page) = (session.Terminal, await session.Clients.Metrics.AlertRulesAsync(ct));
            if (terminal.Json)
            {
                terminal.WriteJson(page);
                return ExitCode.Ok;
            }

            var columns = new Columns(4, "RULE", "SEVERITY", "HOLDS", "FOR", "TOLD BY", "RAISED");
            foreach (var rule in page.Items)
                columns.Add(
                    new Cell(rule.Name, "bold"), Severity(rule.Severity), rule.Bound,
                    rule.ForSeconds > 0 ? Duration.Of(rule.ForSeconds) : "at once", rule.Speaker,
                    rule.Raised > 0 ? new Cell($"{rule.Raised}", "red") : "");
            columns.Write(terminal);
            return ExitCode.Ok;
        });

    private static Cell Severity(string severity) => severity switch
    {
        "critical" => new(severity, "red"),
        "warning" => new(severity, "yellow"),
        _ => new(severity, "dim"),
    };
}
