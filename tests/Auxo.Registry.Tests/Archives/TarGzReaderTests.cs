using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

using Auxo.Registry.Archives;

namespace Auxo.Registry.Tests.Archives;

public sealed class TarGzReaderTests
{
    [Fact]
    public void the_wanted_files_are_read()
    {
        var (files, tops) = Read(Tar(File("demo-1/PKG-INFO", "x: y"), File("demo-1/a/b", "b"), Link("demo-1/a/c", "../PKG-INFO")));
        Assert.Equal("x: y", Encoding.UTF8.GetString(Assert.Single(files).Value));
        Assert.Equal(["demo-1"], tops);
    }

    [Fact]
    public void what_leaves_the_archive_is_refused()
    {
        Refused(Tar(File("../evil", "x")), "leave the folder");
        Refused(Tar(File("/evil", "x")), "leave the folder");
        Refused(Tar(Link("a/b", "/etc/passwd")), "leads out");
        Refused(Tar(Link("a/b", "../../evil")), "leads out");
        Refused(Tar(Link("a/b", "x/../../../evil")), "leads out");
        Refused(Tar(new PaxTarEntry(TarEntryType.HardLink, "a/b") { LinkName = "../evil" }), "leads out");
        Refused(Tar(new PaxTarEntry(TarEntryType.Fifo, "a/b")), "device");
    }

    [Fact]
    public void the_wanted_file_is_there_once_and_is_no_link()
    {
        Refused(Tar(File("demo-1/PKG-INFO", "a"), File("demo-1/PKG-INFO", "b")), "twice");
        Refused(Tar(Link("demo-1/PKG-INFO", "other")), "link");
        Refused(Tar(File("demo-1/PKG-INFO", new string('x', ArchiveLimits.MaxReadBytes + 1))), "longer");
    }

    [Fact]
    public void a_bomb_is_left_in_the_middle() => Refused(Tar(File("a", new string('x', 80 << 20))), "bomb");

    [Fact]
    public void attributes_that_every_reader_takes_into_memory_are_short()
        => Refused(
            Tar(new PaxTarEntry(TarEntryType.RegularFile, "a", [new("comment", new string('x', 2 << 20))])),
            "has a header of");

    [Fact]
    public void a_long_name_with_a_length_beside_it_is_read_as_npm_writes_it()
    {
        var name = $"demo-1/{new string('x', 150)}/PKG-INFO";
        Assert.Single(Read(Sized(name, "12345", 5)).Files);
        Refused(Sized(name, "12345", 6), "two lengths");
    }

    [Fact]
    public void what_is_cut_or_something_else_is_refused()
    {
        var whole = Tar(File("demo-1/PKG-INFO", string.Concat(Enumerable.Range(0, 1000))));
        for (var length = 1; length < whole.Length - 30; length += 17) Refused(whole[..length], "");
        Refused("no gzip at all"u8.ToArray(), "damaged");
    }

    private static PaxTarEntry File(string name, string content)
        => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    /// <summary>The library writes this attribute only when it has to: another one gets its name afterwards.</summary>
    private static byte[] Sized(string name, string content, int size)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name, [new("s1ze", $"{size}")])
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
            });
        }

        var bytes = tar.ToArray();
        " size="u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(" s1ze="u8)));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static byte[] Tar(params ReadOnlySpan<TarEntry> entries)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var entry in entries) tar.WriteEntry(entry);
        }

        return stream.ToArray();
    }

    private static (IReadOnlyDictionary<string, byte[]> Files, IReadOnlySet<string> Tops) Read(byte[] bytes)
        => TarGzReader.Read(new MemoryStream(bytes), static name => name.EndsWith("/PKG-INFO", StringComparison.Ordinal));

    private static void Refused(byte[] bytes, string why)
        => Assert.Contains(why, Assert.Throws<ArchiveRefusedException>(() => Read(bytes)).Message, StringComparison.Ordinal);
}
