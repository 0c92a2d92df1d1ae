using System.CommandLine;
using System.Globalization;

using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify channels [set|remove|secret]</c>: how people and programs are reached.</summary>
internal static class ChannelsCommand
{
    public static Command Create(CliHost host) => new Command("channels", "Show the channels by which people and programs are reached")
    {
        SetChannelCommand.Create(host),
        Named(host, "remove", "Remove a channel that no route leads to", RemoveAsync),
        Named(host, "secret", "Make a new signing secret of a webhook; for a day both sign", RotateAsync),
    }.Does(host, static (_, session, ct) => ListAsync(session, ct));

    private static Command Named(CliHost host, string verb, string description, Func<Session, string, CancellationToken, Task<int>> run)
    {
        var name = new Argument<string>("name") { Description = "The channel" };
        return new Command(verb, description) { name }.Does(host, (parsed, session, ct) => run(session, parsed.GetRequiredValue(name), ct));
    }

    private static async Task<int> ListAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Notify.ChannelsAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line(
                "No channel yet. Such as: auxo notify channels set team --slack https://…, or --email "
                    + "you@example.org --smtp mail.example.org --from auxo@example.org");
            return ExitCode.Ok;
        }

        var columns = new Columns(4, "NAME", "KIND", "WAITING", "LAST", "TARGET") { Wraps = true };
        foreach (var channel in page.Items)
        {
            columns.Add(
                new Cell(channel.Name, "bold"), channel.Kind, channel.Waiting.ToString(CultureInfo.InvariantCulture),
                Words.Ago(terminal.Now, channel.LastDeliveredAt),
                channel.Problem is null
                    ? channel.Target
                    : new Cell($"{channel.Target}: {channel.Problem}", channel.Enabled ? "yellow" : "red"));
        }

        columns.Write(terminal);
        if (page.Items.Sum(static c => c.Dead) is > 0 and var dead) terminal.Line(
            $"[yellow]{dead} given up[/]; why: auxo notify deliveries --state dead");
        return ExitCode.Ok;
    }

    private static async Task<int> RemoveAsync(Session session, string name, CancellationToken ct)
    {
        await session.Clients.Notify.RemoveChannelAsync(name, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name });
        else session.Terminal.Line($"{Terminal.Safe(name)} is gone; what waited for it is given up and can be seen.");
        return ExitCode.Ok;
    }

    private static async Task<int> RotateAsync(Session session, string name, CancellationToken ct)
    {
        var secret = await session.Clients.Notify.RotateAsync(name, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(secret);
        else session.Terminal.Line(
            $"secret  {Terminal.Safe(secret.Secret)}   [dim](shown this once; the old one signs too until "
                + $"{secret.OldUntil:yyyy-MM-dd HH:mm} UTC)[/]");
        return ExitCode.Ok;
    }
}
