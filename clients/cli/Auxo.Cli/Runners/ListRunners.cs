using System.CommandLine;
using System.Globalization;

using Auxo.Cli.Output;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner list</c> and <c>auxo runners</c></summary>
internal static class ListRunners
{
    public static Command Create(CliHost host, string word)
        => new Command(word, "Show the machines that run steps: what they have, what they do, and when they were last heard")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Pipeline.RunnersAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        var columns = new Columns(5, "NAME", "STATE", "LABELS", "BUSY", "SEEN", "SANDBOX");
        columns.Add(
            new Cell("(main)", "bold"), new Cell("online", "green"), string.Join(' ', page.Main),
            $"up to {page.Capacity.ToString(CultureInfo.InvariantCulture)}", "", "");
        foreach (var runner in page.Items)
        {
            columns.Add(
                new Cell(runner.Name, "bold"),
                new Cell(runner.State, runner.State switch { "online" => "green", "offline" => "red", "new" => "dim", _ => "yellow" }),
                string.Join(' ', runner.Labels) + (runner.Reserved ? " only" : "") + (runner.Strangers ? "" : " no-strangers"),
                runner.SeenAt is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{runner.Builds.Count} of {runner.Capacity}"),
                Words.Ago(terminal.Now, runner.SeenAt), new Cell(runner.Sandbox, "dim"));
        }

        columns.Write(terminal);
        if (page.Items.Count == 0) terminal.Line("[dim]No other machine runs steps yet: auxo runner token NAME makes one known.[/]");
        return ExitCode.Ok;
    }
}
