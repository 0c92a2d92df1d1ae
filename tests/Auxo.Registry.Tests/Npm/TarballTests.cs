using System.Formats.Tar;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Npm.Tarballs;

namespace Auxo.Registry.Tests.Npm;

public sealed class TarballTests
{
    private static readonly JsonObject Package = new() { ["name"] = "left", ["version"] = "1.0.0" };

    [Fact]
    public async Task a_tarball_is_counted_and_its_package_json_read()
    {
        var read = await ReadAsync(TestTarball.Of(Package, ("lib/a.js", "1234"), ("binding.gyp", "{}"), ("npm-shrinkwrap.json", "{}")));
        Assert.Equal((4, true, true, false), (read.FileCount, read.HasBindingGyp, read.HasShrinkwrap, read.HasServerJs));
        Assert.Equal(8 + read.PackageJson.Length, read.UnpackedSize);
        Assert.Equal("left", (string?)JsonNode.Parse(read.PackageJson)!["name"]);
    }

    [Fact]
    public async Task a_folder_of_any_name_is_left_out_as_installers_do()
        => Assert.Equal(2, (await ReadAsync(TestTarball.Of(("left-1/package.json", "{}"), ("left-1/x", "")))).FileCount);

    public static TheoryData<string, string> Bad => new()
    {
        { "links", "link" }, { "hardlink", "link" }, { "fifo", "no file" }, { "up", "elsewhere" }, { "root", "elsewhere" },
        { "backslash", "elsewhere" }, { "twice", "twice" }, { "two-folders", "two folders" }, { "none", "package.json" },
        { "text", "damaged" },
        { "cut", "damaged" }, { "after", "after its end" }, { "long", "characters" }, { "empty", "damaged" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task a_tarball_that_no_client_should_unpack_is_refused(string which, string why)
    {
        var good = new PaxTarEntry(TarEntryType.RegularFile, "package/package.json") { DataStream = new MemoryStream("{}"u8.ToArray()) };
        var tarball = which switch
        {
            "links" => TestTarball.Of([good, new PaxTarEntry(TarEntryType.SymbolicLink, "package/x") { LinkName = "/etc/passwd" }]),
            "hardlink" => TestTarball.Of([good, new PaxTarEntry(TarEntryType.HardLink, "package/x") { LinkName = "package/package.json" }]),
            "fifo" => TestTarball.Of([good, new PaxTarEntry(TarEntryType.Fifo, "package/x")]),
            "up" => TestTarball.Of(("package/package.json", "{}"), ("package/../../x", "")),
            "root" => TestTarball.Of(("/package/package.json", "{}")),
            "backslash" => TestTarball.Of(("package/package.json", "{}"), ("package/..\\x", "")),
            "twice" => TestTarball.Of(("package/package.json", "{}"), ("package/package.json", "{\"a\":1}")),
            "two-folders" => TestTarball.Of(("package/package.json", "{}"), ("other/package.json", "{}")),
            "none" => TestTarball.Of(("package/index.js", "")),
            "text" => "not a tarball"u8.ToArray(),
            "cut" => TestTarball.Of(("package/package.json", "{}"), ("package/x", new string('x', 5000)))[..120],
            "after" => TestTarball.Of([good], after: TestTarball.Of(("package/package.json", "{}"))),
            "long" => TestTarball.Of(("package/" + new string('x', 2000), "")),
            _ => TestTarball.Of(Array.Empty<TarEntry>()),
        };
        var refused = await Assert.ThrowsAsync<BadTarballException>(() => ReadAsync(tarball));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_bomb_is_not_unpacked()
    {
        var bomb = TestTarball.Of(("package/package.json", "{}"), ("package/zeros", new string('\0', 200 << 20)));
        Assert.True(bomb.Length < 1 << 20, $"{bomb.Length} bytes");
        var refused = await Assert.ThrowsAsync<BadTarballException>(() => ReadAsync(bomb));
        Assert.Contains("unpacks to more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task more_entries_than_a_package_has_are_not_read()
    {
        var many = TestTarball.Of([.. Enumerable.Range(0, 20).Select(static i => ($"package/{i}", ""))]);
        var refused = await Assert.ThrowsAsync<BadTarballException>(
            () => Tarball.ReadAsync(new MemoryStream(many), 1 << 20, 10, TestContext.Current.CancellationToken));
        Assert.Contains("more than 10 entries", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "{}", null)]
    [InlineData("""{"bin":{"left":"cli.js"}}""", """{"bin":"./cli.js"}""", null)]
    [InlineData("""{"bin":{"x":"bin/x"}}""", """{"directories":{"bin":"./bin"}}""", null)]
    [InlineData("""{"scripts":{"install":"node-gyp rebuild"}}""", "{}", null)]
    [InlineData("""{"scripts":{"test":"tap"}}""", """{"scripts":{"test":"./node_modules/.bin/tap"}}""", null)]
    [InlineData("""{"dependencies":{"a":"1"},"optionalDependencies":{"a":"1"}}""", """{"optionalDependencies":{"a":"1"}}""", null)]
    [InlineData("""{"version":"1.0.0"}""", """{"version":"v1.0.0"}""", null)]
    [InlineData("""{"name":"right"}""", "{}", "'name'")]
    [InlineData("""{"version":"1.0.1"}""", "{}", "'version'")]
    [InlineData("{}", """{"scripts":{"postinstall":"evil"}}""", "no 'postinstall' in 'scripts'")]
    [InlineData("""{"scripts":{"install":"evil"}}""", "{}", "'install' in 'scripts'")]
    [InlineData("""{"scripts":{"postinstall":"good"}}""", """{"scripts":{"postinstall":"evil"}}""", "'good', and 'evil'")]
    [InlineData("{}", """{"dependencies":{"evil":"*"}}""", "no 'evil' in 'dependencies'")]
    [InlineData("""{"dependencies":{"a":"1"}}""", """{"dependencies":{"a":"2"}}""", "'a' in 'dependencies'")]
    [InlineData("""{"bin":{"left":"cli.js"}}""", """{"bin":{"left":"evil.js"}}""", "'left' in 'bin'")]
    [InlineData("{}", """{"bin":{"node":"evil.js"}}""", "no 'node' in 'bin'")]
    public void a_manifest_says_what_the_tarball_does(string said, string inside, string? why)
    {
        static JsonElement With(string more)
        {
            var all = Package.DeepClone().AsObject();
            foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) all[name] = value!.DeepClone();
            return JsonDocument.Parse(all.ToJsonString()).RootElement;
        }

        var refusal = ManifestCheck.Refuse(With(said), With(inside), new Tarball([], 1, 1, false, HasBindingGyp: true, false));
        if (why is null) Assert.Null(refusal);
        else Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    private static Task<Tarball> ReadAsync(byte[] tarball)
        => Tarball.ReadAsync(new MemoryStream(tarball), tarball.Length, TestContext.Current.CancellationToken);
}
