using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Auxo.Registry.PyPi.Simple;

/// <summary>The simple API as JSON (PEP 691).</summary>
public static class SimpleJson
{
    /// <summary>The newest version of the API whose fields are all here.</summary>
    public const string ApiVersion = "1.4";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One project.</summary>
    public static byte[] Render(SimpleProject project) => Write(json =>
    {
        json.WriteString("name", project.Name);
        json.WriteStartObject("project-status");
        json.WriteString("status", "active");
        json.WriteEndObject();
        json.WriteStartArray("versions");
        foreach (var version in project.Versions) json.WriteStringValue(version);
        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in project.Files) WriteFile(json, file);
        json.WriteEndArray();
    });

    /// <summary>All projects.</summary>
    public static byte[] RenderList(IEnumerable<string> names) => Write(json =>
    {
        json.WriteStartArray("projects");
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteFile(Utf8JsonWriter json, SimpleFile file)
    {
        json.WriteStartObject();
        json.WriteString("filename", file.FileName);
        json.WriteString("url", file.Url);
        WriteHashes(json, "hashes", file.Sha256);
        if (file.RequiresPython is { } python) json.WriteString("requires-python", python);
        if (file.SizeBytes is { } size) json.WriteNumber("size", size);
        if (file.UploadedAt is { } at) json.WriteString("upload-time",
            at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        // The older 'dist-info-metadata' is left away here: releases of pip before it was renamed stop at it (PEP 714).
        if (file.MetadataSha256 is { } metadata) WriteHashes(json, "core-metadata", metadata);
        else json.WriteBoolean("core-metadata", false);
        if (file.Yanked is { Length: > 0 } reason) json.WriteString("yanked", reason);
        else json.WriteBoolean("yanked", file.Yanked is not null);
        json.WriteEndObject();
    }

    private static void WriteHashes(Utf8JsonWriter json, string name, string sha256)
    {
        json.WriteStartObject(name);
        json.WriteString("sha256", sha256);
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            json.WriteStartObject("meta");
            json.WriteString("api-version", ApiVersion);
            json.WriteEndObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
