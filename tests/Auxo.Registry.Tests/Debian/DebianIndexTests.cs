using System.IO.Compression;
using System.Text;

using Auxo.Registry.Debian;
using Auxo.Registry.Debian.Indexes;

namespace Auxo.Registry.Tests.Debian;

/// <summary>What indexes of Debian say, and what paths mean.</summary>
public sealed class DebianIndexTests
{
    private const string Packages = "Package: a\nFilename: pool/a_1_all.deb\nSize: 3\nSHA256: "
        + "0000000000000000000000000000000000000000000000000000000000000007\n";
    private const string Xz =
        "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AB2AD5dACgYSGbb2jCF/hberuFGi/ZwV5p62qp45gRanpH1kmmbxsdIFpaA/HPCOGTX87B68SYN3d"
        + "PExuxcpKPSjuoAAAAA+LBnY/5mchAAAVp3auSzrh+2830BAAAAAARZWg==";
    private const string Bzip2 =
        "QlpoOTFBWSZTWfhZdp8AAA5fgAAQQAH7mCFASAC+r8AQIABQxhMTJgJgACFGjTRiNqbUyGamSLdTeAUDTYeiVvwRdiw4SwEjacqQRzJ3r8k11J"
        + "MrWWDlXjn+LuSKcKEh8LLtPg==";

