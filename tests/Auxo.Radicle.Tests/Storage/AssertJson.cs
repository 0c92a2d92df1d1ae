using System.Text.Json.Nodes;

namespace Auxo.Radicle.Tests;

/// <summary>Compares JSON by content; the order of members does not matter.</summary>
public static class AssertJson
{
    public static void Same(JsonNode? expected, JsonNode? actual)
    {
        if (!JsonNode.DeepEquals(expected, actual)) Assert.Equal(Sorted(expected)?.ToJsonString(), Sorted(actual)?.ToJsonString());
    }

    private static JsonNode? Sorted(JsonNode? node)
        => node switch
        {
            JsonObject o
                => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
            JsonArray a => new JsonArray([.. a.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
