using System.Text;
using System.Text.Json;

namespace Auxo.Reports.Reading;

/// <summary>JSON files, bounded in depth and number of values before any of them is kept.</summary>
internal static class JsonText
{
    /// <summary>Some tools write several values into one file.</summary>
    internal static readonly JsonReaderOptions Lenient = new()
    {
        MaxDepth = ReportLimits.Depth, AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly JsonDocumentOptions Document = new() { MaxDepth = ReportLimits.Depth };

    /// <summary>The value of a file that holds one.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        var text = WithoutMark(content);
        var json = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = ReportLimits.Depth });
        var values = 0;
        while (json.Read())
        {
            if (++values > ReportLimits.Elements) throw new ContentException($"more than {ReportLimits.Elements} values");
        }

        return JsonDocument.Parse(text, Document);
    }

    /// <summary>The values of a file that holds one after the other, each on its line or with a NUL behind it.</summary>
    /// <returns>Each is valid until the next is asked for.</returns>
    public static IEnumerable<JsonElement> Values(ReadOnlyMemory<byte> content)
    {
        var rest = WithoutMark(content);
        var (line, values) = (0, 0);
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOfAny((byte)'\n', (byte)0);
            var part = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line++;
            if (part.Span.Trim(" \t\r"u8).IsEmpty) continue;
            if (++values > ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} values");
            using var value = Read(part, line);
            yield return value.RootElement;
        }
    }

    /// <summary>A member of an object; null when it is not there, or null, or this is no object.</summary>
    public static JsonElement? Get(this JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    /// <summary>The same, several levels down.</summary>
    public static JsonElement? Get(this JsonElement value, params ReadOnlySpan<string> names)
    {
        JsonElement? found = value;
        foreach (var name in names) found = found?.Get(name);
        return found;
    }

    /// <summary>The elements of a list; none when this is no list.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement? list)
        => list is { ValueKind: JsonValueKind.Array } ? list.Value.EnumerateArray() : [];

    /// <summary>The members of an object; none when this is no object.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement? value)
        => value is { ValueKind: JsonValueKind.Object } ? value.Value.EnumerateObject() : [];

    /// <summary>A list that has to be there.</summary>
    public static IEnumerable<JsonElement> NeededList(this JsonElement value, string name)
        => value.Get(name) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray()
            : throw new ContentException($"it has no list '{name}'");

    /// <summary>A text or a number as text, cut; null for everything else.</summary>
    public static string? Text(this JsonElement? value, int most = ReportLimits.Name)
        => value switch
        {
            { ValueKind: JsonValueKind.String } text => Words.Clip(String(text), most),
            { ValueKind: JsonValueKind.Number } number => Words.Clip(number.GetRawText(), most),
            _ => null,
        };

    /// <summary>A whole number, also one that is text (<c>"12"</c>; of <c>"12-14"</c> the first); null for everything else.</summary>
    public static int? Number(this JsonElement? value)
        => value switch
        {
            { ValueKind: JsonValueKind.Number } number
                => number.TryGetInt32(out var whole) ? whole : (int)Math.Clamp(number.GetDouble(), int.MinValue, int.MaxValue),
            { ValueKind: JsonValueKind.String } text when int.TryParse(String(text).Split('-')[0], out var whole) => whole,
            _ => null,
        };

    /// <summary>A count that has to be there.</summary>
    public static int Count(this JsonElement? value)
        => value is { ValueKind: JsonValueKind.Number }
            ? Math.Max(0, value.Number() ?? 0)
            : throw new ContentException("a count is no number");

    /// <summary>True only for <c>true</c>.</summary>
    public static bool IsTrue(this JsonElement? value) => value is { ValueKind: JsonValueKind.True };

    private static string String(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a character, which JavaScript writes as it is.
            return text.GetRawText().Trim('"');
        }
    }

    private static JsonDocument Read(ReadOnlyMemory<byte> part, int line)
    {
        try
        {
            return JsonDocument.Parse(part, Document);
        }
        catch (JsonException e)
        {
            throw new ContentException($"broken JSON in value {line}, byte {e.BytePositionInLine + 1} of it");
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content)
        => content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content;
}
