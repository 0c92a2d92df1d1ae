using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner remove NAME</c>: its token ends, and what it has goes to another machine.</summary>
internal static class RemoveRunner
{
    public static Command Create(CliHost host)
    {
        var name = RunnerCommand.Name();
        return new Command("remove", "Forget it: its token ends, and what it has goes to another machine") { name }
            .Does(host, async (parsed, session, ct) =>
            {
                var text = parsed.GetRequiredValue(name);
                var account = RunnerCommand.AccountOf(text);
                await session.Clients.Pipeline.RemoveRunnerAsync(text, ct);
                if ((await session.Clients.Registry.TokensAsync(all: false, ct)).Items.Any(token => token.Name == account))
                    await session.Clients.Registry.RevokeTokenAsync(account, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = text });
                else session.Terminal.Line($"[green]✓[/] Runner {Terminal.Safe(text)} is removed, and its token has ended.");
                return ExitCode.Ok;
            });
    }
}
