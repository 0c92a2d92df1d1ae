using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Tokens;

/// <summary><c>auxo token create | list | rotate | revoke</c></summary>
internal static class TokenCommand
{
    public static Command Create(CliHost host) => new("token", "Tokens of people and programs: make, renew, end")
    {
        Make(host), List(host), Rotate(host), Revoke(host),
    };

    /// <summary>Such as <c>30m</c>, <c>12h</c>, <c>90d</c>; a bare number is seconds.</summary>
    /// <exception cref="CliException">It is no duration.</exception>
    public static long Seconds(string text)
    {
        var factor = text.Length == 0
            ? 0
            : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ when char.IsAsciiDigit(text[^1]) => 1, _ => 0 };
        return factor > 0 && long.TryParse(text.TrimEnd('s', 'm', 'h', 'd'), NumberStyles.None,
            CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue
            ? number * factor
            : throw new CliException(ExitCode.Usage, $"'{text}' is no duration.", "Write it as 30m, 12h or 90d.");
    }

    private static Command Make(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "Who holds it: the account that stands in every record of what it did" };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it may, such as registry:read or registry:write:REPOSITORY (may be repeated)", Required = true,
        };
        var expires = new Option<string?>("--expires") { Description = "How long it lasts, such as 90d; without it, forever" };
        var description = new Option<string?>("--description") { Description = "What the account is for" };
        return new Command("create", "Make a token; its text is shown once") { name, scopes, expires, description }
            .Does(host, async (parsed, session, ct) => Show(session, await session.Clients.Registry.CreateTokenAsync(
                new TokenRequest(parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), parsed.GetValue(expires) is { } e
                    ? Seconds(e)
                    : null, parsed.GetValue(description)), ct), old: null));
    }

    private static Command List(CliHost host)
    {
        var all = new Option<bool>("--all") { Description = "Those that have ended too" };
        return new Command("list", "Show the tokens that work") { all }.Does(host, async (parsed, session, ct) =>
        {
            var page = await session.Clients.Registry.TokensAsync(parsed.GetValue(all), ct);
            var terminal = session.Terminal;
            if (terminal.Json)
            {
                terminal.WriteJson(page);
                return ExitCode.Ok;
            }

            var columns = new Columns(2, "NAME", "STATE", "SCOPES", "ENDS", "ID") { Wraps = true };
            foreach (var token in page.Items)
            {
                columns.Add(
                    new Cell(token.Name, "bold"), new Cell(token.ReplacedBy is not null
                        && token.State == "active" ? "replaced" : token.State, token.State == "active" ? null : "dim"),
                    string.Join(' ', token.Scopes), token.ExpiresAt is { } end
                        ? end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                        : "never", token.Id);
            }

            columns.Write(terminal);
            return ExitCode.Ok;
        });
    }

    private static Command Rotate(CliHost host)
    {
        var token = Named();
        var overlap = new Option<string>("--overlap")
        {
            Description = "How long the old one works beside the new one", DefaultValueFactory = static _ => "1h",
        };
        return new Command("rotate", "Make a new token of the same account and scopes; the old one ends a little later") { token, overlap }
            .Does(host, async (parsed, session, ct) =>
            {
                var wanted = parsed.GetRequiredValue(overlap);
                return Show(session, await session.Clients.Registry.RotateTokenAsync(parsed.GetRequiredValue(token),
                    new TokenRotation(Seconds(wanted)), ct), wanted);
            });
    }

    private static Command Revoke(CliHost host)
    {
        var token = Named();
        return new Command("revoke", "End a token now, or all tokens of an account") { token }.Does(host, async (parsed, session, ct) =>
        {
            var text = parsed.GetRequiredValue(token);
            await session.Clients.Registry.RevokeTokenAsync(text, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { revoked = text });
            else session.Terminal.Line(
                $"{Terminal.Safe(text)} has ended: in the registry at once, in the other services within ten seconds.");
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Named() => new("token") { Description = "Its id, or the account's name" };

    private static int Show(Session session, NewToken made, string? old)
    {
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(made);
            return ExitCode.Ok;
        }

        terminal.Line($"token   [bold]{Terminal.Safe(made.Text)}[/]   [dim](shown this once)[/]");
        terminal.Line($"name    {Terminal.Safe(made.Info.Name)}");
        terminal.Line($"scopes  {Terminal.Safe(string.Join(' ', made.Info.Scopes))}");
        terminal.Line(
            $"ends    {(made.Info.ExpiresAt is { } end ? end.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "never")}");
        if (old is not null)
            terminal.Line(Seconds(old) == 0 ? "The old token has ended." : $"The old token ends in {Duration.Of(Seconds(old))}.");
        return ExitCode.Ok;
    }
}
