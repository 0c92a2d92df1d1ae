using System.Text.Encodings.Web;
using System.Text.Json;

namespace Auxo.Registry.Publishing;

/// <summary>
/// Where files came from, as an in-toto statement with SLSA's provenance predicate (https://slsa.dev/spec/v1.0/provenance). In its
/// envelope (<see cref="ProvenanceKey"/>) it is signed, so that who has a file and the envelope needs nobody else.
/// </summary>
public static class Provenance
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/vnd.in-toto+json";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The statement; the same bytes every time.</summary>
    public static byte[] Statement(Publication publication, string version)
    {
        var (subject, buffer) = (publication.Subject, new System.Buffers.ArrayBufferWriter<byte>(4096));
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            foreach (var file in publication.Files.OrderBy(static f => f.Name, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("name", file.Name);
                Digest(json, "sha256", file.Digest["sha256:".Length..]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("predicateType", "https://slsa.dev/provenance/v1");
            json.WriteStartObject("predicate");
            Definition(json, subject);
            json.WriteStartObject("runDetails");
            json.WriteStartObject("builder");
            json.WriteString("id", "urn:auxo:pipeline");
            json.WriteStartObject("version");
            json.WriteString("auxo", version);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("metadata");
            json.WriteString("invocationId", $"urn:uuid:{subject.BuildId}");
            if (publication.StartedAt is { } started) json.WriteString("startedOn", started.UtcDateTime);
            json.WriteString("finishedOn", publication.FinishedAt.UtcDateTime);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Definition(Utf8JsonWriter json, BuildSubject subject)
    {
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", "urn:auxo:build:v1");
        json.WriteStartObject("externalParameters");
        json.WriteString("repository", subject.Rid.Value);
        json.WriteString("repositoryName", subject.RepositoryName);
        json.WriteString("ref", subject.Ref);
        json.WriteString("commit", subject.Commit.Value);
        json.WriteString("trigger", JsonNamingPolicy.SnakeCaseLower.ConvertName(subject.Trigger.ToString()));
        if (subject.PatchId is { } patch) json.WriteString("patch", patch.Value);
        if (subject.RevisionId is { } revision) json.WriteString("revision", revision.Value);
        if (subject.Author is { } author) json.WriteString("author", author.Value);
        json.WriteEndObject();
        json.WriteStartArray("resolvedDependencies");
        json.WriteStartObject();
        json.WriteString("uri", subject.Rid.Value);
        Digest(json, "gitCommit", subject.Commit.Value);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Digest(Utf8JsonWriter json, string algorithm, string value)
    {
        json.WriteStartObject("digest");
        json.WriteString(algorithm, value);
        json.WriteEndObject();
    }
}
