using System.Text;

namespace Auxo.Notify.Chat;

/// <summary>Words from outside in the languages of chat services: as they are, never as markup, and never longer than allowed.</summary>
internal static class ChatText
{
    /// <summary>Without width: it keeps what follows an at sign from being a name.</summary>
    private const string Break = "\u200B";

    /// <summary>As it is, but for names behind an at sign, which old clients and servers look for in plain words too.</summary>
    public static string Unnamed(string text) => text.Replace("@", "@" + Break, StringComparison.Ordinal);

    /// <summary>As it is.</summary>
    public static string Plain(string text, int max) => Fit(text, max, static rune => rune.ToString());

    /// <summary>
    /// Slack's three characters. With them escaped, <c>&lt;!channel&gt;</c> and <c>&lt;@U123&gt;</c> are words; the break behind
    /// an at sign is for the services that read Slack's form and know names without angle brackets.
    /// </summary>
    public static string Slack(string text, int max) => Fit(text, max, static rune => rune.Value switch
    {
        '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '@' => "@" + Break, _ => rune.ToString(),
    });

    /// <summary>Markdown as Mattermost and Rocket.Chat read it, where <c>~name</c> is a channel and <c>#name</c> a search.</summary>
    public static string Markdown(string text, int max) => Fit(text, max, static rune => rune.Value switch
    {
        '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '@' => "@" + Break,
        '~' or '#' => "\\" + rune + Break,
        '\\' or '`' or '*' or '_' or '[' or ']' or '|' => "\\" + rune,
        _ => rune.ToString(),
    });

    /// <summary>Discord's Markdown, in which <c>&lt;@123&gt;</c>, <c>&lt;#123&gt;</c> and <c>&lt;t:0&gt;</c> are more than words.</summary>
    public static string Discord(string text, int max) => Fit(text, max, static rune => rune.Value switch
    {
        '@' => "@" + Break,
        '\\' or '`' or '*' or '_' or '~' or '[' or ']' or '#' or '|' or '<' or '>' => "\\" + rune,
        _ => rune.ToString(),
    });

    /// <summary>HTML.</summary>
    public static string Html(string text, int max) => Fit(text, max, static rune => rune.Value switch
    {
        '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", '\'' => "&#39;", '@' => "@" + Break, _ => rune.ToString(),
    });

    /// <summary>
    /// Cuts between characters and never in the middle of an escape, and shows that it did. The limit holds for what is sent.
    /// </summary>
    private static string Fit(string text, int max, Func<Rune, string> escape)
    {
        var (fitted, cut) = (new StringBuilder(), -1);
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = escape(rune);
            if (cut < 0 && fitted.Length + piece.Length > max - 1) cut = fitted.Length;
            if (fitted.Length + piece.Length > max) return fitted.ToString(0, cut) + "…";
            fitted.Append(piece);
        }

        return fitted.ToString();
    }
}
