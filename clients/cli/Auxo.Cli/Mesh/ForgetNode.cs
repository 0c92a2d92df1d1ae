using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Mesh;

/// <summary><c>auxo mesh forget NAME</c>: a node that was taken away leaves the matrix, and its token ends.</summary>
internal static class ForgetNode
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "Its name ('auxo mesh status' shows them)" };
        return new Command("forget", "Take a node out of the matrix, and end its token") { name }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(name), ct));
    }

    private static async Task<int> RunAsync(Session session, string name, CancellationToken ct)
    {
        // First the token, so that no report brings it back.
        var account = Agents.MakeAgentToken.AccountOf(name);
        var hadToken = (await session.Clients.Registry.TokensAsync(all: false, ct)).Items.Any(token => token.Name == account);
        if (hadToken) await session.Clients.Registry.RevokeTokenAsync(account, ct);
        try
        {
            await session.Clients.Metrics.ForgetNodeAsync(name, ct);
        }
        catch (CliException e) when (hadToken && e.Code == ExitCode.Negative)
        {
            // It has never reported: its token was all there was.
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(new { name, tokenEnded = hadToken });
        else session.Terminal.Line(
            $"[green]✓[/] {Terminal.Safe(name)} is not in the mesh any more{(hadToken ? "; its token has ended" : "")}.");
        return ExitCode.Ok;
    }
}
