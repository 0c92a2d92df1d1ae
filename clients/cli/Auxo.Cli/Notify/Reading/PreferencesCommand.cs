using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify.Reading;

/// <summary><c>auxo notify prefs show|set|remove [NAME]</c>: how somebody hears of things; without a name whose token it is.</summary>
internal static class PreferencesCommand
{
    private const string Self = "self";

    /// <summary>What clears a list.</summary>
    private const string None = "none";

    public static Command Create(CliHost host)
    {
        var shown = Name();
        var removed = new Argument<string>("name") { Description = "Whose" };
        return new Command("prefs", "Say how you hear of things, or how somebody else does")
        {
            new Command("show", "Show them") { shown }.Does(host, async (parsed, session, ct)
                => Show(session.Terminal, await session.Clients.Notify.ReaderAsync(parsed.GetValue(shown) ?? Self, ct))),
            CreateSet(host),
            new Command("remove", "Forget somebody, and what waits for her digest") { removed }.Does(host, async (parsed, session, ct) =>
            {
                var name = parsed.GetRequiredValue(removed);
                await session.Clients.Notify.RemoveReaderAsync(name, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name });
                else session.Terminal.Line($"Nothing is known of how {Terminal.Safe(name)} reads notifications any more.");
                return ExitCode.Ok;
            }),
        };
    }

    private static Command CreateSet(CliHost host)
    {
        var name = Name();
        var channels = Some("--channel", "A channel by which to hear (may be repeated); those that you do not name are left");
        var level = Text("--min-level", "What is less waits for the digest: info, warning or critical");
        level.AcceptOnlyFromAmong("info", "warning", "critical");
        var own = Text("--own", "Whether to hear of patches that you opened, changed or merged yourself: on or off");
        own.AcceptOnlyFromAmong("on", "off");
        var quiet = Some("--quiet", "Hours in which only what is critical is told, such as 22:00-07:00 (may be repeated); none for none");
        var zone = Text("--zone", "Whose clocks, such as Europe/Berlin");
        var digest = Text("--digest", "One mail with what waited: daily, weekly or off");
        digest.AcceptOnlyFromAmong("daily", "weekly", "off");
        var at = Text("--digest-at", "When, such as 08:00");
        var mute = Some("--mute",
            "What never to hear of: a type such as build.*, repo:NAME or patch:ID (may be repeated); none for nothing");
        var dids = Some("--did", "Her Radicle key (may be repeated); for administrators");
        var handles = Some("--handle", "How CODEOWNERS names her, or a group she is in (may be repeated); for administrators");
        var emails = Some("--email", "An address by which CODEOWNERS names her (may be repeated); for administrators");
        return new Command("set", "Change them; what is left out stays")
        {
            name, channels, level, own, quiet, zone, digest, at, mute, dids, handles, emails,
        }.Does(host, async (parsed, session, ct) => Show(session.Terminal, await session.Clients.Notify.ConfigureAsync(
            parsed.GetValue(name) ?? Self,
            new ReaderRequest(
                Given(parsed.GetValue(dids)), Given(parsed.GetValue(handles)), Given(parsed.GetValue(emails)),
                Given(parsed.GetValue(channels)), parsed.GetValue(level), parsed.GetValue(own) is { } word ? word == "on" : null,
                Given(parsed.GetValue(quiet)), parsed.GetValue(zone), parsed.GetValue(digest), parsed.GetValue(at),
                Given(parsed.GetValue(mute))), ct)));
    }

    private static int Show(Terminal terminal, NotifyReader reader)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(reader);
            return ExitCode.Ok;
        }

        terminal.Line($"[bold]{Terminal.Safe(reader.Name)}[/]");
        Line("channels", reader.Channels.Count == 0 ? "none, so nothing arrives" : string.Join(", ", reader.Channels));
        if (reader.Offered.Except(reader.Channels, StringComparer.Ordinal).Any()) Line("may choose", string.Join(", ", reader.Offered));
        Line("from level", reader.MinLevel);
        Line("own doing", reader.Own ? "on" : "off");
        Line("quiet", reader.Quiet.Count == 0 ? "never" : $"{string.Join(", ", reader.Quiet)} (critical passes)");
        Line("zone", reader.Zone);
        Line("digest", reader.Digest == "off" ? "off" : $"{reader.Digest} at {reader.DigestAt}");
        Line("muted", reader.Mute.Count == 0 ? "nothing" : string.Join(", ", reader.Mute));
        Line("known as", string.Join(", ", [.. reader.Handles.Select(static h => "@" + h), .. reader.Emails, .. reader.Dids]));
        return ExitCode.Ok;

        void Line(string what, string value)
        {
            if (value.Length > 0) terminal.Line($"  [dim]{what,-12}[/]{Terminal.Safe(value)}");
        }
    }

    /// <summary>Null where nothing was said, so that it stays.</summary>
    private static string[]? Given(string[]? values) => values switch { null or [] => null, [None] => [], _ => values };

    private static Argument<string?> Name()
        => new("name") { Description = "Whose; left out, your own", Arity = ArgumentArity.ZeroOrOne };

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<string[]> Some(string name, string description)
        => new(name) { Description = description, DefaultValueFactory = static _ => [] };
}
