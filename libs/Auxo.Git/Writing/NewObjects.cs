using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Git;

/// <summary>
/// Objects that are put together here and given to git as one pack: one process for any number of them, and the names are known before.
/// </summary>
public sealed class NewObjects
{
    /// <summary>What zlib makes of nothing (RFC 1950 and 1951): header, one empty block, checksum.</summary>
    private static readonly byte[] EmptyStream = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    /// <summary>From so many on they stay one file, as git's own fetch decides it (<c>transfer.unpackLimit</c>).</summary>
    private const int KeptAsPack = 100;

    private readonly List<(Kind Kind, byte[] Data)> _objects = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private enum Kind
    {
        Commit = 1,
        Tree = 2,
        Blob = 3,
    }

    /// <summary>Adds a file's content.</summary>
    /// <returns>Its name, 40 hex digits.</returns>
    public string Blob(ReadOnlySpan<byte> content) => Add(Kind.Blob, content.ToArray());

    /// <summary>Adds a folder of plain files.</summary>
    /// <param name="files">Names without a slash, and the blobs.</param>
    /// <returns>Its name.</returns>
    public string Tree(IEnumerable<(string Name, string Blob)> files)
    {
        using var data = new MemoryStream();
        foreach (var (name, blob) in files.OrderBy(static file => file.Name, StringComparer.Ordinal))
        {
            data.Write(Encoding.UTF8.GetBytes($"100644 {name}\0"));
            data.Write(Convert.FromHexString(blob));
        }

        return Add(Kind.Tree, data.ToArray());
    }

    /// <summary>Adds a commit as git stores it.</summary>
    /// <returns>Its name.</returns>
    public string Commit(string content) => Add(Kind.Commit, Encoding.UTF8.GetBytes(content));

    /// <summary>Gives all to a repository. What it has already is passed over.</summary>
    /// <exception cref="GitException">They cannot be stored: the disk is full, the folder is not writable.</exception>
    public async Task StoreAsync(string repository, CancellationToken ct)
    {
        if (_objects.Count == 0) return;
        await GitCommand.RunAsync(
            repository, _objects.Count < KeptAsPack ? ["unpack-objects", "-q"] : ["index-pack", "--stdin"], ct, Pack());
    }

    [SuppressMessage("Security", "CA5350", Justification = "Git names its objects so; nothing is kept secret by it.")]
    private string Add(Kind kind, byte[] data)
    {
        var header = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{kind.ToString().ToLowerInvariant()} {data.Length}\0"));
        var name = Convert.ToHexStringLower(SHA1.HashData([.. header, .. data]));
        if (_known.Add(name)) _objects.Add((kind, data));
        return name;
    }

    /// <summary>See git's <c>gitformat-pack</c>: no deltas, so that every object stands for itself.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The checksum that the format asks for.")]
    private byte[] Pack()
    {
        using var pack = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        pack.Write("PACK"u8);
        foreach (var value in (ReadOnlySpan<int>)[2, _objects.Count])
        {
            BinaryPrimitives.WriteInt32BigEndian(number, value);
            pack.Write(number);
        }

        foreach (var (kind, data) in _objects)
        {
            // Four bits of the length with the kind, then seven at a time, the lowest first.
            var (rest, first) = (data.Length >> 4, ((int)kind << 4) | (data.Length & 15));
            for (; rest > 0; (first, rest) = (rest & 127, rest >> 7)) pack.WriteByte((byte)(first | 128));
            pack.WriteByte((byte)first);
            // .NET writes nothing at all for no bytes, where git expects a stream that says so.
            if (data.Length == 0) pack.Write(EmptyStream);
            using var zip = new ZLibStream(pack, CompressionLevel.Fastest, leaveOpen: true);
            zip.Write(data);
        }

        pack.Write(SHA1.HashData(pack.ToArray()));
        return pack.ToArray();
    }
}
