using System.Buffers.Binary;
using System.Text;

namespace Auxo.Radicle.Tests;

public sealed class PrivateKeyFileTests
{
    [Theory]
    [InlineData("none", true)]
    [InlineData("aes256-ctr", false)]
    [InlineData("", false)]
    public void a_key_without_a_cipher_is_open(string cipher, bool expected)
        => Assert.Equal(expected, PrivateKeyFile.NamesNoCipher(Head(cipher)));

    [Theory]
    [InlineData("")]
    [InlineData("no base64 at all, but of some length and a half")]
    [InlineData("b3BlbnNzaC1rZXktdjEA")]
    public void what_is_no_key_is_not_open(string text) => Assert.False(PrivateKeyFile.NamesNoCipher(text));

    [Fact]
    public void a_file_that_is_not_there_or_something_else_is_not_open()
    {
        Assert.False(PrivateKeyFile.IsOpen("/nonexistent/key"));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "something else\n" + Head("none"));
        Assert.False(PrivateKeyFile.IsOpen(file));
        File.WriteAllText(file, "-----BEGIN OPENSSH PRIVATE KEY-----\n" + Head("none") + "\n");
        Assert.True(PrivateKeyFile.IsOpen(file));
        File.Delete(file);
    }

    /// <summary>As the file has it: magic, cipher and key derivation, each with its length, and the begin of what follows.</summary>
    private static string Head(string cipher)
    {
        var bytes = new List<byte>("openssh-key-v1\0"u8.ToArray());
        foreach (var text in (string[])[cipher, cipher, new string('x', 40)])
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
            bytes.AddRange([.. length, .. Encoding.ASCII.GetBytes(text)]);
        }

        return Convert.ToBase64String([.. bytes])[..64];
    }
}
