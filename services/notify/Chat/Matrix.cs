using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Chat;

/// <summary>
/// A Matrix room, as the user whose token it is. The delivery's id is the transaction's, so a server that has it already shows it
/// once.
/// </summary>
public sealed class Matrix : ChatService
{
    // An event may have 65,536 bytes with all that the server adds.
    private const int MaxBytes = 40_000;

    /// <inheritdoc/>
    public override ChannelKind Kind => ChannelKind.Matrix;

    /// <inheritdoc/>
    public override string Name => "Matrix";

    /// <inheritdoc/>
    public override HttpMethod Method => HttpMethod.Put;

    /// <inheritdoc/>
    public override string Address(ChatSettings settings, string delivery)
        => $"{settings.Url.TrimEnd('/')}/_matrix/client/v3/rooms/{Uri.EscapeDataString(settings.Room!)}/send/m.room.message/{delivery}";

    /// <inheritdoc/>
    public override bool Fits(JsonObject body, int bytes) => bytes <= MaxBytes;

    /// <summary>A notice is shown in silence; what somebody has to act on rings. Nobody is mentioned, whatever the words are.</summary>
    public override JsonObject Body(Card card, ChatSettings settings)
    {
        var lines = card.Fields.Select(static f => $"{f.Name}: {f.Value}").Concat(card.Shown).ToList();
        var items = string.Concat(card.Shown.Select(static line => $"<li>{ChatText.Html(line, 2000)}</li>"));
        var fields = string.Join("<br>", card.Fields.Select(static f
            => $"<b>{f.Name}</b> {ChatText.Html(f.Value, 2000)}"));
        var colour = string.Create(CultureInfo.InvariantCulture, $"#{card.Colour:X6}");
        return new JsonObject
        {
            ["msgtype"] = card.Level == Level.Info ? "m.notice" : "m.text",
            ["body"] = ChatText.Unnamed(string.Join('\n', lines.Prepend($"{card.Mark} {card.Title}")))
                + (card.Url is { } link ? "\n" + link.AbsoluteUri : ""),
            ["format"] = "org.matrix.custom.html",
            ["formatted_body"] = card.Form ?? $"<p>{card.Mark} <font color=\"{colour}\" data-mx-color=\"{colour}\"><b>"
                + $"{ChatText.Html(card.Title, 2000)}</b></font></p>"
                + (fields.Length > 0 ? $"<p>{fields}</p>" : "") + (items.Length > 0 ? $"<ul>{items}</ul>" : "")
                + (card.Url is { } url ? $"<p><a href=\"{System.Net.WebUtility.HtmlEncode(url.AbsoluteUri)}\">Read on</a></p>" : ""),
            ["m.mentions"] = new JsonObject(),
        };
    }

    /// <summary>In milliseconds, from servers that do not send the header yet.</summary>
    public override TimeSpan? Wish(JsonObject answer)
        => answer["retry_after_ms"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && value.TryGetValue<double>(out var ms) && ms is >= 0 and < 1e9 ? TimeSpan.FromMilliseconds(ms) : null;
}
