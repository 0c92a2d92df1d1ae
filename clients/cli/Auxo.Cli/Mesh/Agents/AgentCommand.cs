using System.CommandLine;

using Auxo.Cli.Instances;
using Auxo.Cli.Mesh.Agents.Looking;
using Auxo.Cli.Mesh.Testing;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh.Agents;

/// <summary><c>auxo agent</c>: reports how this machine's node is, until it is stopped.</summary>
internal static class AgentCommand
{
    public static Command Create(CliHost host)
    {
        var once = new Option<bool>("--once") { Description = "Report once; exit code 0 when the report was taken" };
        var metrics = new Option<string?>("--metrics")
        {
            Description = "Also answer /metrics at this address, such as 127.0.0.1:9101; off by default", HelpName = "ADDRESS:PORT",
        };
        return new Command("agent", "Report how this machine's node is, and how it sees the others, every minute")
        {
            once, metrics, MakeAgentToken.Create(host), JoinAgent.Create(host), InstallAgent.Create(host),
        }.Does(host, (parsed, session, ct) => parsed.GetValue(once)
            ? OnceAsync(session, ct)
            : RunAsync(session, MetricsListener.Prefix(parsed.GetValue(metrics)), ct));
    }

    private static async Task<int> OnceAsync(Session session, CancellationToken ct)
    {
        using var sender = new ReportSender(AgentFile.Read(Instance.Layout(session.Host)));
        var report = await new NodeLook(session.Host).ReadAsync([], ct);
        var taken = await sender.SendAsync(report, ct);
        // The first time it did not know whom to look for.
        if (taken.Others.Any(o => report.Peers.All(p => p.Node != o.Node)))
            taken = await sender.SendAsync(report = await new NodeLook(session.Host).ReadAsync(taken.Others, ct), ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { taken.Name, report });
        else session.Terminal.Line($"[green]✓[/] reported as {Terminal.Safe(taken.Name)}: {Words(report)}");
        return ExitCode.Ok;
    }

    private static async Task<int> RunAsync(Session session, string? prefix, CancellationToken ct)
    {
        using var sender = new ReportSender(AgentFile.Read(Instance.Layout(session.Host)));
        var talk = new Lock();
        void Say(string state, string text)
        {
            lock (talk)
            {
                if (session.Terminal.Json) session.Terminal.WriteJson(new { at = session.Host.Time.GetUtcNow(), state, text });
                else session.Terminal.Line(Terminal.Escape(TamedText.OneLine(text)));
            }
        }

        var loop = new AgentLoop(session.Host.Time, new NodeLook(session.Host).ReadAsync, sender.SendAsync, Say);
        using var listener = prefix is null ? null : new MetricsListener(prefix, () => AgentPage.Of(loop.Name, loop.Last, loop.LastTaken));
        listener?.Start();
        await Task.WhenAll(loop.RunAsync(ct), new MarkerAnswers(session.Host, Say).RunAsync(ct));
        return ExitCode.Ok;
    }

    private static string Words(Contracts.Mesh.NodeReport report)
    {
        var (connected, wrong) = (report.Peers.Count(static p => p.Connected), report.Health.Count(static i => i.State != "fine"));
        return $"{connected} of {report.Peers.Count} peers connected, "
            + (wrong == 0 ? "everything is fine here"
                : $"{wrong} {(wrong == 1 ? "thing is" : "things are")} not fine here: auxo node health");
    }
}
