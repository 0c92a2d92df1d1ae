using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Gate;

/// <summary><c>auxo gate check [COMMIT]</c></summary>
internal static class CheckGate
{
    public static Command Create(CliHost host)
    {
        var commit = new Argument<string>("commit")
        {
            Description = "What would become the default branch, as git names it", DefaultValueFactory = static _ => "HEAD",
        };
        return new Command("check", "Ask whether a commit of this folder may be merged; exit code 1 if not") { commit }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(commit), ct));
    }

    private static async Task<int> RunAsync(Session session, string revision, CancellationToken ct)
    {
        var tree = await WorkTree.FindAsync(session.Host.WorkingFolder, url: null, ct);
        var equal = await tree.EqualAsync(revision, ct);
        var answer = await session.Clients.Pipeline.GateAsync(tree.Rid, equal, ct);
        var terminal = session.Terminal;
        if (terminal.Json) terminal.WriteJson(answer);
        else terminal.Line($"{(answer.Passed ? "[green]✓[/]" : "[red]✗[/]")} {equal[0][..7]}: {Terminal.Safe(answer.Reason)}");
        return answer.Passed ? ExitCode.Ok : ExitCode.Negative;
    }
}
