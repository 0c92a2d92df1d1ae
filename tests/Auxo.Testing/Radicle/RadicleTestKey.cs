using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

using NSec.Cryptography;

namespace Auxo.Testing.Radicle;

/// <summary>A person's key in tests: the same name always has the same key.</summary>
public sealed class RadicleTestKey : IDisposable
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private readonly Key _key;

    /// <param name="name">The person's alias.</param>
    public RadicleTestKey(string name)
    {
        Name = name;
        _key = Key.Import(SignatureAlgorithm.Ed25519, SHA256.HashData(Encoding.UTF8.GetBytes(name)), KeyBlobFormat.RawPrivateKey);
        PublicKey = _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        Nid = Multibase([0xed, 0x01, .. PublicKey]);
    }

    /// <summary>The person's alias.</summary>
    public string Name { get; }

    /// <summary>32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary><c>z6Mk…</c>.</summary>
    public string Nid { get; }

    /// <summary><c>did:key:z6Mk…</c>.</summary>
    public string Did => "did:key:" + Nid;

    /// <summary>64 bytes of ed25519.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(_key, message);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>What <c>ssh-keygen -Y sign -n</c> <paramref name="purpose"/> makes of a text.</summary>
    public string SignText(string purpose, ReadOnlySpan<byte> text)
    {
        var name = Encoding.UTF8.GetBytes(purpose);
        byte[] signed = [.. "SSHSIG"u8, .. Field(name), .. Field([]), .. Field("sha512"u8), .. Field(SHA512.HashData(text))];
        return string.Join('\n', Armour(signed, name, "sha512"u8));
    }

    /// <summary>The armour in which Radicle keeps the signature over a tree id.</summary>
    public IReadOnlyList<string> Armour(ReadOnlySpan<byte> message) => Armour(message, "radicle"u8, "sha256"u8);

    private List<string> Armour(ReadOnlySpan<byte> message, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> hash)
    {
        var algorithm = Field("ssh-ed25519"u8);
        byte[] blob =
        [
            .. "SSHSIG"u8, 0, 0, 0, 1, .. Field([.. algorithm, .. Field(PublicKey)]), .. Field(purpose),
            .. Field([]), .. Field(hash),
            .. Field([.. algorithm, .. Field(Sign(message))]),
        ];
        var lines = Convert.ToBase64String(blob).Chunk(70).Select(line => new string(line));
        return ["-----BEGIN SSH SIGNATURE-----", .. lines, "-----END SSH SIGNATURE-----"];
    }

    /// <summary><c>z</c> and base58btc; not fast, but independent of the code under test.</summary>
    public static string Multibase(ReadOnlySpan<byte> data)
    {
        var number = new BigInteger(data, isUnsigned: true, isBigEndian: true);
        var digits = new StringBuilder();
        while (number > 0)
        {
            number = BigInteger.DivRem(number, 58, out var digit);
            digits.Insert(0, Alphabet[(int)digit]);
        }

        var zeros = data.IndexOfAnyExcept((byte)0);
        return "z" + new string('1', Math.Max(zeros, 0)) + digits;
    }

    private static byte[] Field(ReadOnlySpan<byte> data)
    {
        var field = new byte[4 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, data.Length);
        data.CopyTo(field.AsSpan(4));
        return field;
    }
}
