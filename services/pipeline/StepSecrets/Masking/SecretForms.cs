using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Auxo.Pipeline.StepSecrets.Masking;

/// <summary>The bytes by which a value may show itself in what a step prints.</summary>
internal static class SecretForms
{
    /// <summary>What is shorter would hide too much else.</summary>
    public const int MinBytes = 4;

    /// <summary>A longer form is cut into pieces of so many bytes, so that no more than that has to be held back.</summary>
    public const int MaxBytes = 256;

    /// <summary>
    /// What programs leave as it is in a URL, besides letters and digits: RFC 3986, JavaScript (encodeURIComponent, encodeURI), Python
    /// (quote), .NET (UrlEncode), forms and PHP.
    /// </summary>
    private static readonly string[] Unreserved =
        ["-_.~", "-_.~!*'()", "-_.~!*'();/?:@&=+$,#", "-_.~/", "-_.!*()", "-_.*", "-_."];

    /// <summary>
    /// As it is, as each of its lines, and as JSON, URLs, HTML and shells write both; the whole in base64 (wherever in a longer text it
    /// begins, in both alphabets) and in hexadecimal digits. Without line ends: a form is found over the ends of lines, too.
    /// </summary>
    public static IEnumerable<byte[]> Of(string value)
    {
        var whole = value.Trim();
        var lines = whole.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var texts = lines.Where(static line => Encoding.UTF8.GetByteCount(line) >= MinBytes).Append(whole)
            .SelectMany(Written).Concat(Encoded(Encoding.UTF8.GetBytes(whole)));
        return texts.Select(static text => text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal).SelectMany(static text => Pieces(Encoding.UTF8.GetBytes(text)));
    }

    private static IEnumerable<string> Written(string text)
    {
        yield return text;
        yield return JsonEncodedText.Encode(text).Value;
        yield return WebUtility.HtmlEncode(text);
        yield return text.Replace("'", "'\\''", StringComparison.Ordinal);
        yield return Escaped(text, static c => c is '"' or '$' or '`' or '\\');
        yield return Escaped(text, static c => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c) && !"_@%+=:,./-".Contains(c));
        foreach (var json in (string[])[Json(text, ""), Json(text, "/"), Json(text, "<>&")]) yield return json;
        foreach (var digits in (string[])["x4", "X4"])
        {
            yield return Numbered(Json(text, ""), digits, '\x80');
            yield return Numbered(Json(text, ""), digits, '\ud800');
        }

        foreach (var unreserved in Unreserved)
        {
            foreach (var digits in (string[])["X2", "x2"])
            {
                yield return Percent(text, unreserved, digits, "%20");
                yield return Percent(text, unreserved, digits, "+");
            }
        }
    }

    private static IEnumerable<string> Encoded(byte[] bytes)
    {
        yield return Convert.ToHexStringLower(bytes);
        yield return Convert.ToHexString(bytes);
        for (var before = 0; before < 3; before++)
        {
            // A character stands for six bits: only those count that have no bit of what is before or behind.
            var first = (before * 8 + 5) / 6;
            var end = (before + bytes.Length) * 8 / 6;
            var text = Convert.ToBase64String([.. new byte[before], .. bytes])[first..end];
            yield return text;
            yield return text.Replace('+', '-').Replace('/', '_');
        }
    }

    private static IEnumerable<byte[]> Pieces(byte[] form)
    {
        if (form.Length < MinBytes) yield break;
        for (var at = 0; at + MaxBytes < form.Length; at += MaxBytes) yield return form[at..(at + MaxBytes)];
        yield return form[^Math.Min(form.Length, MaxBytes)..];
    }

    private static string Escaped(string text, Func<char, bool> isSpecial)
        => string.Concat(text.Select(c => isSpecial(c) ? $"\\{c}" : c.ToString()));

    /// <summary>What every writer of JSON escapes, and these besides: <c>/</c> as <c>\/</c>, others by their number.</summary>
    private static string Json(string text, string others)
        => string.Concat(text.Select(c => c switch
        {
            '"' or '\\' => $"\\{c}",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\b' => "\\b",
            '\f' => "\\f",
            '/' when others == "/" => "\\/",
            _ when c < ' ' || others.Contains(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            _ => c.ToString(),
        }));

    /// <summary>Characters from this one on by their numbers.</summary>
    private static string Numbered(string text, string digits, char from)
        => string.Concat(text.Select(c => c < from ? c.ToString() : "\\u" + ((int)c).ToString(digits, CultureInfo.InvariantCulture)));

    private static string Percent(string text, string unreserved, string digits, string blank)
        => string.Concat(Encoding.UTF8.GetBytes(text).Select(b
            => b == ' ' ? blank
                : char.IsAsciiLetterOrDigit((char)b) || unreserved.Contains((char)b) ? ((char)b).ToString()
                : "%" + b.ToString(digits, CultureInfo.InvariantCulture)));
}
