using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// The armour of an SSH signature. That of an operation only looks like one: the 64 bytes in it are plain ed25519 over
/// the 20 bytes of the tree id, so <c>ssh-keygen -Y verify</c> refuses it. A real one is over a text with
/// <c>SSHSIG</c> and a namespace before it (<see cref="IsOver"/>), so neither can be taken for the other.
/// </summary>
/// <param name="Signer">The key in the armour: the author of the operation.</param>
/// <param name="Value">64 bytes.</param>
/// <param name="Namespace">What it was made for, as the armour says.</param>
/// <param name="HashName">With which the text was hashed, as the armour says; an operation is not.</param>
public sealed record SshSignature(Did Signer, byte[] Value, string Namespace, string HashName)
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
        var purpose = Encoding.UTF8.GetString(Field(ref rest));
        _ = Field(ref rest); // reserved
        var hash = Encoding.UTF8.GetString(Field(ref rest));
        var signature = Field(ref rest);
        return new SshSignature(RadicleKey.ToDid(Ed25519(key, 32)), Ed25519(signature, 64), purpose, hash);
    }

    /// <summary>
    /// True when it is what <c>ssh-keygen -Y sign -n</c> <paramref name="purpose"/> makes of <paramref name="text"/> with the key
    /// of <see cref="Signer"/>.
    /// </summary>
    public bool IsOver(string purpose, ReadOnlySpan<byte> text)
    {
        var hash = HashName switch { "sha512" => SHA512.HashData(text), "sha256" => SHA256.HashData(text), _ => null };
        if (hash is null || Namespace != purpose) return false;
        var signed = new List<byte>([.. "SSHSIG"u8]);
        foreach (var part in (byte[][])[Encoding.UTF8.GetBytes(purpose), [], Encoding.UTF8.GetBytes(HashName), hash])
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            signed.AddRange([.. length, .. part]);
        }

        return RadicleKey.Verifies(Signer, [.. signed], Value);
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
