using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.ServiceDefaults.Storage;

namespace Auxo.ServiceDefaults.Tests.Storage;

/// <summary>PostgreSQL's jsonb takes every text but one with a zero character.</summary>
public sealed partial class StorableTextTests
{
    [Fact]
    public void a_zero_character_is_written_as_one_that_can_be_stored_and_all_else_as_it_is()
    {
        var options = StoreConfiguration.Json(StoredJson.Default);
        var text = JsonSerializer.Serialize(
            new Stored("a\0b", null, ["\0", "ü\u001b"], new Dictionary<string, string> { ["k\0"] = "v" }), options);
        Assert.DoesNotContain("u0000", text, StringComparison.Ordinal);
        var read = JsonSerializer.Deserialize<Stored>(text, options)!;
        Assert.Equal(("a\uFFFDb", (string?)null), (read.Text, read.None));
        Assert.Equal(["\uFFFD", "ü\u001b"], read.List);
        Assert.Equal("v", read.Map["k\uFFFD"]);
    }

    internal sealed record Stored(string Text, string? None, IReadOnlyList<string> List, IReadOnlyDictionary<string, string> Map);

    [JsonSerializable(typeof(Stored))]
    internal sealed partial class StoredJson : JsonSerializerContext;
}
