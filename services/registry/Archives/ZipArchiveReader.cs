using System.Buffers.Binary;
using System.IO.Compression;

namespace Auxo.Registry.Archives;

/// <summary>
/// A zip of which nothing is unpacked but single small files into memory. Only what every program reads the same way is let in: see
/// <c>docs/decisions/241-what-a-package-may-hide.md</c>.
/// </summary>
public sealed class ZipArchiveReader
{
    private const int EndBytes = 22;
    private const int WideEndBytes = 56;
    private const int WideLocatorBytes = 20;
    private readonly Stream _stream;

    private ZipArchiveReader(Stream stream, IReadOnlyList<ZipEntry> entries) => (_stream, Entries) = (stream, entries);

    /// <summary>What is in it, in the order of its bytes.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    /// <summary>Reads the list of files, and holds it against their own headers.</summary>
    /// <param name="stream">The whole zip; read as long as this is used, and not closed.</param>
    /// <exception cref="ArchiveRefusedException">It is damaged, or no two programs would read it the same way, or too
    /// much is in it.</exception>
    public static ZipArchiveReader Open(Stream stream)
    {
        try
        {
            var (count, offset, length) = FindList(stream);
            if (count > ArchiveLimits.MaxEntries || length > ArchiveLimits.MaxDirectoryBytes) throw new ArchiveRefusedException(
                $"The archive has {count} files in it; {ArchiveLimits.MaxEntries} is the most.");
            return new ZipArchiveReader(stream, Check(stream, ReadList(Bytes(stream, offset, (int)length), count), offset));
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentOutOfRangeException)
        {
            throw ZipEntry.Damaged(e);
        }
    }

    /// <summary>A file of at most <see cref="ArchiveLimits.MaxReadBytes"/>.</summary>
    /// <exception cref="ArchiveRefusedException">It is longer, damaged, or packed in a way that is not usual.</exception>
    public byte[] Read(ZipEntry entry)
    {
        if (entry.UnpackedBytes > ArchiveLimits.MaxReadBytes) throw new ArchiveRefusedException(
            $"'{ArchiveLimits.Shown(entry.Name)}' in the archive is longer than {ArchiveLimits.MaxReadBytes} bytes.");
        var packed = Bytes(_stream, entry.DataOffset, checked((int)entry.PackedBytes));
        if (entry.Method == 0) return packed;
        if (entry.Method != 8) throw new ArchiveRefusedException(
            $"'{ArchiveLimits.Shown(entry.Name)}' is packed with method {entry.Method}; use 'deflate', which every program reads.");
        var unpacked = new byte[entry.UnpackedBytes];
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            deflate.ReadExactly(unpacked);
            return deflate.ReadByte() < 0 ? unpacked : throw ZipEntry.Damaged();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw ZipEntry.Damaged(e);
        }
    }

    /// <summary>
    /// The record at the end of the file. It has to be the very end: bytes behind it, or another record in its comment, are read
    /// by some programs and not by others.
    /// </summary>
    private static (long Count, long Offset, long Length) FindList(Stream stream)
    {
        if (stream.Length < EndBytes) throw ZipEntry.Damaged();
        var end = Bytes(stream, stream.Length - EndBytes, EndBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50 || ZipEntry.Short(end, 20) != 0) throw ZipEntry.Damaged();
        if (ZipEntry.Short(end, 4) != 0 || ZipEntry.Short(end, 6) != 0) throw ZipEntry.Damaged();
        var (count, length, offset) = ((long)ZipEntry.Short(end, 10), (long)BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)),
            (long)BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        var after = stream.Length - EndBytes;
        if (count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue)
        {
            var locator = Bytes(stream, after - WideLocatorBytes, WideLocatorBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064b50) throw ZipEntry.Damaged();
            after = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
            var wide = Bytes(stream, after, WideEndBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(wide) != 0x06064b50) throw ZipEntry.Damaged();
            if (after + WideEndBytes != stream.Length - EndBytes - WideLocatorBytes) throw ZipEntry.Damaged();
            (count, length, offset) = (BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(32)),
                BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(40)), BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(48)));
        }

        return count >= 0 && length >= 0 && offset >= 0 && offset + length == after ? (count, offset, length) : throw ZipEntry.Damaged();
    }

    private static List<ZipEntry> ReadList(ReadOnlySpan<byte> list, long count)
    {
        var entries = new List<ZipEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (list.Length > 0)
        {
            var (entry, length) = ZipEntry.ReadCentral(list);
            if (!names.Add(entry.Name)) throw new ArchiveRefusedException(
                $"The archive has '{ArchiveLimits.Shown(entry.Name)}' twice. Pack it again.");
            entries.Add(entry);
            list = list[length..];
        }

        return entries.Count == count ? entries : throw ZipEntry.Damaged();
    }

    /// <summary>Every byte before the list belongs to one file: nothing stands between them, before them, or in two of them.</summary>
    private static List<ZipEntry> Check(Stream stream, List<ZipEntry> entries, long listOffset)
    {
        if (entries.Sum(static e => (decimal)e.UnpackedBytes) > ArchiveLimits.UnpackedBytes(stream.Length))
            throw new ArchiveRefusedException(
                $"The archive unpacks to more than {ArchiveLimits.MaxRatio} times its own size, as a bomb does. It was not kept.");
        entries.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        var expected = 0L;
        for (var i = 0; i < entries.Count; i++)
        {
            var header = Bytes(stream, entries[i].Offset, ZipEntry.LocalBytes);
            var rest = Bytes(
                stream, entries[i].Offset + ZipEntry.LocalBytes, ZipEntry.Short(header, 26) + ZipEntry.Short(header, 28));
            entries[i] = entries[i].CheckLocal(header, rest);
            RequireNext(expected, entries[i].Offset, i > 0 && entries[i - 1].HasDescriptor);
            expected = entries[i].DataOffset + entries[i].PackedBytes;
        }

        RequireNext(expected, listOffset, entries is [.., { HasDescriptor: true }]);
        return entries;
    }

    private static void RequireNext(long expected, long actual, bool descriptorBetween)
    {
        // A descriptor has 12 to 24 bytes.
        if (actual - expected is var gap && (descriptorBetween ? gap is < 12 or > 24 : gap != 0)) throw new ArchiveRefusedException(
            "The archive has bytes in it that belong to no file in its list, or to two. Pack it again.");
    }

    private static byte[] Bytes(Stream stream, long offset, int length)
    {
        if (offset < 0 || offset > stream.Length - length) throw ZipEntry.Damaged();
        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