    [Fact]
    public void a_release_says_what_its_indexes_are_signed_or_not()
    {
        var text = $"""
            Origin: Demo
            Acquire-By-Hash: yes
            MD5Sum:
             {new string('b', 32)} 10 main/binary-amd64/Packages
            SHA256:
             {new string('A', 64)}       10 main/binary-amd64/Packages
             {new string('c', 64)} 0 main/source/Sources.xz
             nonsense 10 main/x
             {new string('d', 64)} -1 main/y
            SHA512:
             {new string('e', 64)} 10 main/z

            """;
        foreach (var content in (string[])[text,
            $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}-----BEGIN PGP SIGNATURE-----\n\n"
            + $"SHA256:\n {new string('f', 64)} 1 forged\n-----END PGP SIGNATURE-----\n", text.ReplaceLineEndings("\r\n")])
        {
            var release = ReleaseFile.Parse(Encoding.UTF8.GetBytes(content));
            Assert.True(release.HasByHash);
            Assert.Equal(["main/binary-amd64/Packages", "main/source/Sources.xz"], release.Indexes.Keys.Order(StringComparer.Ordinal));
            Assert.Equal((new string('a', 64), 10L), release.Indexes["main/binary-amd64/Packages"]);
        }
    }

    [Fact]
    public void what_is_no_release_names_nothing()
    {
        foreach (var text in (string[])["", "<html>", "SHA256:", "Acquire-By-Hash: no\n", new string(' ', 100_000)])
            Assert.Equal((false, 0), (ReleaseFile.Parse(Encoding.UTF8.GetBytes(text)).HasByHash,
                ReleaseFile.Parse(Encoding.UTF8.GetBytes(text)).Indexes.Count));
    }

    [Fact]
    public void packages_are_found_however_the_index_is_packed()
    {
        var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true))
            packer.Write(Encoding.ASCII.GetBytes(Packages));
        foreach (var packed in (byte[][])[Encoding.ASCII.GetBytes(Packages), gzip.ToArray(), Convert.FromBase64String(Xz),
            Convert.FromBase64String(Bzip2)])
        {
            var files = PackagesIndex.Read(new MemoryStream(packed));
            Assert.Equal((7, 3L), (files.Find("pool/a_1_all.deb")!.Value.Sha256[31], files.Find("pool/a_1_all.deb")!.Value.SizeBytes));
            Assert.Null(files.Find("pool/b_1_all.deb"));
        }
    }

    [Fact]
    public void each_of_many_packages_is_found_and_sources_too()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 2000; i++)
            text.Append($"Package: p{i}\nDescription: {new string('x', i)}\n more\n"
                + $"filename: ./pool/p{i}_1_all.deb\nsize: {i}\nsha256: {i:x64}\n\n");
        text.Append($"Package: s\nChecksums-Sha256:\n {1:x64} 5 s_1.dsc\n {2:x64} 6 s_1.orig.tar.xz\n"
            + $"Files:\n {3:x32} 6 other\nDirectory: pool/s\n");
        var files = PackagesIndex.Read(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())));
        Assert.Equal(2002, files.Count);
        for (var i = 0; i < 2000; i++) Assert.Equal(i, files.Find($"pool/p{i}_1_all.deb")!.Value.SizeBytes);
        Assert.Equal(6, files.Find("pool/s/s_1.orig.tar.xz")!.Value.SizeBytes);
        Assert.Null(files.Find("pool/s/other"));
    }

    [Fact]
    public void a_broken_index_is_refused_and_rubbish_lists_nothing()
    {
        var xz = Convert.FromBase64String(Xz);
        Assert.Throws<InvalidDataException>(() => PackagesIndex.Read(new MemoryStream(xz[..60])));
        Assert.Throws<InvalidDataException>(() => PackagesIndex.Read(new MemoryStream([0x1F, 0x8B, 1, 2, 3])));
        Assert.Throws<InvalidDataException>(() => PackagesIndex.Read(new MemoryStream([.. Enumerable.Repeat((byte)'x', 3 << 20)])));
        foreach (var text in (string[])["", "\n\n\n", ":\n: :\n", "Filename: a\n\nSHA256: 00\n", "Filename: a\nSHA256: xyz\n", "\0\0\0"])
            Assert.Equal(0, PackagesIndex.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))).Count);
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var broken = (byte[])xz.Clone();
            for (var i = random.Next(1, 4); i > 0; i--) broken[random.Next(6, broken.Length)] = (byte)random.Next(256);
            try
            {
                _ = PackagesIndex.Read(new MemoryStream(broken));
            }
            catch (InvalidDataException)
            {
                // In one way only.
            }
        }
    }

    [Theory]
    [InlineData("dists/bookworm/InRelease", DebianTarget.Release)]
    [InlineData("dists/bookworm/updates/Release.gpg", DebianTarget.Release)]
    [InlineData("Release", DebianTarget.Release)]
    [InlineData("dists/x/main/binary-amd64/Packages.xz", DebianTarget.Named)]
    [InlineData("pool/main/h/hello/hello_2.10-3_amd64.deb", DebianTarget.Named)]
    [InlineData("dists/x/main/binary-amd64/Packages.diff/Index", DebianTarget.Changes)]
    [InlineData("by-hash/SHA256/0000000000000000000000000000000000000000000000000000000000000007", DebianTarget.ByHash)]
    [InlineData("a/by-hash/SHA256/0007", null)]
    [InlineData("a/by-hash/MD5Sum/00000000000000000000000000000007", null)]
    public void a_path_says_what_it_is_about(string path, DebianTarget? target) => Assert.Equal(target, DebianPath.Parse(path)?.Target);

    [Theory]
    [InlineData("dists/x/main/binary-amd64/by-hash/SHA256/a", true)]
    [InlineData("dists/x/main/source/by-hash/SHA256/a", true)]
    [InlineData("by-hash/SHA256/a", true)]
    [InlineData("flat/by-hash/SHA256/a", true)]
    [InlineData("dists/x/main/i18n/by-hash/SHA256/a", false)]
    [InlineData("dists/x/main/by-hash/SHA256/a", false)]
    public void only_indexes_of_packages_are_looked_through(string key, bool may) => Assert.Equal(may, DebianPath.MayList(key));

    [Theory]
    [InlineData("pool/main/h/hello/hello_2.10-3_amd64.deb", "hello", "2.10-3")]
    [InlineData("pool/main/h/hello/hello_2.10-3_amd64.udeb", "hello", "2.10-3")]
    [InlineData("pool/h/hello_2.10-3.debian.tar.xz", "hello", "2.10")]
    [InlineData("hello_2.10.orig.tar.gz", "hello", "2.10.orig.tar.gz")]
    [InlineData("hello", "hello", "")]
    public void a_files_name_says_its_package(string path, string package, string version)
        => Assert.Equal((package, version), DebianPath.PackageOf(path));
}
