using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>Reads the JSON of strangers: every wrong type, missing member or broken text is a <see cref="CobFormatException"/>.</summary>
internal static class CobJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json, Strict);
        }
        catch (JsonException e)
        {
            throw new CobFormatException($"It is not valid JSON: {e.Message}", e);
        }
    }

    public static JsonElement Object(JsonElement element)
        => element.ValueKind == JsonValueKind.Object ? element : throw new CobFormatException("It is no JSON object.");

    public static JsonElement Member(JsonElement element, string name)
        => Object(element).TryGetProperty(name, out var value) ? value : throw new CobFormatException($"The member '{name}' is missing.");

    /// <summary>A member that may be absent or null.</summary>
    public static JsonElement? Optional(JsonElement element, string name)
        => Object(element).TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new CobFormatException("A text was expected.");
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, or bytes that are not UTF-8.
            throw new CobFormatException("A text is not valid Unicode.", e);
        }
    }

    public static string Text(JsonElement element, string name) => Text(Member(element, name));

    public static string? OptionalText(JsonElement element, string name) => Optional(element, name) is { } value ? Text(value) : null;

    public static bool Flag(JsonElement element, string name)
        => Member(element, name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new CobFormatException($"The member '{name}' is neither true nor false."),
        };

    public static int Number(JsonElement element, string name)
    {
        var value = Member(element, name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw new CobFormatException($"The member '{name}' is no number.");
    }

    public static CommitId Oid(JsonElement value)
        => CommitId.TryParse(Text(value), provider: null, out var id)
            ? id
            : throw new CobFormatException("An object id of 40 hex digits was expected.");

    public static CommitId Oid(JsonElement element, string name) => Oid(Member(element, name));

    public static CommitId? OptionalOid(JsonElement element, string name) => Optional(element, name) is { } value ? Oid(value) : null;

    /// <summary>For looks ahead: null when there is no such member or it is no object id.</summary>
    public static CommitId? TryOid(JsonElement element, string name)
    {
        try
        {
            return OptionalOid(element, name);
        }
        catch (CobFormatException)
        {
            // Whoever applies the action meets the same problem and reports it.
            return null;
        }
    }

    public static Did Did(JsonElement value)
        => Contracts.Did.TryParse(Text(value), provider: null, out var did) ? did : throw new CobFormatException("A DID was expected.");

    public static IReadOnlyList<T> List<T>(JsonElement value, Func<JsonElement, T> read)
        => value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(read)]
            : throw new CobFormatException("A list was expected.");

    public static IReadOnlyList<T> OptionalList<T>(JsonElement element, string name, Func<JsonElement, T> read)
        => Optional(element, name) is { } value ? List(value, read) : [];
}
