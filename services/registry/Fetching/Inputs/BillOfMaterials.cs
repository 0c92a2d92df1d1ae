using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Auxo.Registry.Fetching.Inputs;

/// <summary>
/// What a build fetched here, as CycloneDX 1.6 in JSON. The same build and the same inputs give the same bytes: its time is the end of
/// the build, its serial number is made of the build's id, and everything is in an order.
/// </summary>
public static class BillOfMaterials
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/vnd.cyclonedx+json; version=1.6";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document.</summary>
    public static byte[] Write(FinishedBuild build, IEnumerable<BuildInput> inputs)
    {
        var ordered = inputs.OrderBy(static i => i.Repository, StringComparer.Ordinal).ThenBy(static i => i.Package, StringComparer.Ordinal)
            .ThenBy(static i => i.Version, StringComparer.Ordinal).ThenBy(static i => i.File, StringComparer.Ordinal)
            .ThenBy(static i => i.Sha256, StringComparer.Ordinal).ToList();
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteString("serialNumber", $"urn:uuid:{Serial(build.Build)}");
            json.WriteNumber("version", 1);
            Metadata(json, build);
            json.WriteStartArray("components");
            foreach (var input in ordered) Component(json, input);
            json.WriteEndArray();
            json.WriteStartArray("dependencies");
            json.WriteStartObject();
            json.WriteString("ref", Ref(build));
            json.WriteStartArray("dependsOn");
            foreach (var input in ordered) json.WriteStringValue(Ref(input));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            // What a step with a network of its own fetched elsewhere, and what came out of a cache, is not known here.
            json.WriteStartArray("compositions");
            json.WriteStartObject();
            json.WriteString("aggregate", "unknown");
            json.WriteStartArray("dependencies");
            json.WriteStringValue(Ref(build));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Metadata(Utf8JsonWriter json, FinishedBuild build)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", build.FinishedAt.UtcDateTime);
        json.WriteStartArray("lifecycles");
        json.WriteStartObject();
        json.WriteString("phase", "build");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("name", "auxo");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("component");
        json.WriteString("type", "application");
        json.WriteString("bom-ref", Ref(build));
        json.WriteString("name", build.RepositoryName);
        json.WriteString("version", (build.BuiltAs ?? build.Commit).Value);
        json.WriteStartArray("externalReferences");
        Reference(json, "vcs", build.Rid.Value);
        json.WriteEndArray();
        json.WriteStartArray("properties");
        Property(json, "auxo:build:ref", build.Ref);
        Property(json, "auxo:build:commit", build.Commit.Value);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Component(Utf8JsonWriter json, BuildInput input)
    {
        json.WriteStartObject();
        json.WriteString("type", !input.IsPackage ? "file" : input.Format == "oci" ? "container" : "library");
        json.WriteString("bom-ref", Ref(input));
        json.WriteString("name", input is { IsPackage: true, Format: "oci" } ? Oci.OciPath.NameOf(input.Repository, input.Package)
            : input.IsPackage ? input.Package : input.File);
        if (input.Version.Length > 0) json.WriteString("version", input.Version);
        Hash(json, input);
        json.WriteString("purl", PackageUrl.Of(input));
        if (input.Source.Length > 0)
        {
            json.WriteStartArray("externalReferences");
            Reference(json, "distribution", input.Source);
            json.WriteEndArray();
        }

        json.WriteStartArray("properties");
        Property(json, "auxo:registry:repository", input.Repository);
        Property(json, "auxo:registry:package", input.Package);
        Property(json, "auxo:registry:file", input.File);
        Property(json, "auxo:registry:origin", input.Source.Length > 0 ? "mirrored" : "published");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Hash(Utf8JsonWriter json, BuildInput input)
    {
        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", "SHA-256");
        json.WriteString("content", input.Sha256);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Reference(Utf8JsonWriter json, string type, string url)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("url", url);
        json.WriteEndObject();
    }

    private static void Property(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private static string Ref(FinishedBuild build) => $"build:{build.Build}";

    /// <summary>No two inputs of a build have all of this in common.</summary>
    private static string Ref(BuildInput input) => $"{input.Repository}|{input.Package}|{input.File}|sha256:{input.Sha256}";

    /// <summary>A UUID of the eighth kind (RFC 9562 §5.8): a build's own id names the build.</summary>
    private static Guid Serial(Guid build)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"bill of materials\n{build}"));
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
