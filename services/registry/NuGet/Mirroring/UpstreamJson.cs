using System.Text.Json;

namespace Auxo.Registry.NuGet.Mirroring;

/// <summary>Members of upstream's documents: what is of another kind than it has to be counts as not there.</summary>
internal static class UpstreamJson
{
    public static string? Text(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    /// <summary>An address that may be asked: never one that is less safe than the document's own.</summary>
    public static Uri? Address(JsonElement parent, string name, Uri from)
        => Text(parent, name) is { } text && Uri.TryCreate(from, text, out var address)
            && (address.Scheme == "https" || address.Scheme == "http" && from.Scheme == "http") ? address : null;

    public static bool TryList(JsonElement parent, string name, out IReadOnlyList<JsonElement> items)
    {
        items = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list)
            && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null!;
        return items is not null;
    }

    public static IReadOnlyList<JsonElement> List(JsonElement parent, string name) => TryList(parent, name, out var items) ? items : [];

    public static DateTimeOffset? Time(JsonElement parent, string name)
        => DateTimeOffset.TryParse(Text(parent, name), out var at) ? at : null;
}
