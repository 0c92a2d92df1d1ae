using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh.Agents;

/// <summary><c>auxo agent token NAME</c>: on the main machine; a token that can report for one node and do nothing else.</summary>
internal static class MakeAgentToken
{
    /// <summary>All that the token may.</summary>
    public const string Scope = "metrics:report";

    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "What the node is called in the mesh, such as ann-laptop" };
        return new Command("token", "Make the token by which a node reports, which is shown once; for one that has one, a new one") { name }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(name), ct));
    }

    /// <summary>The account of a node's token.</summary>
    public static string AccountOf(string name) => "agent-" + name;

    private static async Task<int> RunAsync(Session session, string name, CancellationToken ct)
    {
        var account = AccountOf(name);
        // A token that was made before is worth nothing any more.
        if ((await session.Clients.Registry.TokensAsync(all: false, ct)).Items.Any(token => token.Name == account))
            await session.Clients.Registry.RevokeTokenAsync(account, ct);
        var made = await session.Clients.Registry.CreateTokenAsync(
            new TokenRequest(account, [Scope], ExpiresInSeconds: null, "Reports how a node is"), ct);
        var terminal = session.Terminal;
        var url = session.Clients.Instance.Endpoints["metrics"].AbsoluteUri.TrimEnd('/');
        if (terminal.Json)
        {
            terminal.WriteJson(new { name, account, scopes = new[] { Scope }, token = made.Text, url });
            return ExitCode.Ok;
        }

        terminal.Line($"[green]✓[/] {Terminal.Safe(name)} may report. On its machine:");
        terminal.Line($"    auxo agent join {Terminal.Safe(url)} {Terminal.Safe(made.Text)}");
        terminal.Line("    auxo agent install");
        terminal.Line(
            "  [dim]The token is shown this once. The address must be one that the other machine reaches: docs/node-setup.md.[/]");
        return ExitCode.Ok;
    }
}
