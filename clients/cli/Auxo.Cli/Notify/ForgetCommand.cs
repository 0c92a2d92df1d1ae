using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary>
/// <c>auxo notify forget ID</c>: delete a delivery that was given up, and its log. One at a time: what reached nobody is not
/// swept away.
/// </summary>
internal static class ForgetCommand
{
    public static Command Create(CliHost host)
    {
        var id = new Argument<string>("id") { Description = "One delivery that was given up" };
        return new Command("forget", "Delete a delivery that was given up and shall not be made again") { id }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(id), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, CancellationToken ct)
    {
        var id = await DeliveriesCommand.FindAsync(session, text, ct);
        await session.Clients.Notify.DeleteAsync(id, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { forgotten = id });
        else session.Terminal.Line($"{Terminal.Safe(id)} is gone; it is not sent any more.");
        return ExitCode.Ok;
    }
}
