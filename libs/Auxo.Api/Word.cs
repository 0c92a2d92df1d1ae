using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>A word of a small list, such as a state: read in any spelling, always shown and written as <c>snake_case</c>.</summary>
public sealed class Word : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString() is { } text ? JsonNamingPolicy.SnakeCaseLower.ConvertName(text) : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
