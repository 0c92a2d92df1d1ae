using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

using Auxo.Notify.Channels;

namespace Auxo.Notify.Templates;

/// <summary>
/// Escapes what a template puts out for the language of a channel: words from outside stay words. What the template itself says is markup,
/// and is left as it is.
/// </summary>
internal sealed unsafe class MarkupEncoder(Func<int, string?> escape) : TextEncoder
{
    /// <summary>Without width: it keeps what follows from being a name or a mark.</summary>
    private const string Break = "\u200B";

    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly MarkupEncoder Slack = new(static c => c switch
    {
        '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '@' => "@" + Break,
        '*' or '_' or '~' or '`' => Break + (char)c + Break,
        _ => null,
    });

    private static readonly MarkupEncoder Markdown = new(static c => c switch
    {
        '@' => "@" + Break,
        '&' => "&amp;",
        '\\' or '`' or '*' or '_' or '~' or '[' or ']' or '#' or '|' or '<' or '>' or '!' => "\\" + (char)c,
        _ => null,
    });

    private static readonly MarkupEncoder Plain = new(static _ => null);

    /// <summary>What escapes for a channel.</summary>
    public static TextEncoder Of(ChannelKind kind, bool isMarkdown) => kind switch
    {
        ChannelKind.Email or ChannelKind.Matrix => Html,
        ChannelKind.Webhook => JavaScriptEncoder.Default,
        ChannelKind.Slack when !isMarkdown => Slack,
        ChannelKind.Slack or ChannelKind.Discord or ChannelKind.Teams => Markdown,
        _ => Plain,
    };

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 8;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => escape(unicodeScalar) is not null;

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (var i = 0; i < textLength; i++)
            if (escape(text[i]) is not null) return i;
        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var written = escape(unicodeScalar) ?? new Rune(unicodeScalar).ToString();
        numberOfCharactersWritten = 0;
        if (written.Length > bufferLength) return false;
        foreach (var c in written) buffer[numberOfCharactersWritten++] = c;
        return true;
    }
}
