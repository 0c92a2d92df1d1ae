using System.Globalization;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;

namespace Auxo.Notify.Chat;

/// <summary>
/// Slack's incoming webhooks, and those that follow its form: Mattermost and Rocket.Chat, which are known by their addresses
/// (<c>/hooks/…</c>). Words from outside are plain text in every block; only our link is markup.
/// </summary>
public sealed class Slack : ChatService
{
    // Slack counts about 13,200 characters over all blocks; its documentation says 3,000 a section and 2,000 a field.
    private const int MaxBytes = 12_000;
    private const int MaxSection = 3000;

    /// <inheritdoc/>
    public override ChannelKind Kind => ChannelKind.Slack;

    /// <inheritdoc/>
    public override string Name => "Slack";

    /// <inheritdoc/>
    public override bool Fits(JsonObject body, int bytes)
        => bytes <= MaxBytes && (body["attachments"]![0]!["blocks"] as JsonArray ?? [])
            .All(static block => (string?)block!["text"]?["text"] is not { Length: > MaxSection });

    /// <inheritdoc/>
    public override JsonObject Body(Card card, ChatSettings settings)
        => Mattermost.IsAt(new Uri(settings.Url)) ? Mattermost.Body(card) : Blocks(card);

    /// <summary>The colour stands in an attachment; there is no other place for one.</summary>
    private static JsonObject Blocks(Card card)
    {
        var title = $"{card.Mark} {ChatText.Slack(card.Title, 400)}";
        var blocks = new JsonArray();
        if (card.Form is { } form)
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = form } });
        if (card.Form is null && card.Fields.Count > 0)
            blocks.Add(new JsonObject
            {
                ["type"] = "section",
                ["fields"] = new JsonArray([.. card.Fields.Select(static f => Text($"{f.Name}: {ChatText.Slack(f.Value, 500)}"))]),
            });
        var lines = string.Join('\n', card.Shown.Select(static line => ChatText.Slack(line, 600)));
        if (card.Form is null && lines.Length > 0) blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Text(lines) });
        if (card.Url is { } url)
            blocks.Add(new JsonObject
            {
                ["type"] = "section",
                ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = $"<{Link(url)}|Read on>" },
            });
        blocks.Add(new JsonObject
        {
            ["type"] = "context", ["elements"] = new JsonArray(Text($"Auxo, {ChatText.Slack(card.Type, 100)}")),
        });
        return new JsonObject
        {
            ["text"] = title,
            ["mrkdwn"] = false,
            ["unfurl_links"] = false,
            ["unfurl_media"] = false,
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["color"] = string.Create(CultureInfo.InvariantCulture, $"#{card.Colour:X6}"),
                ["fallback"] = title,
                ["blocks"] = blocks,
            }),
        };
    }

    private static JsonObject Text(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = false };

    /// <summary>An address holds neither angle brackets nor the bar: both are escaped in it.</summary>
    private static string Link(Uri url) => url.AbsoluteUri.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("|", "%7C", StringComparison.Ordinal).Replace("<", "%3C", StringComparison.Ordinal)
        .Replace(">", "%3E", StringComparison.Ordinal);
}
