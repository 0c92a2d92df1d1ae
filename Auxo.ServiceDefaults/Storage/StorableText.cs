using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// Writes texts as PostgreSQL's <c>jsonb</c> can hold them: the zero character, which it refuses, becomes U+FFFD. A program that
/// prints one, or a file that has one, must not keep what is stored beside it out of the database.
/// </summary>
public sealed class StorableText : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        => writer.WriteStringValue(Storable(value));

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString()!;

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        => writer.WritePropertyName(Storable(value));

    private static string Storable(string text)
        => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
}
