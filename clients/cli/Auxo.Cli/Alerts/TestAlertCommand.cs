using System.CommandLine;

using Auxo.Api;
using Auxo.Api.Numbers;
using Auxo.Cli.Notify;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Alerts;

/// <summary><c>auxo alerts test RULE</c>: a real alert by the way that one of that rule would take, shown hop by hop.</summary>
internal static class TestAlertCommand
{
    public static Command Create(CliHost host)
    {
        var rule = new Argument<string>("rule") { Description = "The name of the rule, such as RadicleNodeDown" };
        var severity = new Option<string?>("--severity") { Description = "info, warning or critical; by default the rule's own" };
        severity.AcceptOnlyFromAmong("info", "warning", "critical");
        var repository = new Option<string?>("--repo") { Description = "As if it were about this repository: its id or name" };
        return new Command("test", "Send a test alert by the way that a real one would take, and tell how it went")
        {
            rule, severity, repository,
        }.Does(host, async (parsed, session, ct) =>
        {
            var about = parsed.GetValue(repository) is { } text
                ? await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct)
                : null;
            var name = parsed.GetRequiredValue(rule);
            // A rule that only Prometheus has, or a metrics that does not answer: it is the way that is tried, not the rule.
            var rules = await Attempt.OfAsync("metrics", () => session.Clients.Metrics.AlertRulesAsync(ct));
            var known = rules.Value?.Items.FirstOrDefault(one => one.Name == name);
            return await RunAsync(session, known, new TestAlertRequest(
                name, parsed.GetValue(severity) ?? known?.Severity, about?.Rid, about?.Name), ct);
        });
    }

    private static async Task<int> RunAsync(Session session, AlertRule? rule, TestAlertRequest request, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var tested = await session.Clients.Notify.TestAlertAsync(request, ct);
        if (!terminal.Json)
        {
            terminal.Line($"rule          {Terminal.Safe(request.Rule)}");
            if (rule is { Speaker: not ("auxo" or "alertmanager") })
                terminal.Line(
                    $"[yellow]told by       {Terminal.Safe(rule.Speaker)}[/], not as an alert: "
                        + $"auxo notify why {Terminal.Safe(rule.Speaker)}");
            terminal.Line(
                $"notification  {Terminal.Safe(tested.Recipients.Type)}, {Terminal.Safe(tested.Recipients.Level)}: "
                    + Terminal.Safe(tested.Title));
            foreach (var heard in tested.Recipients.Deliveries)
                terminal.Line(
                    $"route         {Terminal.Safe(heard.Route)} to {Terminal.Safe(heard.Channel)}: "
                        + Terminal.Safe(heard.Refusal ?? heard.Why));
            foreach (var person in (tested.Recipients.People ?? []).Where(static p => p.How != "at_once"))
                terminal.Line(
                    $"person        {Terminal.Safe(person.Person)} by {Terminal.Safe(person.Route)}: {Terminal.Safe(person.Why)}");
            foreach (var silent in tested.Recipients.Silent)
                terminal.Line($"[dim]silent        {Terminal.Safe(silent.Route)}: {Terminal.Safe(silent.Why)}[/]");
        }

        var ends = new List<Delivery>();
        foreach (var delivery in tested.Deliveries)
        {
            if (!terminal.Json) terminal.Line($"channel       {Terminal.Safe(delivery.Channel)}, {Terminal.Safe(delivery.Id)}");
            // What waits for somebody's quiet hours is not waited for here.
            var end = delivery.Due > terminal.Now.AddMinutes(1) ? delivery : await TestCommand.WaitAsync(session, delivery, ct);
            ends.Add(end);
            if (terminal.Json) continue;
            foreach (var attempt in end.Log ?? []) DeliveryReport.Line(terminal, attempt);
            DeliveryReport.End(terminal, end);
        }

        if (terminal.Json) terminal.WriteJson(tested with { Deliveries = ends });
        else if (ends.Count == 0) terminal.Line(
            "[yellow]No channel hears of it now.[/] Who shall: auxo notify routes set NAME --on alert.raised --to CHANNEL");
        return ends.Count > 0 && ends.All(static d => d.State == "delivered") ? ExitCode.Ok : ExitCode.Negative;
    }
}
