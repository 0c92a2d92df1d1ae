using System.Security.Cryptography;

namespace Auxo.Registry.Mirrors;

/// <summary>The hash that upstream named for a file, before it was fetched.</summary>
/// <param name="Algorithm">SHA-256, SHA-512, SHA-384, SHA-1 or MD5; the last two are all that some old packages have.</param>
/// <param name="Value">The hash.</param>
public sealed record ExpectedDigest(HashAlgorithmName Algorithm, byte[] Value)
{
    private static readonly (string Name, HashAlgorithmName Algorithm, int Bytes)[] Known =
    [
        ("sha512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes), ("sha384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
        ("sha256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes), ("sha1", HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
        ("md5", HashAlgorithmName.MD5, MD5.HashSizeInBytes),
    ];

    /// <summary>From hex digits; null when they are none of this algorithm.</summary>
    /// <param name="algorithm"><c>sha256</c> and the like.</param>
    /// <param name="hex">The digits.</param>
    public static ExpectedDigest? OfHex(string algorithm, string? hex)
    {
        foreach (var known in Known)
        {
            if (known.Name == algorithm && hex is not null && hex.Length == known.Bytes * 2 && hex.All(char.IsAsciiHexDigit))
                return new ExpectedDigest(known.Algorithm, Convert.FromHexString(hex));
        }

        return null;
    }

    /// <summary>
    /// The strongest hash of a subresource integrity, <c>sha512-BASE64</c>, of which there may be several; null for none.
    /// </summary>
    public static ExpectedDigest? OfIntegrity(string? integrity)
    {
        var hashes = (integrity ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var known in Known)
        {
            foreach (var hash in hashes.Where(h => h.StartsWith(known.Name + "-", StringComparison.Ordinal)))
            {
                var value = new byte[known.Bytes];
                if (Convert.TryFromBase64String(hash[(known.Name.Length + 1)..].Split('?')[0], value, out var written)
                    && written == known.Bytes) return new ExpectedDigest(known.Algorithm, value);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(ExpectedDigest? other)
        => other is not null && Algorithm == other.Algorithm && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Algorithm, Convert.ToHexString(Value));

    /// <summary>As subresource integrity writes it.</summary>
    public override string ToString()
        => $"{Known.First(k => k.Algorithm == Algorithm).Name}-{Convert.ToBase64String(Value)}";
}
