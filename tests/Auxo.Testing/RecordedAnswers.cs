using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// What the services answer to what the command line asks, checked in as <c>Answers/{service}/{route}.json</c> (a dot where the
/// route has a slash). Each service's tests compare the shape of its real answer with the file; the command line's tests may not
/// answer with anything else. <c>AUXO_UPDATE_ANSWERS=1</c> writes the files again.
/// </summary>
public static partial class RecordedAnswers
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const RegexOptions Plain = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static readonly string Folder = BesideThisFile();

    /// <summary>The real answer has the recorded shape: the same members of the same kinds, where null is of every kind.</summary>
    /// <param name="service">The short name, such as <c>pipeline</c>.</param>
    /// <param name="route">As it is mapped, such as <c>builds/{id}</c>.</param>
    /// <param name="answer">What the service answered.</param>
    public static void Match(string service, string route, JsonNode answer)
    {
        var file = Path.Combine(Folder, service, route.Replace('/', '.') + ".json");
        if (Environment.GetEnvironmentVariable("AUXO_UPDATE_ANSWERS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Steady(answer.ToJsonString(Written)) + "\n");
        }

        Assert.True(File.Exists(file), $"{file} is missing; AUXO_UPDATE_ANSWERS=1 writes it.");
        var recorded = JsonNode.Parse(File.ReadAllText(file));
        var difference = Unknown(recorded, answer, "$") ?? Unknown(answer, recorded, "$");
        Assert.True(difference is null, $"GET /{route} of {service} is no longer answered as {file} says: {difference}. "
            + "If that is meant, write the files again with AUXO_UPDATE_ANSWERS=1 and see what the command line makes of them.");
    }

    /// <summary>The recorded answer to a GET of this path; null when none is recorded.</summary>
    /// <param name="service">The short name.</param>
    /// <param name="path">Without the query, such as <c>builds/3f2a</c>.</param>
    public static JsonNode? Find(string service, string path)
    {
        var asked = path.Trim('/').Split('/');
        var folder = Path.Combine(Folder, service);
        if (!Directory.Exists(folder)) return null;
        // A literal segment comes before a placeholder.
        var file = Directory.EnumerateFiles(folder, "*.json").OrderBy(static f => f.Contains('{', StringComparison.Ordinal))
            .FirstOrDefault(f => Fits(Path.GetFileNameWithoutExtension(f).Split('.'), asked));
        return file is null ? null : JsonNode.Parse(File.ReadAllText(file));
    }

    /// <summary>The first member of an answer that the recorded one does not have, or has of another kind; null when all fit.</summary>
    /// <param name="recorded">What a service answered once.</param>
    /// <param name="answer">What is answered now.</param>
    /// <param name="where">The place of both, for the text.</param>
    public static string? Unknown(JsonNode? recorded, JsonNode? answer, string where)
    {
        if (recorded is null || answer is null) return null;
        var (kind, expected) = (Kind(answer), Kind(recorded));
        if (kind != expected) return $"{where} is {kind}, and was {expected}";
        if (answer is JsonArray items)
        {
            var known = Merged(recorded.AsArray());
            return items.Select(i => Unknown(known, i, where + "[]")).FirstOrDefault(static d => d is not null);
        }

        if (answer is not JsonObject members) return null;
        foreach (var (name, value) in members)
        {
            if (!recorded.AsObject().TryGetPropertyValue(name, out var before)) return $"{where}.{name} is not in it";
            if (Unknown(before, value, $"{where}.{name}") is { } difference) return difference;
        }

        return null;
    }

    private static bool Fits(string[] route, string[] asked)
        => route.Length == asked.Length && route.Zip(asked).All(static p => p.First.StartsWith('{') || p.First == p.Second);

    private static string Kind(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "text",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    /// <summary>One item with all members that any item has.</summary>
    private static JsonNode? Merged(JsonArray items)
    {
        if (items.FirstOrDefault(static i => i is not null) is not JsonObject) return items.FirstOrDefault(static i => i is not null);
        var merged = new JsonObject();
        foreach (var (name, value) in items.OfType<JsonObject>().SelectMany(static o => o))
            if (merged[name] is null) merged[name] = value?.DeepClone();
        return merged;
    }

    /// <summary>What differs from run to run is written the same each time.</summary>
    private static string Steady(string json)
    {
        json = Uuid().Replace(json, "3f2a1c77-1111-5222-8333-444455556666");
        json = Hex().Replace(json, "4bf92f3577b34da6a3ce929d0e0e4736");
        json = Time().Replace(json, "2026-11-23T12:00:00Z");
        json = Port().Replace(json, "127.0.0.1:1");
        return TempFolder().Replace(json, "/tmp/auxo");
    }

    private static string BesideThisFile([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Answers");

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", Plain)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", Plain)]
    private static partial Regex Time();

    [GeneratedRegex(@"\b(msg_)?[0-9a-f]{32}\b", Plain)]
    private static partial Regex Hex();

    [GeneratedRegex(@"/tmp/auxo-[A-Za-z]+-\w+", Plain)]
    private static partial Regex TempFolder();

    [GeneratedRegex(@"127\.0\.0\.1:\d+", Plain)]
    private static partial Regex Port();
}
