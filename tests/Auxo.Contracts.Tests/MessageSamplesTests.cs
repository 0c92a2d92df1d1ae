using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

using Auxo.Testing;

namespace Auxo.Contracts.Tests;

public sealed class MessageSamplesTests
{
    public static TheoryData<string> Names => [.. MessageRoutes.All.Select(static r => r.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void every_message_that_was_ever_sent_still_loads()
        => Samples.AllLoad("Messages", MessageRoutes.All.ToDictionary(
            static route => route.Name, static route => ContractsJson.Default.GetTypeInfo(route.Message)!, StringComparer.Ordinal));

    [Fact]
    public void every_message_has_a_name_of_its_own_in_snake_case()
    {
        Assert.Equal(Names.Count, Names.Select(static row => row.Data).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Names.Select(static row => row.Data), name => Assert.Matches("^[a-z]+(_[a-z]+)*([.]v[0-9]+)?$", name));
    }

    /// <summary>Else a member could change its name or its form and no sample would notice.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void every_member_of_a_message_stands_in_one_of_its_samples(string name) => AssertCovered(Info(name), [.. All(name)], name);

    [Theory]
    [MemberData(nameof(Names))]
    public void a_message_from_a_newer_sender_is_read_too(string name)
    {
        foreach (var sample in All(name))
        {
            sample.AsObject()["addedLater"] = new JsonObject { ["x"] = 1 };
            Assert.NotNull(JsonSerializer.Deserialize(sample, Info(name)));
        }
    }

    private static JsonTypeInfo Info(string name)
        => ContractsJson.Default.GetTypeInfo(MessageRoutes.All.Single(route => route.Name == name).Message)!;

    private static IEnumerable<JsonNode> All(string name)
        => Directory.EnumerateFiles(Folder(), name + "*.json")
            .Where(f => Path.GetFileNameWithoutExtension(f).Split('@')[0] == name).Select(static f => JsonNode.Parse(File.ReadAllText(f))!);

    private static void AssertCovered(JsonTypeInfo info, IReadOnlyList<JsonNode> samples, string path)
    {
        foreach (var property in info.Properties)
        {
            var values = samples.OfType<JsonObject>().Select(s => s[property.Name]).OfType<JsonNode>().ToList();
            Assert.True(values.Count > 0, $"No sample has {path}.{property.Name}.");
            var type = property.PropertyType;
            var element = type.IsGenericType
                && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : type;
            if (element.Namespace != "Auxo.Contracts" || element.IsValueType) continue;
            AssertCovered(ContractsJson.Default.GetTypeInfo(element)!,
                [.. values.SelectMany(static v => v is JsonArray array ? array.OfType<JsonNode>() : [v])], $"{path}.{property.Name}");
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Messages");
}
