using Auxo.Registry.Oci;
using Auxo.Registry.Oci.Uploads;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Oci;

/// <summary>What paths, names, digests and ranges mean.</summary>
public sealed class OciPathTests
{
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("app", "blobs/uploads/", "app", OciTarget.Uploads, "")]
    [InlineData("app", "blobs/uploads", "app", OciTarget.Uploads, "")]
    [InlineData("app", "web/blobs/uploads/1-2", "app/web", OciTarget.Upload, "1-2")]
    [InlineData("app", "a/b/c/manifests/v1", "app/a/b/c", OciTarget.Manifest, "v1")]
    [InlineData("app", "manifests/manifests/manifests", "app/manifests", OciTarget.Manifest, "manifests")]
    [InlineData("app", "blobs/blobs/sha256:" + Hex, "app/blobs", OciTarget.Blob, "sha256:" + Hex)]
    [InlineData("app", "blobs/uploads/blobs/uploads/x", "app/blobs/uploads", OciTarget.Upload, "x")]
    [InlineData("app", "tags/list", "app", OciTarget.Tags, "")]
    [InlineData("app", "web/referrers/x", "app/web", OciTarget.Referrers, "x")]
    public void a_path_is_read_from_its_end(string repository, string rest, string name, OciTarget target, string reference)
    {
        var path = OciPath.Parse(repository, rest)!;
        Assert.Equal((name, target, reference, true), (path.Name, path.Target, path.Reference, path.HasValidName));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("tags/lists")]
    [InlineData("manifests")]
    public void other_paths_are_none(string? rest) => Assert.Null(OciPath.Parse("app", rest));

    [Theory]
    [InlineData("a", true)]
    [InlineData("a/b.c/d__e/f---g", true)]
    [InlineData("a..b", false)]
    [InlineData("a/../b", false)]
    [InlineData("a//b", false)]
    [InlineData("a/", false)]
    [InlineData("A", false)]
    [InlineData("a/%2e%2e", false)]
    [InlineData("a%2fb", false)]
    [InlineData("a_-b", false)]
    [InlineData("аpp", false)] // the first letter is Cyrillic
    [InlineData("a\n", false)]
    public void names_are_what_the_specification_says(string name, bool valid) => Assert.Equal(valid, OciPath.IsName(name));

    [Fact]
    public void a_name_has_255_characters_at_most()
    {
        Assert.True(OciPath.IsName(new string('a', 255)));
        Assert.False(OciPath.IsName(new string('a', 256)));
        Assert.False(OciPath.IsName(new string('a', 1000)));
    }

    [Theory]
    [InlineData("v1", true)]
    [InlineData("_x", true)]
    [InlineData(".x", false)]
    [InlineData("-x", false)]
    [InlineData("v1\n", false)]
    [InlineData("a/b", false)]
    [InlineData("", false)]
    public void tags_are_what_the_specification_says(string tag, bool valid) => Assert.Equal(valid, OciPath.IsTag(tag));

    [Theory]
    [InlineData("sha256:" + Hex, true)]
    [InlineData("sha512:" + Hex + Hex, true)]
    [InlineData(Hex, false)]
    [InlineData("sha256:" + Hex + "0", false)]
    [InlineData("sha512:" + Hex, false)]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e", false)]
    [InlineData("sha256:E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false)]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/pass", false)]
    public void a_digest_is_of_an_algorithm_that_is_known(string text, bool valid)
    {
        Assert.Equal(valid, OciDigest.TryParse(text, out var digest));
        if (valid) Assert.Equal(text, digest.ToString());
    }

    [Fact]
    public void a_fallback_tag_has_64_digits_at_most()
    {
        Assert.True(OciDigest.TryParse("sha512:" + Hex + Hex, out var digest));
        Assert.Equal("sha512-" + Hex, digest.FallbackTag);
        Assert.True(OciPath.IsTag(digest.FallbackTag));
    }

    [Theory]
    [InlineData("0-0", 0L, 1L)]
    [InlineData("5-9", 5L, 5L)]
    [InlineData("0-9223372036854775806", 0L, long.MaxValue)]
    [InlineData("bytes 0-9/10", -1L, 0L)]
    [InlineData("9-5", -1L, 0L)]
    [InlineData("-5", -1L, 0L)]
    [InlineData("0-9223372036854775807", -1L, 0L)]
    [InlineData("0-99999999999999999999", -1L, 0L)]
    [InlineData(" 0-1", -1L, 0L)]
    public void a_chunk_says_its_range_without_a_unit(string text, long from, long length)
        => Assert.Equal(from >= 0 ? new ContentRange(from, length) : null,
            ContentRange.TryParse(text, out var range) ? range : (ContentRange?)null);

    [Fact]
    public void whatever_is_asked_a_path_is_read_or_refused_and_says_what_was_asked()
    {
        var part = Gen.Elements("a", "blobs", "uploads", "manifests", "tags", "list", "referrers", "", "..", "x:y");
        Prop.ForAll(Arb.From(Gen.ListOf(part)), parts =>
        {
            var rest = string.Join('/', parts);
            if (OciPath.Parse("app", rest) is not { } path) return true;
            var end = path.Target switch
            {
                OciTarget.Blob => $"blobs/{path.Reference}",
                OciTarget.Uploads => rest.EndsWith('/') ? "blobs/uploads/" : "blobs/uploads",
                OciTarget.Upload => $"blobs/uploads/{path.Reference}",
                OciTarget.Manifest => $"manifests/{path.Reference}",
                OciTarget.Tags => "tags/list",
                _ => $"referrers/{path.Reference}",
            };
            return rest == (path.Image.Length == 0 && !rest.StartsWith('/') ? end : $"{path.Image}/{end}");
        }).QuickCheckThrowOnFailure();
    }
}
