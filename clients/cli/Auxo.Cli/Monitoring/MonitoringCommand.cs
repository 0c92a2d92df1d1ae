using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Monitoring;

/// <summary>
/// <c>auxo monitoring up|down|status</c>: Prometheus, Alertmanager and Grafana beside Auxo, from the programs that are installed.
/// </summary>
internal static class MonitoringCommand
{
    public static Command Create(CliHost host) => new(
        "monitoring", "Prometheus, Alertmanager and Grafana beside Auxo, from the programs that are installed")
    {
        Up(host), Down(host), Status(host),
    };

    private static Command Up(CliHost host)
    {
        var retention = new Option<string?>("--retention")
        {
            Description = "How long Prometheus keeps values, such as 90d or 2y; without it as last time, at first 1y",
        };
        return new Command("up", "Configure and start them in the background, and ask Prometheus whether it sees Auxo") { retention }
            .Does(host, (parsed, session, ct) =>
            {
                var place = MonitoringPlace.Of(host);
                var kept = parsed.GetValue(retention) ?? place.LastRetention() ?? "1y";
                if (!MonitoredPrograms.IsRetention(kept))
                    throw new CliException(ExitCode.Usage, $"'{kept}' is no time to keep values.", "Write it as 90d, 26w or 2y.");
                return new BringUp(session, place).RunAsync(kept, ct);
            });
    }

    private static Command Down(CliHost host) => new Command("down", "Stop what 'up' has started; its data stays")
        .Does(host, async (_, session, ct) =>
        {
            var place = MonitoringPlace.Of(host);
            var parts = new List<MonitoringPart>();
            foreach (var name in MonitoringPlace.Names.Reverse())
            {
                var program = new BackgroundProgram(place, name);
                parts.Add(program.Running() is not { } pid
                    ? new MonitoringPart(name, "off", "does not run")
                    : await program.StopAsync(host.Time, ct)
                        ? new MonitoringPart(name, "done", $"stopped (process {pid}); its data stays in {place.Folder(name)}")
                        : new MonitoringPart(name, "failed", $"process {pid} does not end; by hand: kill -9 {pid}"));
            }

            return MonitoringPart.Write(session.Terminal, parts);
        });

    private static Command Status(CliHost host) => new Command("status", "Show which of them run, and whether Prometheus sees Auxo")
        .Does(host, async (_, session, ct) =>
            MonitoringPart.Write(session.Terminal, await new LookAround(session, MonitoringPlace.Of(host)).RunAsync(ct)));
}

/// <summary>How one of the programs is.</summary>
/// <param name="Name">Which, or <c>scrape</c> for what Prometheus sees of Auxo.</param>
/// <param name="State">
/// <c>fine</c>, <c>done</c>, <c>off</c> (does not run, or is not there, and need not be), <c>yours</c> (the system's own: something is
/// left to do by hand) or <c>failed</c>.
/// </param>
/// <param name="Text">What was seen or done.</param>
/// <param name="Lines">What to type.</param>
internal sealed record MonitoringPart(string Name, string State, string Text, params IReadOnlyList<string> Lines)
{
    /// <summary>Shows them; the exit code says whether all is as it should be.</summary>
    public static int Write(Terminal terminal, IReadOnlyList<MonitoringPart> parts, IReadOnlyList<string>? notes = null)
    {
        var isWell = parts.All(static part => part.State is not ("failed" or "yours"));
        if (terminal.Json)
        {
            terminal.WriteJson(new { isWell, parts, notes = notes ?? [] });
            return isWell ? ExitCode.Ok : ExitCode.Negative;
        }

        foreach (var part in parts)
        {
            var sign = part.State switch
            {
                "failed" => "[red]✗[/]", "yours" => "[cyan]>[/]", "off" => "[dim]-[/]", _ => "[green]✓[/]",
            };
            terminal.Line($"{sign} [bold]{Terminal.Safe(part.Name)}[/]  {Terminal.Safe(part.Text)}");
            foreach (var line in part.Lines) terminal.Line("    " + Terminal.Safe(line));
        }

        foreach (var note in notes ?? []) terminal.Line(Terminal.Safe(note));
        return isWell ? ExitCode.Ok : ExitCode.Negative;
    }
}
