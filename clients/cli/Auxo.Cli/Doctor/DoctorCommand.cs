using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Doctor;

/// <summary>A part of Auxo and what it found.</summary>
internal sealed record Examined(string Part, IReadOnlyList<Diagnosis> Items);

/// <summary>
/// <c>auxo doctor</c>: everything that Auxo needs, looked at before it runs as well as while it does, and for all that is wrong
/// exactly what to do.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
        => new Command("doctor", "Look at everything that Auxo needs, whether it runs or not, and say what to do; exit code 1 for trouble")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var parts = await Examination.RunAsync(session, ct);
        var trouble = parts.Sum(static p => p.Items.Count(static d => d.State == "trouble"));
        if (session.Terminal.Json) session.Terminal.WriteJson(new { healthy = trouble == 0, trouble, warnings = Warnings(parts), parts });
        else Write(session.Terminal, parts, trouble);
        return trouble == 0 ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Write(Terminal terminal, IReadOnlyList<Examined> parts, int trouble)
    {
        foreach (var (part, items) in parts)
        {
            terminal.Line($"[bold]{Terminal.Safe(part)}[/]");
            var columns = new Columns(2, "", "", "") { Wraps = true };
            foreach (var d in items)
            {
                columns.Add(Sign(d.State), d.Name, new Cell(
                    d.Text, d.State switch { "trouble" => "red", "warning" => "yellow", _ => null }));
                if (d is { Next: not null, State: not "fine" }) columns.Add("", "", new Cell("→ " + d.Next, "bold"));
            }

            columns.Write(terminal);
            terminal.Line();
        }

        var warnings = Warnings(parts) is > 0 and var n ? $"{n} {(n == 1 ? "warning" : "warnings")}" : "";
        terminal.Line(trouble > 0
            ? $"[red]✗ {trouble} {(trouble == 1 ? "trouble" : "troubles")}[/]"
                + $"{(warnings.Length > 0 ? ", " + warnings : "")}; the arrows say what to do"
            : warnings.Length > 0 ? $"[green]✓ Auxo has what it needs[/]; {warnings}" : "[green]✓ Auxo has all that it needs[/]");
    }

    private static int Warnings(IReadOnlyList<Examined> parts) => parts.Sum(static p => p.Items.Count(static d => d.State == "warning"));

    private static Cell Sign(string state)
        => state switch { "trouble" => new("✗", "red"), "warning" => new("!", "yellow"), _ => new("✓", "green") };
}
