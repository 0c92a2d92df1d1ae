using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh;

/// <summary><c>auxo mesh status</c>: the matrix, and below it what is wrong, the worst first, with what mends it.</summary>
internal static class ShowMesh
{
    public static Command Create(CliHost host)
        => new Command("status", "How every node of the mesh sees every other; exit code 1 when a pair does not work")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var matrix = await session.Clients.Metrics.MeshAsync(ct);
        var isWell = !matrix.Pairs.Any(static p => p.IsFailing) && matrix.Nodes.All(static n => n.Violations.Count == 0);
        if (session.Terminal.Json) session.Terminal.WriteJson(matrix);
        else Write(session.Terminal, matrix);
        return isWell ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Write(Terminal terminal, MeshMatrix matrix)
    {
        if (matrix.Nodes.Count == 0)
        {
            terminal.Line("No node reports yet. For each node, here: auxo agent token NAME");
            return;
        }

        foreach (var line in MatrixText.Lines(matrix, terminal.Width)) terminal.Line(line);
        terminal.Line();
        if (matrix.Pairs.Count > 0) terminal.Line($"[dim]{Terminal.Escape(MatrixText.Legend)}[/]");
        var wrong = MeshTrouble.Of(matrix, terminal.Now);
        foreach (var trouble in wrong)
        {
            terminal.Line($"{trouble.Sign} [bold]{Terminal.Safe(trouble.Who)}[/]{Terminal.Escape(": ")}{Terminal.Safe(trouble.Text)}");
            // A command is never cut: somebody copies it.
            if (trouble.Next is { } next) terminal.Line(
                $"    {(trouble.On is { } on ? $"on {Terminal.Safe(on)}" : "do")}  [bold]{Terminal.Safe(next)}[/]");
        }

        if (wrong.Count == 0) terminal.Line(matrix.Pairs.Count == 0
            ? "[green]✓ this node reports[/]" + Terminal.Escape("; a second one: auxo agent token NAME")
            : "[green]✓ every node sees every other[/]");
    }
}
