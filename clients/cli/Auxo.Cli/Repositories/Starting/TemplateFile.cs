using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>A file to be written.</summary>
/// <param name="Path">As seen from the top of the repository.</param>
/// <param name="Content">Its bytes; empty for a link.</param>
/// <param name="IsExecutable">It is run.</param>
/// <param name="Target">Where a symbolic link points; null for a file.</param>
internal sealed partial record TemplateFile(string Path, ReadOnlyMemory<byte> Content, bool IsExecutable, string? Target = null)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text; null for a link and for what is none.</summary>
    public string? Text => Target is null ? TextOf(Content) : null;

    /// <summary>The file with the words replaced, in its name and, where it is a text, in its content.</summary>
    /// <param name="values">By the names that stand between braces; others are left as they are.</param>
    public TemplateFile Filled(IReadOnlyDictionary<string, string> values)
    {
        var path = Fill(Path, values, static value => value);
        if (Text is not { } text) return this with { Path = path };
        return this with { Path = path, Content = Strict.GetBytes(Fill(text, values, Escape(path))) };
    }

    /// <summary>Why a path can be no file of a repository; null when it can.</summary>
    /// <param name="path">As seen from the top of the repository.</param>
    /// <param name="isLink">It is a symbolic link.</param>
    public static string? Refuse(string path, bool isLink = false)
    {
        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..") return "it is no name of a file";
            if (IsGits(part, ".git") || IsGits(part, "git~1")) return "git keeps its own things under this name";
            if (isLink && (IsGits(part, ".gitmodules") || IsGits(part, "gitmod~1"))) return "git takes no link of this name";
            if (part.Any(static c => char.IsControl(c) || c is '\\' or '\uFFFD'))
                return "its name has characters that names of files should not have";
            if (Encoding.UTF8.GetByteCount(part) > 255) return "its name is too long";
        }

        return null;
    }

    /// <summary>
    /// git refuses its own names in all the ways that some system takes for the same: Windows leaves out spaces and dots at the end and
    /// what follows a colon, macOS characters that cannot be seen.
    /// </summary>
    private static bool IsGits(string part, string name)
    {
        var seen = string.Concat(part.Where(static c => !IsIgnoredByMac(c)));
        return seen.Split(':')[0].TrimEnd(' ', '.').Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsIgnoredByMac(char c)
        => c is >= '\u200c' and <= '\u200f' or >= '\u202a' and <= '\u202e' or >= '\u206a' and <= '\u206f' or '\ufeff';

    private static string? TextOf(ReadOnlyMemory<byte> content)
    {
        if (content.Span.Contains((byte)0)) return null;
        try
        {
            return Strict.GetString(content.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> values, Func<string, string> escape)
        => Word().Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var value) ? escape(value) : match.Value);

    /// <summary>A description may hold anything: what stands in a text between quotes must not end it.</summary>
    private static Func<string, string> Escape(string path)
        => System.IO.Path.GetExtension(path) switch
        {
            ".json" or ".toml" or ".yaml" or ".yml" => static value => JsonEncodedText.Encode(
                value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
            ".csproj" or ".props" or ".targets" or ".xml" or ".html" or ".svg" => static value => System.Net.WebUtility.HtmlEncode(value),
            _ => static value => value,
        };

    [GeneratedRegex(@"\{\{ ?(?<name>[a-z]{1,20}) ?\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Word();
}
