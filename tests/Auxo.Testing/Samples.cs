using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

using Auxo.Contracts;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// Checked-in JSON of what has ever been stored or sent: yesterday's data, which must load forever. A file is called <c>{name}.json</c> or
/// <c>{name}@{anything}.json</c>, is added when a type is new or grows, and is never edited.
/// </summary>
public static class Samples
{
    /// <summary>
    /// Every sample loads as the type of its name and loses nothing when it is written again; every name has a sample.
    /// </summary>
    /// <param name="folder">Beside the calling test's source file.</param>
    /// <param name="types">The stored names and how they are read.</param>
    /// <param name="caller">Filled in.</param>
    public static void AllLoad(string folder, IReadOnlyDictionary<string, JsonTypeInfo> types, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, folder);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file).Split('@')[0];
            Assert.True(types.TryGetValue(name, out var type),
                $"{file}: nothing is called {name} any more, but it may lie in a database. Keep the name, or map it to what replaces it.");
            seen.Add(name);
            var text = File.ReadAllText(file);
            var loaded = JsonSerializer.Deserialize(text, type!);
            Assert.NotNull(loaded);
            AssertKept(JsonNode.Parse(text), JsonSerializer.SerializeToNode(loaded, type!), file);
        }

        Assert.True(seen.SetEquals(types.Keys),
            $"Add a sample to {path} for: {string.Join(", ", types.Keys.Except(seen, StringComparer.Ordinal))}");
    }

    /// <summary>What a service's store maps is what the test reads, and that is every case of its unions of events.</summary>
    /// <param name="types">The stored names and how they are read.</param>
    /// <param name="mapped">The names that the store knows.</param>
    /// <param name="unions">Types whose nested types are the events.</param>
    public static void AreAll(IReadOnlyDictionary<string, JsonTypeInfo> types, IEnumerable<string> mapped, params ReadOnlySpan<Type> unions)
    {
        Assert.Equal(types.Keys.Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
        var events = new List<string?>();
        foreach (var union in unions) events.AddRange(union.GetNestedTypes().Select(static e => e.FullName));
        Assert.Equal(events.Order(StringComparer.Ordinal), types.Values.Select(static t => t.Type.FullName).Order(StringComparer.Ordinal));
    }

    /// <summary>What the sample says is still said; what has been added since may be there as well.</summary>
    private static void AssertKept(JsonNode? sample, JsonNode? written, string where)
    {
        switch (sample)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields) AssertKept(value, (written as JsonObject)?[name], $"{where} {name}");
                break;
            case JsonArray items:
                Assert.True(written is JsonArray, $"{where} is lost.");
                Assert.Equal(items.Count, written.AsArray().Count);
                for (var i = 0; i < items.Count; i++) AssertKept(items[i], written.AsArray()[i], $"{where}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(sample, written) || IsThePathOf(sample, written),
                    $"{where} was {sample?.ToJsonString() ?? "null"} and is now {written?.ToJsonString() ?? "null"}.");
                break;
        }
    }

    /// <summary>Where a locator is written now, earlier builds wrote an absolute path.</summary>
    private static bool IsThePathOf(JsonNode? sample, JsonNode? written)
        => sample?.GetValueKind() == JsonValueKind.String && written?.GetValueKind() == JsonValueKind.String
            && sample.GetValue<string>() is ['/', ..] path && RepositoryLocator.OfFolder(path).Value == written.GetValue<string>();
}
