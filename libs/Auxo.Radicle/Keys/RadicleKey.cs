using System.Collections.Concurrent;

using Auxo.Contracts;

using NSec.Cryptography;

namespace Auxo.Radicle;

/// <summary>Node keys: ed25519, written as <c>z</c> + base58 of <c>ed 01</c> and the 32 bytes of the public key.</summary>
public static class RadicleKey
{
    private const int KeyLength = 32;
    private const int SignatureLength = 64;

    /// <summary>More keys than any repository has writers; a node's operations are by few.</summary>
    private const int MostKnown = 10_000;

    private static readonly ConcurrentDictionary<string, PublicKey> Known = new(StringComparer.Ordinal);

    /// <summary>The DID of a raw public key of 32 bytes.</summary>
    public static Did ToDid(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != KeyLength) throw new ArgumentException("An ed25519 public key has 32 bytes.", nameof(publicKey));
        Span<byte> tagged = stackalloc byte[KeyLength + 2];
        tagged[0] = 0xed;
        tagged[1] = 0x01;
        publicKey.CopyTo(tagged[2..]);
        return Did.Parse(Base58.Encode(tagged));
    }

    /// <summary>
    /// True when <paramref name="signature"/> (64 raw bytes) over <paramref name="message"/> was made with the key of
    /// <paramref name="signer"/>.
    /// </summary>
    public static bool Verifies(Did signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        => signature.Length == SignatureLength && Read(signer) is { } key && SignatureAlgorithm.Ed25519.Verify(key, message, signature);

    /// <summary>True when the DID names an ed25519 key at all: a text may look like one and be cut or of another curve.</summary>
    public static bool IsKey(Did did) => Read(did) is not null;

    /// <summary>The 32 bytes of the public key that a DID names.</summary>
    /// <exception cref="FormatException">It names none.</exception>
    public static byte[] BytesOf(Did did)
        => Base58.TryDecode(did.Nid, out var tagged) && tagged.Length == KeyLength + 2
            ? tagged[2..]
            : throw new FormatException($"{did} names no ed25519 key.");

    private static PublicKey? Read(Did did)
    {
        if (Known.TryGetValue(did.Nid, out var known)) return known;
        if (!Base58.TryDecode(did.Nid, out var tagged) || tagged is not [0xed, 0x01, ..] || tagged.Length != KeyLength + 2
            || !PublicKey.TryImport(SignatureAlgorithm.Ed25519, tagged.AsSpan(2), KeyBlobFormat.RawPublicKey, out var key)
            || key is null) return null;
        if (Known.Count >= MostKnown) Known.Clear();
        return Known[did.Nid] = key;
    }
}
