using System.CommandLine;
using System.Globalization;

using Auxo.Cli.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify channels [set|remove|secret]</c>: how people and programs are reached.</summary>
internal static class ChannelsCommand
{
    public static Command Create(CliHost host) => new Command("channels", "Show the channels by which people and programs are reached")
    {
        CreateSet(host),
        Named(host, "remove", "Remove a channel that no route leads to", RemoveAsync),
        Named(host, "secret", "Make a new signing secret of a webhook; for a day both sign", RotateAsync),
    }.Does(host, static (_, session, ct) => ListAsync(session, ct));

    private static Command CreateSet(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and dashes" };
        var webhook = new Option<string?>("--webhook") { Description = "POST to this address, signed (Standard Webhooks)" };
        var format = new Option<string?>("--format") { Description = "Of a webhook's body: standard, or plain as the old scripts had it" };
        format.AcceptOnlyFromAmong("standard", "plain");
        var email = new Option<string[]>("--email")
        {
            Description = "Mail to this address (may be repeated)", DefaultValueFactory = static _ => [],
        };
        var smtp = new Option<string?>("--smtp") { Description = "The mail server: host or host:port" };
        var from = new Option<string?>("--from") { Description = "The sender of mails" };
        var security = new Option<string?>("--security")
        {
            Description = "How the mail server is spoken to: start_tls (the default), tls or none",
        };
        security.AcceptOnlyFromAmong("start_tls", "tls", "none");
        var user = new Option<string?>("--user") { Description = "Who logs in at the mail server" };
        var password = new Option<string?>("--password-file") { Description = "The file that holds the password" };
        var desktop = new Option<bool>("--desktop") { Description = "Show it on the desktop of the machine that Auxo runs on" };
        return new Command("set", "Make a channel, or change it; what is left out stays")
        {
            name, webhook, format, email, smtp, from, security, user, password, desktop,
        }
            .Does(host, (parsed, session, ct) =>
            {
                var (server, port) = Server(parsed.GetValue(smtp));
                var isMail = parsed.GetValue(email) is { Length: > 0 } || server is not null || parsed.GetValue(from) is not null;
                var isWebhook = parsed.GetValue(webhook) is not null || parsed.GetValue(format) is not null;
                return SetAsync(
                    session, parsed.GetRequiredValue(name),
                    new ChannelRequest(
                        isWebhook ? new WebhookRequest(parsed.GetValue(webhook), parsed.GetValue(format), Secret: null) : null,
                        isMail ? new EmailRequest(
                            server, port, parsed.GetValue(security), parsed.GetValue(from), parsed.GetValue(email) is { Length: > 0 } to
                                ? to
                                : null, parsed.GetValue(user),
                            Password(host, parsed.GetValue(password))) : null,
                        parsed.GetValue(desktop) ? new DesktopRequest() : null),
                    ct);
            });
    }

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
                "No channel yet. Such as: auxo notify channels set team --webhook https://…, or --email "
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

    private static async Task<int> SetAsync(Session session, string name, ChannelRequest request, CancellationToken ct)
    {
        if (request is { Webhook: null, Email: null, Desktop: null }) throw new CliException(
            ExitCode.Usage, "What shall the channel be?", "Give --webhook URL, or --email ADDRESS with --smtp and --from, or --desktop.");
        var configured = await session.Clients.Notify.ConfigureAsync(name, request, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(configured);
            return ExitCode.Ok;
        }

        terminal.Line(
            $"[green]✓[/] [bold]{Terminal.Safe(configured.Channel.Name)}[/]  {Terminal.Safe(configured.Channel.Kind)}  "
                + $"{Terminal.Safe(configured.Channel.Target)}");
        if (configured.Secret is not null) terminal.Line(
            $"  secret  {Terminal.Safe(configured.Secret)}   [dim](shown this once; the receiver checks signatures with it)[/]");
        terminal.Line(
            $"  try it: auxo notify test {Terminal.Safe(name)}; who gets what: auxo notify routes set NAME --to {Terminal.Safe(name)}");
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

    private static (string? Host, int? Port) Server(string? text)
    {
        if (text?.LastIndexOf(':') is not (> 0 and var colon)) return (text, null);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (text[..colon], port)
            : (text, null);
    }

    private static string? Password(CliHost host, string? file)
    {
        if (file is null) return null;
        try
        {
            return File.ReadAllText(Path.GetFullPath(file, host.WorkingFolder)).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"The password file cannot be read: {e.Message}", inner: e);
        }
    }
}
