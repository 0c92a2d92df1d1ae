using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo runner token NAME</c>: makes the runner known to the pipeline, and its token in the registry.</summary>
internal static class MakeRunnerToken
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "What the machine is called here, such as gpu-1" };
        var labels = new Option<string[]>("--labels")
        {
            Description = "What it has besides its system and processor, separated by commas, such as gpu,fast",
            AllowMultipleArgumentsPerToken = true,
        };
        var only = new Option<bool>("--only") { Description = "It takes only builds whose pipeline file names a label" };
        var noStrangers = new Option<bool>("--no-strangers") { Description = "It takes no builds of authors who are not trusted" };
        return new Command("token", "Make a runner and its token, which is shown once; for one that exists, new labels and a new token")
        {
            name, labels, only, noStrangers,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetRequiredValue(name),
                new RunnerRequest(
                    [.. (parsed.GetValue(labels) ?? []).SelectMany(static text => text.Split(
                        ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                    parsed.GetValue(only), !parsed.GetValue(noStrangers)),
                ct));
    }

    private static async Task<int> RunAsync(Session session, string name, RunnerRequest request, CancellationToken ct)
    {
        var runner = await session.Clients.Pipeline.PutRunnerAsync(name, request, ct);
        var account = RunnerCommand.AccountOf(name);
        // A token that was made before is worth nothing any more.
        if ((await session.Clients.Registry.TokensAsync(all: false, ct)).Items.Any(token => token.Name == account))
            await session.Clients.Registry.RevokeTokenAsync(account, ct);
        var wanted = new TokenRequest(
            account, [$"pipeline:runner:{name}"], ExpiresInSeconds: null, "Runs the steps of builds on another machine");
        var made = await session.Clients.Registry.CreateTokenAsync(wanted, ct);
        var terminal = session.Terminal;
        var url = session.Clients.Instance.Endpoints["pipeline"].GetLeftPart(UriPartial.Authority);
        if (terminal.Json)
        {
            terminal.WriteJson(new { runner, token = made.Text, url });
            return ExitCode.Ok;
        }

        var has = runner.Labels.Count > 0 ? $" ({Terminal.Safe(string.Join(", ", runner.Labels))})" : "";
        terminal.Line($"[green]✓[/] Runner {Terminal.Safe(runner.Name)}{has}");
        terminal.Line("  On the other machine, in a clone of Auxo:");
        terminal.Line($"    ./auxo runner join {Terminal.Safe(url)} {Terminal.Safe(runner.Name)} --token {Terminal.Safe(made.Text)}");
        terminal.Line("    ./auxo runner run");
        terminal.Line("  [dim]The token is shown this once. The address must be one that the other machine reaches: docs/runners.md.[/]");
        return ExitCode.Ok;
    }
}
