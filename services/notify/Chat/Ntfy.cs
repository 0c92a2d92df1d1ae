using System.Text;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Chat;

/// <summary>A topic at an ntfy server. It knows no markup unless it is asked for, and priorities instead of colours.</summary>
public sealed class Ntfy : ChatService
{
    // A longer message becomes a file.
    private const int MaxMessageBytes = 4096;

    /// <inheritdoc/>
    public override ChannelKind Kind => ChannelKind.Ntfy;

    /// <inheritdoc/>
    public override string Name => "ntfy";

    /// <summary>The JSON form goes to the server's root; the topic stands in it.</summary>
    public override string Address(ChatSettings settings, string delivery) => settings.Url[..(settings.Url.LastIndexOf('/') + 1)];

    /// <inheritdoc/>
    public override bool Fits(JsonObject body, int bytes) => Encoding.UTF8.GetByteCount((string)body["message"]!) <= MaxMessageBytes;

    /// <inheritdoc/>
    public override JsonObject Body(Card card, ChatSettings settings)
    {
        var fields = string.Join(", ", card.Fields.Select(static f => $"{f.Name}: {f.Value}"));
        var message = string.Join('\n', card.Shown.Append(fields).Where(static line => line.Length > 0));
        var body = new JsonObject
        {
            ["topic"] = settings.Url[(settings.Url.LastIndexOf('/') + 1)..],
            ["title"] = ChatText.Plain(card.Title, 250),
            ["message"] = card.Form ?? (message.Length > 0 ? message : card.Type),
            ["priority"] = card.Level switch { Level.Critical => 5, Level.Warning => 4, _ => 3 },
            ["tags"] = new JsonArray(
                card.Level switch { Level.Critical => "rotating_light", Level.Warning => "warning", _ => "white_check_mark" }, card.Type),
        };
        if (card.Url is { } url) body["click"] = url.AbsoluteUri;
        return body;
    }
}
