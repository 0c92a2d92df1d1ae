using System.Text.Json;

namespace Auxo.Locks;

/// <summary>Lock files that are JSON, from strangers: whatever stands in them is read or refused in words.</summary>
public static class LockJson
{
    /// <summary>More packages than that has no program.</summary>
    public const int MaxPackages = 50_000;

    /// <exception cref="LockFormatException">It is no JSON object.</exception>
    public static JsonDocument Parse(string text, int maxDepth = 64, bool commas = false)
    {
        try
        {
            var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth, AllowTrailingCommas = commas });
            if (json.RootElement.ValueKind == JsonValueKind.Object) return json;
            json.Dispose();
            throw new LockFormatException("it is no JSON object");
        }
        catch (JsonException e)
        {
            throw new LockFormatException($"it is no JSON (line {e.LineNumber + 1 ?? 1})");
        }
    }

    /// <exception cref="LockFormatException">It has no members.</exception>
    public static IEnumerable<JsonProperty> Members(JsonElement element, string what)
        => element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject()
            : throw new LockFormatException($"'{what}' is no mapping");

    /// <summary>A text of a mapping; null when there is none.</summary>
    public static string? Text(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A whole number of a mapping; null when there is none.</summary>
    public static long? Number(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <exception cref="LockFormatException">There are too many.</exception>
    public static void Add(List<LockedPackage> found, LockedPackage package)
    {
        if (found.Count == MaxPackages) throw new LockFormatException($"it names more than {MaxPackages} packages");
        if (package.IsOfRegistry) found.Add(package);
    }
}
