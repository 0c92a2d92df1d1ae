using System.Security.Cryptography;
using System.Text;

namespace Auxo.Pipeline.StepSecrets.Keys;

/// <summary>A key, and what it does with values: AES-256-GCM, bound to the repository and the name.</summary>
internal sealed class SecretKey
{
    /// <summary>Its size.</summary>
    public const int Bytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] _key;

    /// <summary>Takes a key of <see cref="Bytes"/> bytes.</summary>
    public SecretKey(byte[] key)
        => (_key, Id) = (key, Convert.ToHexStringLower(SHA256.HashData([.. "auxo secrets.key "u8, .. key]))[..16]);

    /// <summary>By which rows say which key is theirs; tells nothing of the key.</summary>
    public string Id { get; }

    /// <summary>As it stands in the file.</summary>
    public string Text => Convert.ToBase64String(_key);

    /// <summary>A new one.</summary>
    public static SecretKey Generate() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Encrypts a value: nonce, text, tag.</summary>
    public byte[] Encrypt(Rid? rid, string name, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var encrypted = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = encrypted.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            nonce, plain, encrypted.AsSpan(NonceBytes, plain.Length), encrypted.AsSpan(NonceBytes + plain.Length), Bound(rid, name));
        return encrypted;
    }

    /// <summary>Decrypts it.</summary>
    /// <exception cref="CryptographicException">It was encrypted by another key or for another row, or was changed.</exception>
    public string Decrypt(Rid? rid, string name, ReadOnlySpan<byte> encrypted)
    {
        if (encrypted.Length < NonceBytes + TagBytes) throw new CryptographicException("The encrypted value is too short.");
        var plain = new byte[encrypted.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(encrypted[..NonceBytes], encrypted[NonceBytes..^TagBytes], encrypted[^TagBytes..], plain, Bound(rid, name));
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>Who can write rows must not be able to move a value to another repository or name.</summary>
    private static byte[] Bound(Rid? rid, string name) => Encoding.UTF8.GetBytes($"auxo secret\n{rid?.Value}\n{name}");
}
