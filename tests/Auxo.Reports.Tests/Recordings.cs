using System.Text.Json;

using Auxo.Testing;

namespace Auxo.Reports.Tests;

/// <summary>The reports that real tools wrote, and what stands in them as an independent reader says it.</summary>
internal static class Recordings
{
    /// <summary>The files of a folder with what is expected of them.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Expected(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixtures.Require("tools/" + folder), "expected.json")));
        var files = json.RootElement.TryGetProperty("files", out var all) ? all : json.RootElement;
        return files.EnumerateObject().ToDictionary(static file => file.Name, static file => file.Value.Clone(), StringComparer.Ordinal);
    }

    /// <summary>All files of a folder, by their names in it.</summary>
    public static IReadOnlyList<string> Files(string folder)
    {
        var root = Fixtures.Require("tools/" + folder);
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads one.</summary>
    public static Report Read(string folder, string file) => Report.Read(Bytes(folder, file), file);

    /// <summary>Its bytes.</summary>
    public static byte[] Bytes(string folder, string file) => File.ReadAllBytes(Path.Combine(Fixtures.Require("tools/" + folder), file));
}
