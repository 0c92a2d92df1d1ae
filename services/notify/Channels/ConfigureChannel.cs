using System.Security.Claims;
using System.Text.Json.Serialization;

using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Egress;

using Microsoft.AspNetCore.Http.HttpResults;

using MimeKit;

using Npgsql;

namespace Auxo.Notify.Channels;

/// <summary>What a channel shall be; exactly one part is set. Left out are what stays as it is and what has a default.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChannelRequest(
    WebhookRequest? Webhook = null, EmailRequest? Email = null, DesktopRequest? Desktop = null, ChatHookRequest? Slack = null,
    ChatHookRequest? Discord = null, ChatHookRequest? Teams = null, NtfyRequest? Ntfy = null, MatrixRequest? Matrix = null)
{
    /// <summary>How many things it shall be.</summary>
    internal int Parts
        => new object?[] { Webhook, Email, Desktop, Slack, Discord, Teams, Ntfy, Matrix }.Count(static part => part is not null);
}

/// <summary>A webhook.</summary>
/// <param name="Url">Where to post; left out, the one it has.</param>
/// <param name="Format">Of the body; <c>standard</c> by default.</param>
/// <param name="Secret"><c>whsec_…</c>; left out, the one it has, or a new one that is shown once.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WebhookRequest(string? Url = null, WebhookFormat? Format = null, string? Secret = null);

/// <summary>E-mail.</summary>
/// <param name="Host">The mail server.</param>
/// <param name="Port">Left out, 587, with <c>tls</c> 465, with <c>none</c> 25.</param>
/// <param name="Security"><c>start_tls</c> by default.</param>
/// <param name="From">The sender.</param>
/// <param name="To">Who gets it.</param>
/// <param name="User">Who logs in; left out, nobody.</param>
/// <param name="Password">Left out, the one it has.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EmailRequest(
    string? Host = null, int? Port = null, MailSecurity? Security = null, string? From = null,
    IReadOnlyList<string>? To = null, string? User = null, string? Password = null);

/// <summary>This machine's desktop; nothing to say.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DesktopRequest;

/// <summary>A channel and, when Auxo made one, its secret, which is not shown again.</summary>
public sealed record ChannelConfigured(ChannelAnswer Channel, string? Secret);

/// <summary><c>PUT /channels/{name}</c>: makes a channel or changes it.</summary>
public static class ConfigureChannel
{
    /// <summary>How long a replaced secret goes on signing beside the new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>Maps the route.</summary>
    public static void MapConfigureChannel(this IEndpointRouteBuilder app)
        => app.MapPut("/channels/{name}", HandleAsync).WithName("ConfigureChannel").RequireScope(NotifyScopes.Write);

