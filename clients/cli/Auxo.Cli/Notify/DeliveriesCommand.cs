using System.CommandLine;
using System.Globalization;

using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify deliveries [ID]</c>: what was sent to whom, and what became of it.</summary>
internal static class DeliveriesCommand
{
    public static Command Create(CliHost host)
    {
        var id = new Argument<string?>("id") { Description = "One delivery, with its log", Arity = ArgumentArity.ZeroOrOne };
        var channel = new Option<string?>("--channel") { Description = "Only to this channel" };
        var state = new Option<string?>("--state") { Description = "waiting, sending, delivered, dead, or open (waiting and sending)" };
        state.AcceptOnlyFromAmong("waiting", "sending", "delivered", "dead", "open");
        var limit = new Option<int>("--limit") { Description = "How many", DefaultValueFactory = static _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    || n is < 1 or > 200)) result.AddError("--limit is between 1 and 200.");
        });
        return new Command("deliveries", "Show what was sent to whom, and what became of it") { id, channel, state, limit }.Does(
            host, (parsed, session, ct) =>
            parsed.GetValue(id) is { } one
                ? ShowAsync(session, one, ct)
                : ListAsync(session, parsed.GetValue(channel), parsed.GetValue(state), parsed.GetValue(limit), ct));
    }

    private static async Task<int> ListAsync(Session session, string? channel, string? state, int limit, CancellationToken ct)
    {
        var page = await session.Clients.Notify.DeliveriesAsync(channel, state, limit, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("Nothing was sent yet. Who would get something: auxo notify routes");
            return ExitCode.Ok;
        }

        var columns = new Columns(4, "STATE", "CHANNEL", "WHEN", "ID", "WHAT") { Wraps = true };
        foreach (var delivery in page.Items)
        {
            columns.Add(
                DeliveryReport.State(delivery), delivery.Channel, Words.Ago(terminal.Now, delivery.CreatedAt),
                delivery.Id.Length > 12 ? delivery.Id[..12] : delivery.Id,
                delivery.State == "delivered" || delivery.Reason is null ? delivery.Title : $"{delivery.Title}: {delivery.Reason}");
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(Session session, string text, CancellationToken ct)
    {
        var delivery = await session.Clients.Notify.DeliveryAsync(await FindAsync(session, text, ct), ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(delivery);
            return ExitCode.Ok;
        }

        terminal.Line($"[bold]{Terminal.Safe(delivery.Title)}[/]");
        var route = delivery.Route is null ? "" : " by the route " + Terminal.Safe(delivery.Route);
        terminal.Line(
            $"  {Terminal.Safe(delivery.Type)} to {Terminal.Safe(delivery.Channel)}{route}  [dim]{Terminal.Safe(delivery.Id)}[/]");
        foreach (var attempt in delivery.Log ?? []) DeliveryReport.Line(terminal, attempt);
        DeliveryReport.End(terminal, delivery);
        return ExitCode.Ok;
    }

    /// <summary>A whole id, or the beginning of one of the newest.</summary>
    internal static async Task<string> FindAsync(Session session, string text, CancellationToken ct)
    {
        var wanted = text.StartsWith("msg_", StringComparison.Ordinal) ? text : "msg_" + text;
        if (wanted.Length == 36) return wanted;
        var found = (await session.Clients.Notify.DeliveriesAsync(channel: null, state: null, limit: 200, ct))
            .Items.Where(d => wanted.Length >= 8 && d.Id.StartsWith(wanted, StringComparison.Ordinal)).ToList();
        return found is [var one]
            ? one.Id
            : throw new CliException(ExitCode.Usage, $"'{text}' fits {found.Count} of the newest deliveries.",
                "'auxo notify deliveries' shows them; give at least 4 digits of one.");
    }
}
