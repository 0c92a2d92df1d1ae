using System.Buffers.Text;
using System.Text;

namespace Auxo.Registry.Archives;

/// <summary>
/// Passes an unpacked tar on, and looks at its headers on the way: those that say something of the next file (its
/// long name, its attributes) are read whole into memory by every reader, however long they say that they are. A few
/// kilobytes can unpack to hundreds of megabytes of them.
/// </summary>
/// <param name="tar">From its beginning; closed with this.</param>
/// <param name="refuse">What is thrown, for what is wrong as the end of a sentence.</param>
internal sealed class TarHeaderLimit(Stream tar, Func<string, Exception> refuse) : PassingStream(tar)
{
    /// <summary>Of such a header; a path has at most 4 KiB, and nothing else in it matters here.</summary>
    private const int MostBytes = 1 << 20;
    private const int BlockBytes = 512;
    private readonly byte[] _header = new byte[BlockBytes];
    private readonly List<byte> _attributes = [];
    private int _headerBytes;
    private long _skip;
    private int _keep;
    private long? _said;

    protected override void Came(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var taken = (int)Math.Min(_skip > 0 ? _skip : BlockBytes - _headerBytes, bytes.Length);
            if (_skip > 0)
            {
                KeepAttributes(bytes[..taken]);
                _skip -= taken;
            }
            else
            {
                bytes[..taken].CopyTo(_header.AsSpan(_headerBytes));
                _headerBytes = (_headerBytes + taken) % BlockBytes;
                if (_headerBytes == 0) ReadHeader();
            }

            bytes = bytes[taken..];
        }
    }

    private void ReadHeader()
    {
        var (kind, size) = ((char)_header[156], SizeOf(_header.AsSpan(124, 12)));
        // Of these nothing follows, whatever they say.
        if (kind is '1' or '2' or '3' or '4' or '5' or '6') size = 0;
        if (kind is 'x' or 'g' or 'L' or 'K')
        {
            if (size > MostBytes) throw refuse($"has a header of {size} bytes in it; {MostBytes} is the most");
            _keep = kind is 'x' or 'g' ? (int)size : 0;
        }
        else if (_said is { } said)
        {
            // Readers that believe the one go on elsewhere than those that believe the other.
            if (said != size) throw refuse("gives a file two lengths");
            _said = null;
        }

        _skip = (size + BlockBytes - 1) / BlockBytes * BlockBytes;
    }

    /// <summary>npm writes the length there too when it writes a long name.</summary>
    private void KeepAttributes(ReadOnlySpan<byte> bytes)
    {
        if (_keep == 0) return;
        var kept = Math.Min(_keep, bytes.Length);
        _attributes.AddRange(bytes[..kept]);
        _keep -= kept;
        if (_keep > 0) return;
        ReadAttributes(_attributes.ToArray());
        _attributes.Clear();
    }

    /// <summary>Each is <c>LENGTH NAME=VALUE</c> and the end of a line, of which LENGTH counts all.</summary>
    private void ReadAttributes(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length > 0)
        {
            if (!Utf8Parser.TryParse(attributes, out int length, out var digits)
                || length <= digits || length > attributes.Length) throw refuse("is damaged");
            var attribute = attributes[digits..length];
            if (attribute.StartsWith(" size="u8))
            {
                _said = Utf8Parser.TryParse(attribute[" size=".Length..], out long said, out _)
                    ? said : throw refuse("is damaged");
            }

            attributes = attributes[length..];
        }
    }

    /// <summary>Octal digits, or a binary number where those have no room for it.</summary>
    private long SizeOf(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            var wide = 0L;
            foreach (var part in field[^8..]) wide = wide << 8 | part;
            return wide is >= 0 and <= long.MaxValue / 2 ? wide : throw refuse("is damaged");
        }

        var digits = Encoding.ASCII.GetString(field).Trim('\0', ' ');
        var size = 0L;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') throw refuse("is damaged");
            size = size * 8 + (digit - '0');
        }

        return size;
    }
}
