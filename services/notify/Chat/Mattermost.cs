using System.Globalization;
using System.Text.Json.Nodes;

namespace Auxo.Notify.Chat;

/// <summary>
/// What Mattermost and Rocket.Chat read of Slack's form: <c>text</c> and attachments with fields, in Markdown and without blocks.
/// </summary>
internal static class Mattermost
{
    /// <summary>Both put <c>/hooks/</c> into the addresses of their incoming webhooks, Slack does not.</summary>
    public static bool IsAt(Uri url) => url.AbsolutePath.Contains("/hooks/", StringComparison.Ordinal)
        && !url.Host.EndsWith(".slack.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>The card.</summary>
    public static JsonObject Body(Card card)
    {
        var title = $"{card.Mark} {ChatText.Markdown(card.Title, 600)}";
        var attachment = new JsonObject
        {
            ["fallback"] = title,
            ["color"] = string.Create(CultureInfo.InvariantCulture, $"#{card.Colour:X6}"),
            ["text"] = card.Form ?? string.Join('\n', card.Shown.Select(static line => $"• {ChatText.Markdown(line, 600)}")),
            ["fields"] = new JsonArray([.. (card.Form is null ? card.Fields : []).Select(static f => new JsonObject
            {
                ["title"] = f.Name, ["value"] = ChatText.Markdown(f.Value, 400), ["short"] = true,
            })]),
            ["footer"] = $"Auxo, {ChatText.Plain(card.Type, 100)}",
        };
        if (card.Url is { } url) (attachment["title"], attachment["title_link"]) = ("Read on", url.AbsoluteUri);
        return new JsonObject { ["text"] = title, ["attachments"] = new JsonArray(attachment) };
    }
}
