using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Registry.Debian.Indexes;

/// <summary>
/// What files have to be, by their paths: 48 bytes for each. Debian's main index lists 64,000 files, and a dictionary of them would have
/// five times that.
/// </summary>
public sealed class FileHashes
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private readonly ulong[] _keys;
    private readonly byte[] _hashes;
    private readonly long[] _sizes;

    private FileHashes(ulong[] keys, byte[] hashes, long[] sizes) => (_keys, _hashes, _sizes) = (keys, hashes, sizes);

    /// <summary>How many files.</summary>
    public int Count => _keys.Length;

    /// <summary>SHA-256 and length of a file; null when it is not listed. A length of -1 was not said.</summary>
    public (byte[] Sha256, long SizeBytes)? Find(string path)
        => Array.BinarySearch(_keys, KeyOf(path)) is >= 0 and var at
            ? (_hashes.AsSpan(at * HashBytes, HashBytes).ToArray(), _sizes[at]) : null;

    /// <summary>Eight bytes tell two million paths apart; two that did not would be refused by their hash.</summary>
    private static ulong KeyOf(string path)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Takes files in any order.</summary>
    internal sealed class Builder
    {
        private readonly List<ulong> _keys = [];
        private readonly List<(byte[] Sha256, long SizeBytes)> _files = [];

        public int Count => _keys.Count;

        public void Add(string path, byte[] sha256, long sizeBytes)
        {
            _keys.Add(KeyOf(path));
            _files.Add((sha256, sizeBytes));
        }

        public FileHashes Build()
        {
            var (keys, order) = (_keys.ToArray(), Enumerable.Range(0, _keys.Count).ToArray());
            Array.Sort(keys, order);
            var hashes = new byte[keys.Length * HashBytes];
            for (var i = 0; i < order.Length; i++) _files[order[i]].Sha256.CopyTo(hashes, i * HashBytes);
            return new FileHashes(keys, hashes, Array.ConvertAll(order, i => _files[i].SizeBytes));
        }
    }
}
