using System.Buffers.Binary;
using System.Security.Cryptography;

using Auxo.Contracts;

using NSec.Cryptography;

namespace Auxo.Radicle;

/// <summary>
/// The key of a Radicle profile that has no passphrase. It stands in memory for one write only, in pages that are not swapped.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private const int SeedLength = 32;
    private const int MostBytes = 16 << 10;
    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        Owner = RadicleKey.ToDid(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <summary>Whose it is.</summary>
    public Did Owner { get; }

    /// <summary>Reads it.</summary>
    /// <param name="path">A file as <c>ssh-keygen</c> and <c>rad auth</c> write it.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <returns>
    /// Null when it has a passphrase, is another key or no ed25519 key, or cannot be read: then <c>rad</c> has to sign.
    /// </returns>
    public static SigningKey? TryOpen(string path, Did owner)
    {
        var key = Open(path);
        if (key is null || key.Owner == owner) return key;
        key.Dispose();
        return null;
    }

    /// <summary>The key of a seed of 32 bytes.</summary>
    public static SigningKey OfSeed(ReadOnlySpan<byte> seed)
        => new(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey));

    private static SigningKey? Open(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MostBytes } || !PrivateKeyFile.IsOpen(path)) return null;
            var lines = File.ReadLines(path).Where(static line => !line.StartsWith('-'));
            var bytes = Convert.FromBase64String(string.Concat(lines.Select(static line => line.Trim())));
            try
            {
                return Read(bytes);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Signs: 64 bytes of plain ed25519.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(_key, message);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>
    /// <c>openssh-key-v1</c>: after the names of cipher, derivation and its options come the number of keys, the public one and a part that
    /// would be encrypted: twice the same number, then kind, public key, and the private key with the public one behind it.
    /// </summary>
    private static SigningKey? Read(ReadOnlySpan<byte> rest)
    {
        rest = rest["openssh-key-v1\0"u8.Length..];
        if (!Skip(ref rest, fields: 3) || rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) != 1) return null;
        rest = rest[4..];
        if (!Skip(ref rest, fields: 1) || !Field(ref rest, out var open)) return null;
        if (open.Length < 8 || !open[..4].SequenceEqual(open[4..8])) return null;
        open = open[8..];
        if (!Field(ref open, out var kind) || !kind.SequenceEqual("ssh-ed25519"u8)) return null;
        if (!Field(ref open, out var known) || !Field(ref open, out var secret) || secret.Length != 2 * SeedLength) return null;
        if (!Key.TryImport(SignatureAlgorithm.Ed25519, secret[..SeedLength], KeyBlobFormat.RawPrivateKey, out var key) || key is null)
            return null;
        if (key.PublicKey.Export(KeyBlobFormat.RawPublicKey).AsSpan().SequenceEqual(known)) return new SigningKey(key);
        key.Dispose();
        return null;
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, int fields)
    {
        for (var i = 0; i < fields; i++)
        {
            if (!Field(ref rest, out _)) return false;
        }

        return true;
    }

    private static bool Field(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 4) return false;
        field = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }
}
