using System.Buffers.Binary;
using System.Text;

namespace Auxo.Radicle;

/// <summary>
/// What an OpenSSH private key file says before its secret: <c>openssh-key-v1</c>, a zero byte, and the name of the cipher.
/// </summary>
public static class PrivateKeyFile
{
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const int HeadCharacters = 64;

    /// <summary>
    /// True for a key without a passphrase. Only the first 48 bytes are read, which hold nothing secret: they need no program, and a
    /// small machine has no <c>ssh-keygen</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>False as well when it is no such file or cannot be read.</returns>
    public static bool IsOpen(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            if (reader.ReadLine()?.Trim() != Begin) return false;
            Span<char> head = stackalloc char[HeadCharacters];
            return NamesNoCipher(head[..reader.ReadBlock(head)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The same of the first characters after the file's first line.</summary>
    internal static bool NamesNoCipher(ReadOnlySpan<char> base64)
    {
        Span<byte> bytes = stackalloc byte[HeadCharacters];
        var magic = "openssh-key-v1\0"u8;
        if (!Convert.TryFromBase64Chars(base64, bytes, out var count) || !bytes[..count].StartsWith(magic)) return false;
        var rest = bytes[magic.Length..count];
        return rest.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length - 4
            && Encoding.ASCII.GetString(rest.Slice(4, (int)length)) == "none";
    }
}
