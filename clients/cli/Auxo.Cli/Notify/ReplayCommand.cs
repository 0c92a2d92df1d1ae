using System.CommandLine;


namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify replay [ID]</c>: deliver again what was given up, under the same id.</summary>
internal static class ReplayCommand
{
    public static Command Create(CliHost host)
    {
        var id = new Argument<string?>("id") { Description = "One delivery", Arity = ArgumentArity.ZeroOrOne };
        var channel = new Option<string?>("--channel") { Description = "All that was given up for this channel" };
        var all = new Option<bool>("--all") { Description = "All that was given up" };
        return new Command("replay", "Deliver again what was given up, once the cause is mended") { id, channel, all }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetValue(id), parsed.GetValue(channel), parsed.GetValue(all), ct));
    }

    private static async Task<int> RunAsync(Session session, string? id, string? channel, bool all, CancellationToken ct)
    {
        if (new[] { id is not null, channel is not null, all }.Count(static given => given) != 1)
            throw new CliException(ExitCode.Usage, "Which ones?",
                "Give the id of one, or --channel NAME, or --all. 'auxo notify deliveries --state dead' shows them.");
        var notify = session.Clients.Notify;
        var replayed = id is not null
            ? await notify.ReplayAsync(await DeliveriesCommand.FindAsync(session, id, ct), ct)
            : await notify.ReplayAllAsync(channel, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(replayed);
        else session.Terminal.Line(replayed.Count == 0
            ? "Nothing was given up."
            : $"{replayed.Count} on the way again; 'auxo notify deliveries --state open' shows what still waits.");
        return ExitCode.Ok;
    }
}
