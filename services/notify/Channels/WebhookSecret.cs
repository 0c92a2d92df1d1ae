using System.Security.Cryptography;

namespace Auxo.Notify.Channels;

/// <summary>A key of Standard Webhooks as text: <c>whsec_</c> and base64 of 24 to 64 bytes.</summary>
public static class WebhookSecret
{
    private const string Prefix = "whsec_";

    /// <summary>A new one of 256 random bits.</summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key's bytes; null when the text is no such secret. The prefix may be missing.</summary>
    public static byte[]? Key(string text)
    {
        var bare = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var key = new byte[64];
        return bare.Length <= 88
            && Convert.TryFromBase64String(bare, key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
    }
}
