using System.Buffers.Binary;
using System.Text;

using Auxo.Registry.Archives;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Archives;

public sealed class ZipArchiveReaderTests
{
    private static readonly byte[] Usual = Zips.Of(("a/one.txt", "one one one one one one"), ("two.txt", "2"));

    [Fact]
    public void files_are_read_as_they_were_packed()
    {
        foreach (var bytes in (byte[][])[Usual, Zips.Streamed(("a/one.txt", "one one one one one one"), ("two.txt", "2"))])
        {
            var zip = ZipArchiveReader.Open(new MemoryStream(bytes));
            Assert.Equal(["a/one.txt", "two.txt"], zip.Entries.Select(static e => e.Name));
            Assert.Equal("one one one one one one", Encoding.UTF8.GetString(zip.Read(zip.Entries[0])));
            Assert.Equal("2", Encoding.UTF8.GetString(zip.Read(zip.Entries[1])));
        }

        Assert.Empty(ZipArchiveReader.Open(new MemoryStream(Zips.Of(Array.Empty<(string, string)>()))).Entries);
    }

    [Fact]
    public void a_list_that_differs_from_the_files_own_headers_is_refused()
    {
        // The first place is the file's own header, the second its entry in the list.
        foreach (var place in (int[])[0, 1])
            Refused(Zips.Replace(Usual, "two.txt", "too.txt", place), "says two things");
        var sizes = (byte[])Usual.Clone();
        sizes[18]++;
        Refused(sizes, "says two things");
    }

    [Fact]
    public void bytes_that_belong_to_no_file_are_refused()
    {
        Refused([0, .. Usual], "damaged");
        Refused([.. Usual, 0], "damaged");
        Refused([.. Usual, .. Usual], "damaged");
        // A second file in the list that begins where the first one does.
        var list = Usual.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var overlap = (byte[])Usual.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(overlap.AsSpan(list + 42), 0);
        Refused(overlap, "");
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\evil")]
    [InlineData("c:evil")]
    [InlineData("a\u0001b")]
    public void names_that_leave_the_folder_are_refused(string name) => Refused(Zips.Of((name, "x")), "leave the folder");

    [Fact]
    public void a_name_that_is_there_twice_is_refused() => Refused(Zips.Of(("a", "1"), ("a", "2")), "twice");

    [Fact]
    public void a_bomb_is_refused_before_it_is_unpacked()
    {
        Refused(Zips.Of(("zeros", new byte[80 << 20])), "bomb");
        // So much is never too much.
        Assert.Single(ZipArchiveReader.Open(new MemoryStream(Zips.Of(("zeros", new byte[8 << 20])))).Entries);
    }

    [Fact]
    public void a_long_file_is_not_read()
    {
        var zip = ZipArchiveReader.Open(new MemoryStream(Zips.Of(("long", new byte[ArchiveLimits.MaxReadBytes + 1]))));
        Assert.Contains("longer", Assert.Throws<ArchiveRefusedException>(() => zip.Read(zip.Entries[0])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void sizes_that_lie_are_found_when_the_file_is_read()
    {
        var lie = (byte[])Usual.Clone();
        var list = lie.AsSpan().IndexOf("PK\u0001\u0002"u8);
        foreach (var at in (int[])[22, list + 24]) lie[at]--;
        var zip = ZipArchiveReader.Open(new MemoryStream(lie));
        Assert.Throws<ArchiveRefusedException>(() => zip.Read(zip.Entries[0]));
    }

    [Fact]
    public void cut_anywhere_and_changed_anywhere_it_is_refused_or_read_but_never_breaks()
    {
        for (var length = 0; length < Usual.Length; length++) Refused(Usual[..length], "damaged");
        Prop.ForAll(
            Gen.Choose(0, Usual.Length - 1).Zip(Gen.Choose(0, 255)).ToArbitrary(),
            static change =>
            {
                var bytes = (byte[])Usual.Clone();
                bytes[change.Item1] = (byte)change.Item2;
                try
                {
                    var zip = ZipArchiveReader.Open(new MemoryStream(bytes));
                    foreach (var entry in zip.Entries) zip.Read(entry);
                }
                catch (ArchiveRefusedException)
                {
                }
            }).QuickCheckThrowOnFailure();
    }

    private static void Refused(byte[] bytes, string why)
        => Assert.Contains(why, Assert.Throws<ArchiveRefusedException>(() => ZipArchiveReader.Open(new MemoryStream(bytes))).Message,
            StringComparison.Ordinal);
}
