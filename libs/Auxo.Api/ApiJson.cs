using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Auxo.Api;

/// <summary>One way to read and write JSON, for the services and for <c>--json</c>.</summary>
public static class ApiJson
{
    /// <summary>Camel case, unknown members ignored, absent ones left out; text stays readable (this is no HTML).</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatIsNotNullable } },
    };

    /// <summary>A part that an answer lacks is said with its name, where it is read; not much later as a null nobody looked for.</summary>
    private static void RequireWhatIsNotNullable(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(static p => IsNeeded(p))) property.IsRequired = true;
    }

    /// <summary>True of what a reader of the answer takes for given.</summary>
    public static bool IsNeeded(JsonPropertyInfo property)
        => property.AssociatedParameter is { } parameter
            ? property.Set is not null && parameter is { IsNullable: false, HasDefaultValue: false }
            : property.IsRequired;
}

/// <summary>A word of a small list, such as a state: read in any spelling, always shown and written as <c>snake_case</c>.</summary>
public sealed class Word : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString() is { } text ? JsonNamingPolicy.SnakeCaseLower.ConvertName(text) : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
