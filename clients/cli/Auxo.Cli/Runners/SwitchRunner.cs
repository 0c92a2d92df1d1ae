using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner pause|resume|drain NAME</c></summary>
internal static class SwitchRunner
{
    public static Command Create(CliHost host, string verb, string description, string done)
    {
        var name = RunnerCommand.Name();
        return new Command(verb, description) { name }.Does(host, async (parsed, session, ct) =>
        {
            var runner = await session.Clients.Pipeline.SwitchRunnerAsync(parsed.GetRequiredValue(name), verb, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(runner);
            else session.Terminal.Line($"[green]✓[/] Runner {Terminal.Safe(runner.Name)} {done}.");
            return ExitCode.Ok;
        });
    }
}
