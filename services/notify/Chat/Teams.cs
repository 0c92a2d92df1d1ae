using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Chat;

/// <summary>
/// A Teams workflow ("Post to a channel when a webhook request is received") that takes an Adaptive Card. Words from outside stand
/// in text runs, in which Markdown does not count.
/// </summary>
public sealed partial class Teams : ChatService
{
    // The documentation says 28 KB; messages beyond 21,000 bytes were seen to be refused.
    private const int MaxBytes = 20_000;

    /// <inheritdoc/>
    public override ChannelKind Kind => ChannelKind.Teams;

    /// <inheritdoc/>
    public override string Name => "Teams";

    /// <inheritdoc/>
    public override bool Fits(JsonObject body, int bytes) => bytes <= MaxBytes;

    /// <inheritdoc/>
    public override JsonObject Body(Card card, ChatSettings settings)
    {
        var colour = card.Level switch { Level.Critical => "attention", Level.Warning => "warning", _ => "good" };
        var title = Runs(Run($"{card.Mark} {card.Title}", bold: true, colour));
        var parts = new JsonArray(new JsonObject { ["type"] = "Container", ["style"] = colour, ["items"] = new JsonArray(title) });
        if (card.Form is { } form) parts.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = form, ["wrap"] = true });
        foreach (var field in card.Form is null ? card.Fields : [])
            parts.Add(Runs(Run(field.Name + " ", bold: true), Run(field.Value, bold: false)));
        foreach (var line in card.Form is null ? card.Shown : []) parts.Add(Runs(Run("• " + line, bold: false)));
        parts.Add(Runs(Run($"Auxo, {card.Type}", bold: false)));
        var content = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = parts,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
        };
        if (card.Url is { } url)
            content["actions"] = new JsonArray(
                new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Read on", ["url"] = url.AbsoluteUri });
        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = content,
            }),
        };
    }

    /// <summary>Older connectors answer 200 and say in the body that Teams itself answered otherwise.</summary>
    public override int Status(int status, string excerpt)
        => status == 200 && Behind().Match(excerpt) is { Success: true } match
            ? int.Parse(match.Groups["status"].ValueSpan, CultureInfo.InvariantCulture)
            : status;

    private static JsonObject Runs(params JsonNode[] runs) => new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text, bool bold, string? colour = null)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = text };
        if (bold) run["weight"] = "bolder";
        if (colour is not null) run["color"] = colour;
        return run;
    }

    [GeneratedRegex("HTTP error (?<status>[1-5][0-9]{2})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Behind();
}
