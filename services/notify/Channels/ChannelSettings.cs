using System.Text.Json.Serialization;

using Npgsql;

namespace Auxo.Notify.Channels;

/// <summary>What the body of a webhook looks like.</summary>
public enum WebhookFormat
{
    /// <summary><c>{type, timestamp, data}</c>, as Standard Webhooks say.</summary>
    Standard,

    /// <summary>The flat object of the old scripts.</summary>
    Plain,
}

/// <summary>How a mail server is spoken to.</summary>
public enum MailSecurity
{
    /// <summary>STARTTLS, and nothing is sent without it.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually on port 465.</summary>
    Tls,

    /// <summary>In the clear; for a server on the same machine.</summary>
    None,
}

/// <summary>A secret that signs, until its end.</summary>
/// <param name="Secret"><c>whsec_…</c>.</param>
/// <param name="Until">The first instant at which it signs no more; null for never.</param>
public sealed record SigningSecret(string Secret, DateTimeOffset? Until)
{
    /// <summary>Secrets do not print themselves.</summary>
    public override string ToString() => "***";
}

/// <summary>Of a webhook channel.</summary>
/// <param name="Url">Where it posts; at many receivers a secret by itself.</param>
/// <param name="Format">Of the body.</param>
/// <param name="Secrets">The newest first.</param>
public sealed record WebhookSettings(string Url, WebhookFormat Format, IReadOnlyList<SigningSecret> Secrets)
{
    /// <summary>Nor does what holds one.</summary>
    public override string ToString() => "***";
}

/// <summary>Of an e-mail channel.</summary>
/// <param name="Host">The mail server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How it is spoken to.</param>
/// <param name="From">The sender.</param>
/// <param name="To">Who gets it.</param>
/// <param name="User">Who logs in; null for nobody.</param>
/// <param name="Password">With what.</param>
public sealed record EmailSettings(
    string Host, int Port, MailSecurity Security, string From, IReadOnlyList<string> To, string? User, string? Password)
{
    /// <inheritdoc cref="WebhookSettings.ToString"/>
    public override string ToString() => "***";
}

/// <summary>Of a chat channel.</summary>
/// <param name="Kind">The service.</param>
/// <param name="Url">Where it posts, a secret by itself; with ntfy server and topic, with Matrix the home server.</param>
/// <param name="Room">With Matrix the room.</param>
/// <param name="Token">Who posts, where the address alone does not say it.</param>
public sealed record ChatSettings(ChannelKind Kind, string Url, string? Room = null, string? Token = null)
{
    /// <inheritdoc cref="WebhookSettings.ToString"/>
    public override string ToString() => "***";
}

/// <summary>What a sender needs; the part that fits the channel's kind is set. Lies in a table of its own and is never shown.</summary>
public sealed record ChannelSettings(WebhookSettings? Webhook = null, EmailSettings? Email = null, ChatSettings? Chat = null)
{
    /// <summary>Where it goes, so far as that is no secret: of an URL the host and the last four characters.</summary>
    [JsonIgnore]
    public string Target => this switch
    {
        { Webhook: { } w } => Shown(new Uri(w.Url)),
        { Email: { } e } => $"{string.Join(", ", e.To)} by {e.Host}:{e.Port}",
        { Chat: { Room: { } room } c } => $"{room} at {Shown(new Uri(c.Url))}",
        { Chat: { } c } => Shown(new Uri(c.Url)),
        _ => "this machine's desktop",
    };

    /// <summary>Whether what stands in the form of Slack is read by a program that reads Markdown.</summary>
    [JsonIgnore]
    public bool ReadsMarkdown => Chat is { Kind: ChannelKind.Slack } chat && Auxo.Notify.Chat.Mattermost.IsAt(new Uri(chat.Url));

    /// <summary>Reads a channel's settings; null when it has none.</summary>
    public static async Task<ChannelSettings?> ReadAsync(NpgsqlDataSource source, string channel, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select settings from notify.channel_settings where channel = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = channel });
        return await command.ExecuteScalarAsync(ct) is string json
            ? System.Text.Json.JsonSerializer.Deserialize(json, StoredJson.Default.ChannelSettings)
            : null;
    }

    /// <summary>Writes them with the next save of a session.</summary>
    public NpgsqlBatchCommand Write(string channel, DateTimeOffset now) => new("""
        with lane as (
            insert into notify.channel_lanes (channel) values ($1)
            on conflict (channel) do update set failures = 0, paused_until = null, pause_reason = null)
        insert into notify.channel_settings (channel, settings, updated_at) values ($1, $2::json, $3)
        on conflict (channel) do update set settings = excluded.settings, updated_at = excluded.updated_at
        """)
    {
        Parameters = { new() { Value = channel },
            new() { Value = System.Text.Json.JsonSerializer.Serialize(this, StoredJson.Default.ChannelSettings) }, new() { Value = now } },
    };

    /// <summary>Deletes them with the next save of a session.</summary>
    public static NpgsqlBatchCommand Remove(string channel)
        => new("delete from notify.channel_settings where channel = $1") { Parameters = { new() { Value = channel } } };

    private static string Shown(Uri url)
    {
        var tail = url.PathAndQuery;
        return url.GetLeftPart(UriPartial.Authority) + (tail.Length <= 1 ? "" : tail.Length <= 12 ? "/…" : "/…" + tail[^4..]);
    }
}
