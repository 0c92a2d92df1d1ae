using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Contracts;

/// <summary>An id that is one string on every boundary: parsed once, typed from then on.</summary>
public interface IIdentifier<TSelf> : IParsable<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    /// <summary>The text as it stands in messages, URLs and the database.</summary>
    string Value { get; }
}

internal static class IdentifierText
{
    public static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> Base58 = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
    private static readonly SearchValues<char> GitName = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    public static bool IsBase58(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(Base58);

    /// <summary><c>git:&lt;name&gt;-&lt;8 hex&gt;</c>; the name never starts with a dot, so it is safe as a folder name.</summary>
    public static bool IsPlainGit(string text)
    {
        if (!text.StartsWith("git:", StringComparison.Ordinal) || text.Length is < 14 or > 100) return false;
        var bare = text.AsSpan(4);
        return bare[0] is not ('.' or '-') && bare[^9] == '-' && !bare.ContainsAnyExcept(GitName) && !bare[^8..].ContainsAnyExcept(Hex);
    }

    /// <summary>The name with everything else replaced by dashes; at most 80 characters, never empty.</summary>
    public static string SafeName(string name)
    {
        var safe = string.Concat(name.Select(static c => GitName.Contains(c) ? c : '-')).TrimStart('.', '-');
        return safe.Length switch { 0 => "repository", > 80 => safe[..80], _ => safe };
    }

    public static T Parse<T>(string s, string wanted)
        where T : struct, IParsable<T>
        => T.TryParse(s, provider: null, out var result) ? result : throw new FormatException($"'{s}' is not {wanted}.");
}

/// <summary>Writes an id as its text; reading something that is no such id is a <see cref="JsonException"/>.</summary>
public sealed class IdentifierJson<T> : JsonConverter<T>
    where T : struct, IIdentifier<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && T.TryParse(reader.GetString(), provider: null, out var id)
            ? id
            : throw new JsonException($"Expected a {typeof(T).Name}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => T.TryParse(reader.GetString(), provider: null, out var id) ? id : throw new JsonException($"Expected a {typeof(T).Name}.");

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        => writer.WritePropertyName(value.Value);
}
