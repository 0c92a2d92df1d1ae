using System.IO.Compression;
using System.Text;

using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

using Packing = SharpCompress.Compressors.CompressionMode;

namespace Auxo.Registry.Debian.Indexes;

/// <summary>Reads the files that a <c>Packages</c> or a <c>Sources</c> lists, packed as it was fetched.</summary>
public sealed class PackagesIndex
{
    private const int MostFiles = 2_000_000;
    private readonly FileHashes.Builder _files = new();
    private readonly List<(string Name, string Sha256, long SizeBytes)> _ofSource = [];
    private string? _file;
    private string? _sha256;
    private string? _folder;
    private long _size = -1;
    private bool _inHashes;

    private PackagesIndex()
    {
    }

    /// <summary>Reads one; what is no such index lists nothing.</summary>
    /// <param name="packed">By xz, gzip or bzip2, or as it is.</param>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public static FileHashes Read(Stream packed)
    {
        try
        {
            var index = new PackagesIndex();
            using var text = Unpack(packed);
            ControlLines.Read(text, index.Add);
            return index._files.Build();
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            // What unpacks it ends in many ways.
            throw new InvalidDataException("The index is broken.", e);
        }
    }

    private static Stream Unpack(Stream packed)
    {
        var head = new byte[6];
        var read = packed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        packed.Position = 0;
        return head.AsSpan(0, read) switch
        {
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => new XZStream(packed),
            [0x1F, 0x8B, ..] => new GZipStream(packed, CompressionMode.Decompress),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => BZip2Stream.Create(packed, Packing.Decompress, decompressConcatenated: true),
            _ => packed,
        };
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) EndOfStanza();
        else if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (_inHashes) AddOfSource(Encoding.UTF8.GetString(line));
        }
        else if (line.IndexOf((byte)':') is > 0 and < 32 and var colon)
        {
            Span<byte> name = stackalloc byte[colon];
            Ascii.ToLower(line[..colon], name, out _);
            var value = line[(colon + 1)..].Trim((byte)' ');
            _inHashes = name.SequenceEqual("checksums-sha256"u8);
            if (name.SequenceEqual("filename"u8)) _file = Encoding.UTF8.GetString(value);
            else if (name.SequenceEqual("sha256"u8)) _sha256 = Encoding.UTF8.GetString(value);
            else if (name.SequenceEqual("directory"u8)) _folder = Encoding.UTF8.GetString(value);
            else if (name.SequenceEqual("size"u8) && long.TryParse(value, out var size)) _size = size;
        }
    }

    private void AddOfSource(string line)
    {
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var hash, var size, var name] && long.TryParse(size, out var bytes)
            && _ofSource.Count < 10_000) _ofSource.Add((name, hash, bytes));
    }

    private void EndOfStanza()
    {
        if (_file is not null && _sha256 is not null) Keep(_file, _sha256, _size);
        var folder = _folder is null or "." or "" ? "" : _folder.TrimEnd('/') + "/";
        foreach (var (name, sha256, size) in _ofSource) Keep(folder + name, sha256, size);
        (_file, _sha256, _folder, _size, _inHashes) = (null, null, null, -1, false);
        _ofSource.Clear();
    }

    private void Keep(string path, string sha256, long size)
    {
        if (_files.Count == MostFiles) throw new InvalidDataException("The index lists more than two million files.");
        if (sha256.Length == 64 && sha256.All(char.IsAsciiHexDigit))
            _files.Add(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path, Convert.FromHexString(sha256), size);
    }
}
