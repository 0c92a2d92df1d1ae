using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;

namespace Auxo.Notify.Chat;

/// <summary>Discord's webhooks: one embed, in which nobody is called (<c>allowed_mentions</c>).</summary>
public sealed class Discord : ChatService
{
    // Title 256, description 4,096, 25 fields of 256 and 1,024, footer 2,048; 6,000 characters together.
    private const int MaxTotal = 6000;

    /// <inheritdoc/>
    public override ChannelKind Kind => ChannelKind.Discord;

    /// <inheritdoc/>
    public override string Name => "Discord";

    /// <summary>With <c>wait</c> it says whether the message was made, and not only that it was heard.</summary>
    public override string Address(ChatSettings settings, string delivery)
        => settings.Url + (settings.Url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "wait=true";

    /// <inheritdoc/>
    public override bool Fits(JsonObject body, int bytes)
        => body["embeds"]![0]!.AsObject() is var embed
            && Length(embed["title"]) + Length(embed["description"]) + Length(embed["footer"]!["text"])
                + (embed["fields"]?.AsArray().Sum(static f => Length(f!["name"]) + Length(f["value"])) ?? 0) <= MaxTotal
            && Length(embed["description"]) <= 4096;

    /// <inheritdoc/>
    public override JsonObject Body(Card card, ChatSettings settings)
    {
        var embed = new JsonObject
        {
            ["title"] = ChatText.Discord(card.Title, 256),
            ["color"] = card.Colour,
            ["timestamp"] = Senders.StandardWebhook.Time(card.At),
            ["footer"] = new JsonObject { ["text"] = $"Auxo, {ChatText.Plain(card.Type, 100)}" },
        };
        // Nothing that is empty: an empty field is refused with the whole message.
        if (card.Form is { } form) embed["description"] = form;
        else if (card.Shown.Any())
            embed["description"] = string.Join('\n', card.Shown.Select(static line => $"• {ChatText.Discord(line, 600)}"));
        if (card.Form is null && card.Fields.Count > 0)
            embed["fields"] = new JsonArray([.. card.Fields.Select(static f => new JsonObject
            {
                ["name"] = f.Name, ["value"] = ChatText.Discord(f.Value, 400), ["inline"] = true,
            })]);
        if (card.Url is { } url) embed["url"] = url.AbsoluteUri;
        return new JsonObject
        {
            ["content"] = $"{card.Mark} {ChatText.Discord(card.Title, 400)}",
            ["embeds"] = new JsonArray(embed),
            ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() },
        };
    }

    /// <summary>Seconds with fractions.</summary>
    public override TimeSpan? Wish(JsonObject answer)
        => answer["retry_after"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var s)
            && s is >= 0 and < 1e6 ? TimeSpan.FromSeconds(s) : null;

    private static int Length(JsonNode? text) => ((string?)text)?.Length ?? 0;
}
