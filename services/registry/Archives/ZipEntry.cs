using System.Buffers.Binary;
using System.Text;

namespace Auxo.Registry.Archives;

/// <summary>A file in a zip, as its list at the end and its own header before the bytes both say.</summary>
/// <param name="Name">With slashes; a folder's ends with one.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Flags">General purpose flags.</param>
/// <param name="PackedBytes">In the zip.</param>
/// <param name="UnpackedBytes">When it is unpacked.</param>
/// <param name="Offset">Where its own header begins.</param>
public sealed record ZipEntry(string Name, int Method, int Flags, long PackedBytes, long UnpackedBytes, long Offset)
{
    internal const int CentralBytes = 46;
    internal const int LocalBytes = 30;
    private const int Encrypted = 0x2041;
    private const int SizesFollow = 8;
    private const int NamesAreUtf8 = 0x800;

    /// <summary>Where its bytes begin; set when its own header was read.</summary>
    internal long DataOffset { get; init; }

    /// <summary>Sizes stand after the bytes, not before them.</summary>
    internal bool HasDescriptor => (Flags & SizesFollow) != 0;

    /// <summary>Reads an entry of the list at the end.</summary>
    /// <returns>The entry and its length in the list.</returns>
    internal static (ZipEntry Entry, int Length) ReadCentral(ReadOnlySpan<byte> at)
    {
        if (at.Length < CentralBytes || BinaryPrimitives.ReadUInt32LittleEndian(at) != 0x02014b50) throw Damaged();
        var (nameLength, extraLength, commentLength) = (Short(at, 28), Short(at, 30), Short(at, 32));
        var length = CentralBytes + nameLength + extraLength + commentLength;
        if (at.Length < length) throw Damaged();
        var unixMode = BinaryPrimitives.ReadUInt32LittleEndian(at[38..]) >> 16;
        if (at[5] == 3 && (unixMode & 0xF000) == 0xA000) throw new ArchiveRefusedException(
            "The archive has a symbolic link in it. Pack it again with the file itself.");
        var wide = new Wide(at.Slice(CentralBytes + nameLength, extraLength));
        var unpacked = wide.Take(BinaryPrimitives.ReadUInt32LittleEndian(at[24..]));
        var packed = wide.Take(BinaryPrimitives.ReadUInt32LittleEndian(at[20..]));
        var offset = wide.Take(BinaryPrimitives.ReadUInt32LittleEndian(at[42..]));
        var entry = new ZipEntry(
            ReadName(at.Slice(CentralBytes, nameLength), Short(at, 8)), Short(at, 10), Short(at, 8), packed, unpacked, offset);
        if ((entry.Flags & Encrypted) != 0) throw new ArchiveRefusedException("The archive is encrypted; pack it again without.");
        ArchiveLimits.RequireInside(entry.Name);
        return (entry, length);
    }

    /// <summary>
    /// Compares with its own header. A program that reads from the front believes that one, one that reads from the end believes
    /// the list: where they differ, two readers unpack different packages.
    /// </summary>
    internal ZipEntry CheckLocal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> nameAndExtra)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034b50) throw Damaged();
        var wide = new Wide(nameAndExtra[Short(header, 26)..]);
        var unpacked = wide.Take(BinaryPrimitives.ReadUInt32LittleEndian(header[22..]));
        var packed = wide.Take(BinaryPrimitives.ReadUInt32LittleEndian(header[18..]));
        var sizesAgree = packed == PackedBytes && unpacked == UnpackedBytes || HasDescriptor && packed == 0 && unpacked == 0;
        if (ReadName(nameAndExtra[..Short(header, 26)], Short(header, 6)) != Name || Short(header, 8) != Method || !sizesAgree
            || Short(header, 6) != Flags)
            throw new ArchiveRefusedException(
                $"The archive says two things about '{ArchiveLimits.Shown(Name)}': its list of files differs from the file's own "
                    + "header, so two programs would unpack different files. Pack it again.");
        return this with { DataOffset = Offset + LocalBytes + nameAndExtra.Length };
    }

    internal static int Short(ReadOnlySpan<byte> at, int index) => BinaryPrimitives.ReadUInt16LittleEndian(at[index..]);

    internal static ArchiveRefusedException Damaged(Exception? inner = null)
        => new("The archive is damaged: it is no zip, or not all of one. Pack it again.", inner);

    private static string ReadName(ReadOnlySpan<byte> name, int flags)
        => (flags & NamesAreUtf8) != 0 ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name);

    /// <summary>Sizes over 4 GiB stand in an extra field, in order, each only where the usual place has no room for it.</summary>
    private ref struct Wide(ReadOnlySpan<byte> extra)
    {
        private ReadOnlySpan<byte> _values = Find(extra);

        public long Take(uint usual)
        {
            if (usual != uint.MaxValue) return usual;
            if (_values.Length < 8) throw Damaged();
            var value = BinaryPrimitives.ReadInt64LittleEndian(_values);
            _values = _values[8..];
            return value >= 0 ? value : throw Damaged();
        }

        private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> extra)
        {
            while (extra.Length >= 4)
            {
                var length = Short(extra, 2);
                if (extra.Length < 4 + length) throw Damaged();
                if (Short(extra, 0) == 1) return extra.Slice(4, length);
                extra = extra[(4 + length)..];
            }

            return [];
        }
    }
}
