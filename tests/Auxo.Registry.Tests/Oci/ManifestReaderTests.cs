using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Oci.Manifests;

namespace Auxo.Registry.Tests.Oci;

/// <summary>What is read of a manifest, and what is refused.</summary>
public sealed class ManifestReaderTests
{
    private static readonly byte[] Config = "{}"u8.ToArray();
    private static readonly byte[] Layer = "layer"u8.ToArray();

    [Fact]
    public void an_image_has_a_config_and_layers_each_counted_once()
    {
        var content = Read(Images.Of(Config, Layer, Layer)).Content!;
        Assert.Equal([Images.DigestOf(Config), Images.DigestOf(Layer)], content.Blobs.Select(static b => b.Digest.ToString()));
        Assert.Equal("application/vnd.oci.image.config.v1+json", content.ArtifactType);
        Assert.Empty(content.Children);
        Assert.Null(content.Subject);
    }

    [Fact]
    public void an_artifact_says_what_it_is_and_to_what_it_refers()
    {
        var manifest = Images.Of(Config);
        manifest["artifactType"] = "application/x-signature";
        manifest["subject"] = Images.Descriptor(Layer, Images.Manifest);
        manifest["annotations"] = new JsonObject { ["b"] = "2", ["a"] = "é" };
        var content = Read(manifest).Content!;
        Assert.Equal(("application/x-signature", Images.DigestOf(Layer), """{"b":"2","a":"\u00E9"}"""), (
            content.ArtifactType, content.Subject.ToString(), content.Annotations));
    }

    [Fact]
    public void an_index_has_no_artifact_type_of_its_own()
    {
        var content = Read(Images.IndexOf(Images.Of(Config)), Images.Index).Content!;
        Assert.Null(content.ArtifactType);
        Assert.Single(content.Children);
        Assert.Empty(content.Blobs);
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1")]
    [InlineData("text/plain", "media type")]
    [InlineData(Images.Index, "have to be the same")]
    public void another_content_type_is_refused(string type, string because)
        => Assert.Contains(because, Read(Images.Of(Config), type).Refusal, StringComparison.Ordinal);

    [Theory]
    [InlineData("schemaVersion", "1", "'schemaVersion' of a manifest is 2")]
    [InlineData("schemaVersion", "null", "'schemaVersion' of a manifest is 2")]
    [InlineData("manifests", "[]", "two things")]
    [InlineData("layers", "{}", "is a list")]
    [InlineData("layers", "[1]", "objects with a digest")]
    [InlineData("config", """{"digest":"md5:x","size":1}""", "sha256 or sha512")]
    [InlineData("config", """{"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":-1}""", "'size'")]
    [InlineData("annotations", """{"a":1}""", "object of texts")]
    [InlineData("artifactType", "1", "is a text")]
    public void what_could_be_read_as_two_things_is_refused(string member, string json, string because)
    {
        var manifest = Images.Of(Config);
        manifest[member] = JsonNode.Parse(json);
        Assert.Contains(because, Read(manifest).Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"artifactType\":\"\\ud800\"")]
    [InlineData("\"annotations\":{\"\\ud800\":\"a\"}")]
    [InlineData("\"annotations\":{\"a\":\"\\udfff\"}")]
    [InlineData("\"\\ud800\":1")]
    public void half_a_character_is_refused_in_words(string member)
    {
        var text = Images.Of(Config).ToJsonString();
        var refusal = ManifestReader.Read(Images.Manifest, Encoding.UTF8.GetBytes($"{text[..^1]},{member}}}")).Refusal;
        Assert.NotNull(refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"schemaVersion":2,"schemaVersion":2}""")]
    public void what_is_no_manifest_is_refused(string text)
        => Assert.NotNull(ManifestReader.Read(Images.Manifest, Encoding.UTF8.GetBytes(text)).Refusal);

    [Fact]
    public void a_document_of_a_million_levels_is_refused_and_does_no_harm()
        => Assert.NotNull(ManifestReader.Read(Images.Manifest, Encoding.UTF8.GetBytes(new string('[', 1_000_000))).Refusal);

    [Fact]
    public void layers_that_may_not_be_passed_on_need_not_be_here()
    {
        var manifest = Images.Of(Config, Layer);
        manifest["layers"]![0]!["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
        Assert.Equal([false, true], Read(manifest).Content!.Blobs.Select(static b => b.NeedNotBeHere));
    }

    [Fact]
    public void a_manifest_is_refused_while_a_part_is_missing_or_has_another_size()
    {
        var manifest = New(Images.Of(Config, Layer));
        Dictionary<string, long> blobs = new() { [Images.DigestOf(Config)] = 2 };
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", PutDecision.Refuse(manifest, false, blobs, [], [])!.Code);
        blobs[Images.DigestOf(Layer)] = 6;
        Assert.Equal("SIZE_INVALID", PutDecision.Refuse(manifest, false, blobs, [], [])!.Code);
        blobs[Images.DigestOf(Layer)] = 5;
        Assert.Null(PutDecision.Refuse(manifest, false, blobs, [], []));
    }

    [Fact]
    public void what_is_so_already_is_not_said_again_and_a_tag_remembers_what_it_meant()
    {
        var manifest = New(Images.Of(Config), "a", "b");
        Dictionary<string, string> tags = new() { ["a"] = manifest.Digest.ToString(), ["b"] = "sha256:other" };
        Assert.Equal(
            [new ImageEvent.TagSet("b", manifest.Digest.ToString(), "sha256:other", "ann", DateTimeOffset.UnixEpoch)],
            PutDecision.Decide(manifest, known: true, tags, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void where_nothing_is_replaced_a_tag_is_never_moved_but_may_be_set_again_to_the_same()
    {
        var manifest = New(Images.Of(Config), "a");
        Dictionary<string, long> blobs = new() { [Images.DigestOf(Config)] = 2 };
        Assert.Equal(409, PutDecision.Refuse(manifest, true, blobs, [], new() { ["a"] = "sha256:other" })!.StatusCode);
        Assert.Null(PutDecision.Refuse(manifest, true, blobs, [], new() { ["a"] = manifest.Digest.ToString() }));
        Assert.Null(PutDecision.Refuse(manifest, false, blobs, [], new() { ["a"] = "sha256:other" }));
    }

    private static NewManifest New(JsonObject manifest, params string[] tags)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        return new NewManifest(
            Auxo.Registry.Oci.OciDigest.Of(bytes, sha512: false), bytes.Length, Read(manifest).Content!, tags, "ann");
    }

    private static (ManifestContent? Content, string? Refusal) Read(JsonObject manifest, string type = Images.Manifest)
        => ManifestReader.Read(type, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
}
