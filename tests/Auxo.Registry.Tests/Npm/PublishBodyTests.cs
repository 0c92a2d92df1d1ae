using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Blobs;
using Auxo.Registry.Npm.Publish;
using Auxo.ServiceDefaults.Disk;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Npm;

/// <summary>The body of a publish request is read as it comes, however it is cut into pieces.</summary>
public sealed class PublishBodyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-npm-").FullName;
    private readonly BlobUpload _upload;

    public PublishBodyTests()
    {
        var files = new BlobFiles(_folder);
        files.Open();
        _upload = new BlobUpload(files, new DiskGuard(_folder, 0, 0));
    }

    [Fact]
    public void a_body_is_the_same_in_whatever_pieces_it_comes()
        => Prop.ForAll(
            Gen.Zip(Gen.Choose(0, 3000), Gen.Zip(Gen.Choose(1, 700), Gen.Choose(0, 2))).ToArbitrary(),
            sent =>
            {
                var (bytes, (piece, style)) = sent;
                var tarball = RandomNumberGenerator.GetBytes(bytes);
                var body = TestTarball.Body("@acme/left", "1.0.0", tarball: tarball);
                var json = style == 0 ? body.ToJsonString() : body.ToJsonString(new() { WriteIndented = true });
                if (style == 2) json = json.Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002B", StringComparison.Ordinal);
                using var read = ReadAsync(json, piece).GetAwaiter().GetResult();
                var only = Assert.Single(read.Tarballs);
                Assert.Equal("@acme/left-1.0.0.tgz", only.Key);
                Assert.Equal(Digest.Of(SHA256.HashData(tarball)), only.Blob.Digest);
                Assert.Equal(TestTarball.Sha1(tarball), only.Sha1);
                Assert.Equal(SHA512.HashData(tarball), only.Blob.Sha512);
                body["_attachments"]!["@acme/left-1.0.0.tgz"]!["data"] = "";
                return JsonNode.DeepEquals(body, JsonNode.Parse(read.Document.RootElement.GetRawText()));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task a_signature_is_text_and_stays_in_the_document()
    {
        var body = TestTarball.Body("left", "1.0.0", change: static b => b["_attachments"]!["left-1.0.0.sigstore"] =
            new JsonObject { ["content_type"] = "application/vnd.dev.sigstore.bundle.v0.3+json", ["data"] = "{\"a\":\"\\u00e4\"}" });
        using var read = await ReadAsync(body.ToJsonString(), 100);
        Assert.Single(read.Tarballs);
        var bundle = read.Document.RootElement.GetProperty("_attachments").GetProperty("left-1.0.0.sigstore");
        Assert.Equal("{\"a\":\"\\u00e4\"}", bundle.GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("\"x\"", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData("{}x", "JSON")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "JSON")]
    [InlineData("{\"a\":\"\\ud800\"}", "JSON")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QUJD", "cut off")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QUJD\"", "JSON")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":12}}}", "no text")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QUJ\"}}}", "Base64")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QU=JD\"}}}", "Base64")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QUJD\\n\\nQUJD\"}}}", "Base64")]
    [InlineData("{\"_attachments\":{\"a.tgz\":{\"data\":\"QUJD\"},\"b.tgz\":{\"data\":\"QUJD\"}}}", "more than one")]
    public async Task a_body_that_cannot_be_used_leaves_nothing(string json, string why)
    {
        foreach (var piece in (int[])[1, 1000])
        {
            var refused = await Assert.ThrowsAsync<UnreadableBodyException>(() => ReadAsync(json, piece));
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "incoming")));
        }
    }

    [Theory]
    [InlineData("{\"_attachments\":[{\"data\":\"QUJD\"}]}")]
    [InlineData("{\"_attachments\":{\"data\":\"QUJD\"}}")]
    public async Task attachments_of_another_form_hold_no_tarball(string json)
    {
        using var read = await ReadAsync(json, 1000);
        Assert.Empty(read.Tarballs);
    }

    [Fact]
    public async Task a_tarball_without_room_ends_the_reading()
    {
        var body = TestTarball.Body("left", "1.0.0", tarball: RandomNumberGenerator.GetBytes(8 << 20)).ToJsonString();
        await Assert.ThrowsAsync<ContentTooLargeException>(() => ReadAsync(body, 1 << 20, limit: 1 << 20));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "incoming")));
    }

    [Fact]
    public async Task a_document_without_end_ends_at_its_limit()
    {
        var refused = await Assert.ThrowsAsync<UnreadableBodyException>(
            () => ReadAsync("{\"a\":\"" + new string('x', PublishDocument.MaxBytes + 10) + "\"}", 1 << 20));
        Assert.Contains("more than", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PublishBody> ReadAsync(string json, int piece, long limit = 1L << 30)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var sending = Task.Run(async () =>
        {
            foreach (var part in Encoding.UTF8.GetBytes(json).Chunk(piece))
            {
                if ((await pipe.Writer.WriteAsync(part)).IsCompleted) break;
            }

            await pipe.Writer.CompleteAsync();
        });
        try
        {
            return await PublishBody.ReadAsync(pipe.Reader, _upload, limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await sending;
        }
    }
}
