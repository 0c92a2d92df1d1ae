using System.Buffers.Binary;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// The armour around an operation's signature. It looks like an SSH signature, but the 64 bytes in it are plain ed25519 over
/// the 20 bytes of the tree id, so <c>ssh-keygen -Y verify</c> refuses it.
/// </summary>
/// <param name="Signer">The key in the armour: the author of the operation.</param>
/// <param name="Value">64 bytes.</param>
public sealed record SshSignature(Did Signer, byte[] Value)
{
    private const string Begin = "-----BEGIN SSH SIGNATURE-----";
    private const string End = "-----END SSH SIGNATURE-----";
    private const int MaxLength = 4096;

    /// <summary>Reads the armour.</summary>
    /// <exception cref="CobFormatException">It is none, or not ed25519.</exception>
    public static SshSignature Parse(string armour)
    {
        var start = armour.IndexOf(Begin, StringComparison.Ordinal);
        var end = armour.IndexOf(End, StringComparison.Ordinal);
        if (start < 0 || end < start || armour.Length > MaxLength) throw new CobFormatException("The signature is no SSH signature.");
        Span<byte> blob = stackalloc byte[MaxLength];
        if (!Convert.TryFromBase64Chars(armour.AsSpan(start + Begin.Length, end - start - Begin.Length), blob, out var length))
            throw new CobFormatException("The signature's armour is damaged.");

        ReadOnlySpan<byte> rest = blob[..length];
        if (!rest.StartsWith("SSHSIG\0\0\0\x01"u8)) throw new CobFormatException("The signature is no SSH signature of version 1.");
        rest = rest[10..];
        var key = Field(ref rest);
        _ = Field(ref rest); // namespace, "radicle"
        _ = Field(ref rest); // reserved
        _ = Field(ref rest); // hash algorithm, which Radicle names but does not use
        var signature = Field(ref rest);
        return new SshSignature(RadicleKey.ToDid(Ed25519(key, 32)), Ed25519(signature, 64));
    }

    private static byte[] Ed25519(ReadOnlySpan<byte> field, int length)
    {
        if (!Field(ref field).SequenceEqual("ssh-ed25519"u8)) throw new CobFormatException("The signature is not ed25519.");
        var value = Field(ref field);
        return value.Length == length ? value.ToArray() : throw new CobFormatException("The signature has a wrong length.");
    }

    private static ReadOnlySpan<byte> Field(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4) throw new CobFormatException("The signature is cut off.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 4) throw new CobFormatException("The signature is cut off.");
        var field = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return field;
    }
}