    private static async Task<Results<Created<ChannelConfigured>, Ok<ChannelConfigured>>> HandleAsync(
        string name, ChannelRequest request, ClaimsPrincipal user, IDocumentStore store, NpgsqlDataSource source,
        EgressGuard guard, TimeProvider time, CancellationToken ct)
    {
        if (!Names.IsName(name)) throw new InvalidChannelException($"'{name}' is no name of a channel: {Names.Rule}");
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Channel>(Channel.StreamKey(name), ct);
        var before = stream.Aggregate is { Exists: true } ? await ChannelSettings.ReadAsync(source, name, ct) : null;
        var now = time.GetUtcNow();
        var (settings, kind, shown) = Decide(request, before, guard, now, WebhookSecret.Generate);
        stream.AppendOne(new ChannelEvent.Configured(name, kind, settings.Target, user.Identity?.Name ?? "", now));
        session.QueueSqlCommand(settings.Write(name, now));
        await session.SaveChangesAsync(ct);
        var channel = (stream.Aggregate ?? new Channel()).Apply(new ChannelEvent.Configured(name, kind, settings.Target, "", now));
        var answer = new ChannelConfigured(ChannelAnswer.Of(channel, null), shown);
        return before is null ? TypedResults.Created($"/channels/{name}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>The settings that follow from a request and what there was; and the secret to show, if one was made.</summary>
    /// <exception cref="InvalidChannelException">It cannot be like that.</exception>
    public static (ChannelSettings Settings, ChannelKind Kind, string? Shown) Decide(
        ChannelRequest request, ChannelSettings? before, EgressGuard guard, DateTimeOffset now, Func<string> newSecret)
    {
        if (request.Parts != 1)
            throw new InvalidChannelException(
                "A channel is one thing: give exactly one of 'slack', 'discord', 'teams', 'ntfy', 'matrix', 'email', 'webhook' and "
                    + "'desktop'.");
        switch (request)
        {
            case { Webhook: { } webhook }:
                var secrets = Secrets(webhook.Secret, before?.Webhook?.Secrets, now, newSecret, out var shown);
                var url = Url(webhook.Url ?? before?.Webhook?.Url, guard);
                return (new ChannelSettings(new WebhookSettings(url, webhook.Format
                    ?? before?.Webhook?.Format ?? WebhookFormat.Standard, secrets)), ChannelKind.Webhook, shown);
            case { Email: { } email }:
                return (new ChannelSettings(Email: Mail(email, before?.Email)), ChannelKind.Email, null);
            case { Desktop: not null }:
                return (new ChannelSettings(), ChannelKind.Desktop, null);
            default:
                var chat = ChatRequests.Decide(request, before?.Chat, guard)!;
                return (new ChannelSettings(Chat: chat), chat.Kind, null);
        }
    }

    /// <summary>
    /// A secret that is replaced signs for a while beside the new one, so that receivers can change over without losing
    /// anything.
    /// </summary>
    internal static IReadOnlyList<SigningSecret> Rotate(IReadOnlyList<SigningSecret> before, string secret, DateTimeOffset now)
        => before is [var newest, ..] && newest.Secret != secret
            ? [new SigningSecret(secret, null), newest with { Until = now + Overlap }]
            : [new SigningSecret(secret, null)];

    private static IReadOnlyList<SigningSecret> Secrets(
        string? given, IReadOnlyList<SigningSecret>? before, DateTimeOffset now, Func<string> newSecret, out string? shown)
    {
        shown = null;
        if (given is not null)
        {
            if (WebhookSecret.Key(given) is null) throw new InvalidChannelException(
                "The secret is none of Standard Webhooks: 'whsec_' and base64 of 24 to 64 bytes. Leave it out, and one is made.");
            return before is [var current, ..] && current.Secret == given ? before : Rotate(before ?? [], given, now);
        }

        if (before is { Count: > 0 }) return before;
        shown = newSecret();
        return [new SigningSecret(shown, null)];
    }

    private static string Url(string? url, EgressGuard guard)
    {
        try
        {
            var parsed = guard.Parse(url);
            return ChatRequests.Instead(parsed) is { } instead ? throw new InvalidChannelException(instead) : parsed.AbsoluteUri;
        }
        catch (EgressDeniedException e)
        {
            throw new InvalidChannelException(e.Message);
        }
    }

    private static EmailSettings Mail(EmailRequest email, EmailSettings? before)
    {
        var security = email.Security ?? before?.Security ?? MailSecurity.StartTls;
        var port = email.Port ?? (email.Security is null ? before?.Port : null)
            ?? security switch { MailSecurity.Tls => 465, MailSecurity.None => 25, _ => 587 };
        var host = email.Host ?? before?.Host;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new InvalidChannelException(
            $"'{host}' is no mail server: give its name, such as mail.example.org.");
        if (port is < 1 or > 65535) throw new InvalidChannelException($"{port} is no port.");
        var to = email.To ?? before?.To ?? [];
        if (to.Count is 0 or > 50) throw new InvalidChannelException("'to' lists 1 to 50 addresses.");
        var user = email.User ?? before?.User;
        // Who may change the server must not have the password sent to another one.
        var password = email.Password ?? (user is not null && host == before?.Host ? before!.Password : null);
        if (user is null != password is null) throw new InvalidChannelException(
            "'user' and 'password' belong together; for another mail server give the password again.");
        return new EmailSettings(host!, port, security, Address(email.From ?? before?.From),
            [.. to.Select(Address).Distinct(StringComparer.OrdinalIgnoreCase)], user, password);
    }

    private static string Address(string? text)
        => text is { Length: < 320 } && !text.Any(char.IsControl)
            && MailboxAddress.TryParse(text, out var address) && address.Address.IndexOf('@', StringComparison.Ordinal) > 0
            ? address.ToString()
            : throw new InvalidChannelException($"'{text}' is no e-mail address.");
}
