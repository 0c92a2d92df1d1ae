using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary><c>auxo notify channels set NAME …</c>: makes a channel, or changes it.</summary>
internal static class SetChannelCommand
{
    private const string Kinds = "--slack URL (also Mattermost and Rocket.Chat), --discord URL, --teams URL, --ntfy URL, "
        + "--matrix SERVER with --room and --token-file, --email ADDRESS with --smtp and --from, --webhook URL, or --desktop.";

    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and dashes" };
        var slack = Text("--slack", "The incoming webhook of a channel in Slack, Mattermost or Rocket.Chat");
        var discord = Text("--discord", "The webhook of a channel in Discord");
        var teams = Text("--teams", "The workflow of a channel in Teams that takes webhook requests");
        var ntfy = Text("--ntfy", "A topic at an ntfy server, such as https://ntfy.sh/mytopic");
        var matrix = Text("--matrix", "The home server of a Matrix room, such as https://matrix.example.org");
        var room = Text("--room", "The Matrix room's id, which begins with '!'");
        var token = Text("--token-file", "The file that holds the token, of Matrix or ntfy");
        var webhook = Text("--webhook", "POST to this address, signed (Standard Webhooks); for programs, no chat reads it");
        var format = Text("--format", "Of a webhook's body: standard, or plain as the old scripts had it");
        format.AcceptOnlyFromAmong("standard", "plain");
        var email = new Option<string[]>("--email")
        {
            Description = "Mail to this address (may be repeated)", DefaultValueFactory = static _ => [],
        };
        var smtp = Text("--smtp", "The mail server: host or host:port");
        var from = Text("--from", "The sender of mails");
        var security = Text("--security", "How the mail server is spoken to: start_tls (the default), tls or none");
        security.AcceptOnlyFromAmong("start_tls", "tls", "none");
        var user = Text("--user", "Who logs in at the mail server");
        var password = Text("--password-file", "The file that holds the password");
        var desktop = new Option<bool>("--desktop") { Description = "Show it on the desktop of the machine that Auxo runs on" };
        return new Command("set", "Make a channel, or change it; what is left out stays")
        {
            name, slack, discord, teams, ntfy, matrix, room, token, webhook, format, email, smtp, from, security, user, password, desktop,
        }
            .Does(host, (parsed, session, ct) =>
            {
                var (server, port) = Server(parsed.GetValue(smtp));
                var to = parsed.GetValue(email) is { Length: > 0 } given ? given : null;
                var isMail = to is not null || server is not null || parsed.GetValue(from) is not null;
                var isWebhook = parsed.GetValue(webhook) is not null || parsed.GetValue(format) is not null;
                var isMatrix = parsed.GetValue(matrix) is not null || parsed.GetValue(room) is not null;
                var secret = Secret(host, "token", parsed.GetValue(token));
                return RunAsync(
                    session, parsed.GetRequiredValue(name),
                    new ChannelRequest(
                        isWebhook ? new WebhookRequest(parsed.GetValue(webhook), parsed.GetValue(format), Secret: null) : null,
                        isMail
                            ? new EmailRequest(server, port, parsed.GetValue(security), parsed.GetValue(from), to, parsed.GetValue(user),
                                Secret(host, "password", parsed.GetValue(password)))
                            : null,
                        parsed.GetValue(desktop) ? new DesktopRequest() : null, Hook(parsed.GetValue(slack)),
                        Hook(parsed.GetValue(discord)), Hook(parsed.GetValue(teams)),
                        parsed.GetValue(ntfy) is { } topic ? new NtfyRequest(topic, secret) : null,
                        isMatrix ? new MatrixRequest(parsed.GetValue(matrix), parsed.GetValue(room), secret) : null),
                    ct);
            });
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static ChatHookRequest? Hook(string? url) => url is null ? null : new ChatHookRequest(url);

    private static async Task<int> RunAsync(Session session, string name, ChannelRequest request, CancellationToken ct)
    {
        if (request == new ChannelRequest()) throw new CliException(ExitCode.Usage, "What shall the channel be?", $"Give {Kinds}");
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

    private static (string? Host, int? Port) Server(string? text)
    {
        if (text?.LastIndexOf(':') is not (> 0 and var colon)) return (text, null);
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (text[..colon], port)
            : (text, null);
    }

    private static string? Secret(CliHost host, string what, string? file)
    {
        if (file is null) return null;
        try
        {
            return File.ReadAllText(Path.GetFullPath(file, host.WorkingFolder)).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"The {what} file cannot be read: {e.Message}", inner: e);
        }
    }
}
