using System.Text.Json;

namespace Auxo.Console.Description;

/// <summary>A value that a route takes, or a member of what it takes or answers.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type">In words, such as <c>string (uuid)</c>, <c>BuildResponse[]</c>.</param>
/// <param name="Where"><c>path</c>, <c>query</c> or <c>header</c>; empty for a member.</param>
/// <param name="Required">It may not be left out.</param>
public sealed record ApiValue(string Name, string Type, string Where, bool Required);

/// <summary>A body: its name where it has one, and what it is made of.</summary>
public sealed record ApiShape(string Title, IReadOnlyList<ApiValue> Members);

/// <summary>A route of a service, read from the service's own description.</summary>
/// <param name="Service">Whose.</param>
/// <param name="Method">In capitals.</param>
/// <param name="Path">With its holes in braces.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Scope">What a token needs; empty when any token does.</param>
/// <param name="AlsoWithout">There are callers who need none.</param>
/// <param name="Parameters">What stands in its path and its query.</param>
/// <param name="Takes">Its body; null for none.</param>
/// <param name="Answers">By status.</param>
public sealed record ApiRoute(
    string Service, string Method, string Path, string Summary, string Scope, bool AlsoWithout,
    IReadOnlyList<ApiValue> Parameters, ApiShape? Takes, IReadOnlyList<ApiShape> Answers)
{
    /// <summary>Whether all words stand somewhere in it.</summary>
    public bool Has(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word
        => $"{Service} {Method} {Path} {Summary} {Scope}".Contains(word, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Reads an OpenAPI document as far as the page shows it.</summary>
internal static class ApiRoutes
{
    private const string Reference = "#/components/schemas/";

    /// <summary>In the document's order.</summary>
    public static IEnumerable<ApiRoute> Of(string service, JsonElement document)
    {
        var schemas = Path(document, "components", "schemas");
        foreach (var path in Members(Path(document, "paths")))
        {
            foreach (var operation in Members(path.Value))
            {
                var security = Items(Path(operation.Value, "security")).ToList();
                var token = security.Select(static s => Path(s, "token")).FirstOrDefault(static t => t.ValueKind == JsonValueKind.Array);
                yield return new ApiRoute(
                    service, operation.Name.ToUpperInvariant(), path.Name, Text(operation.Value, "summary") ?? "",
                    string.Join(", ", Items(token).Select(static t => t.GetString())),
                    security.Count == 0 || security.Exists(static s => !s.EnumerateObject().Any()),
                    [.. Items(Path(operation.Value, "parameters")).Select(static p => new ApiValue(
                        Text(p, "name") ?? "", Type(Path(p, "schema")), Text(p, "in") ?? "", IsTrue(p, "required")))],
                    Shape("", Path(operation.Value, "requestBody"), schemas),
                    [.. Members(Path(operation.Value, "responses")).Select(r => Shape(r.Name, r.Value, schemas)).OfType<ApiShape>()]);
            }
        }
    }

    private static ApiShape? Shape(string status, JsonElement holder, JsonElement schemas)
    {
        if (Members(Path(holder, "content")).Select(static c => (JsonProperty?)c).FirstOrDefault() is not { } content)
            return status.Length > 0 && holder.ValueKind == JsonValueKind.Object ? new ApiShape($"{status}: nothing", []) : null;
        var schema = Path(content.Value, "schema");
        var name = schema.ValueKind == JsonValueKind.Object ? Type(schema) : content.Name;
        var resolved = Resolve(schema, schemas);
        var required = Items(Path(resolved, "required")).Select(static r => r.GetString()).ToHashSet(StringComparer.Ordinal);
        return new ApiShape(
            status.Length > 0 ? $"{status}: {name}" : name,
            [.. Members(Path(resolved, "properties")).Select(p => new ApiValue(p.Name, Type(p.Value), "", required.Contains(p.Name)))]);
    }

    private static JsonElement Resolve(JsonElement schema, JsonElement schemas)
        => Text(schema, "$ref") is { } reference && reference.StartsWith(Reference, StringComparison.Ordinal)
            ? Path(schemas, reference[Reference.Length..])
            : schema;

    /// <summary>In words.</summary>
    private static string Type(JsonElement schema)
    {
        if (Text(schema, "$ref") is { } reference) return reference[(reference.LastIndexOf('/') + 1)..];
        var either = Items(Path(schema, "oneOf")).Concat(Items(Path(schema, "anyOf"))).ToList();
        if (either.Count > 0) return Or(either.Select(Type));
        if (Items(Path(schema, "enum")).ToList() is { Count: > 0 } words)
            return string.Join(" or ", words.Select(static w => w.ToString()));
        var type = Path(schema, "type") switch
        {
            { ValueKind: JsonValueKind.String } one => one.GetString()!,
            { ValueKind: JsonValueKind.Array } several => Or(several.EnumerateArray().Select(static t => t.GetString()!)),
            _ => "any",
        };
        if (type.Contains("array", StringComparison.Ordinal))
            return type.Replace("array", Type(Path(schema, "items")) + "[]", StringComparison.Ordinal);
        return Text(schema, "format") is { } format ? $"{type} ({format})" : type;
    }

    /// <summary>What it usually is comes first; that a number may also be written as text is of no interest here.</summary>
    private static string Or(IEnumerable<string> types)
    {
        var all = types.Distinct(StringComparer.Ordinal).ToList();
        if (all.Exists(static t => t is "integer" or "number")) all.Remove("string");
        return string.Join(" or ", all.OrderBy(static t => t == "null"));
    }

    private static JsonElement Path(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return default;
        }

        return element;
    }

    private static string? Text(JsonElement element, string name)
        => Path(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsTrue(JsonElement element, string name) => Path(element, name).ValueKind == JsonValueKind.True;

    private static JsonElement.ObjectEnumerator Members(JsonElement element)
        => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;
}
