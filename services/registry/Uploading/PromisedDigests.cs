using System.Security.Cryptography;

using Auxo.Registry.Blobs;

namespace Auxo.Registry.Uploading;

/// <summary>
/// What a client says the content's digest is: <c>Content-Digest</c> and <c>Repr-Digest</c> (RFC 9530), the older <c>Digest</c>
/// (RFC 3230), and <c>X-Checksum-Sha256</c>. Algorithms that nobody should rely on any more are left aside, as RFC 9530 allows.
/// </summary>
/// <param name="Sha256">Null when it was not said.</param>
/// <param name="Sha512">Null when it was not said.</param>
public sealed record PromisedDigests(byte[]? Sha256, byte[]? Sha512)
{
    /// <summary>Reads the headers.</summary>
    /// <exception cref="BadHttpRequestException">One of them cannot be read, or two of them differ.</exception>
    public static PromisedDigests From(IHeaderDictionary headers)
    {
        var promised = new PromisedDigests(null, null);
        foreach (var name in (ReadOnlySpan<string>)["Content-Digest", "Repr-Digest", "Digest"])
        {
            foreach (var member in headers[name].OfType<string>()
                .SelectMany(static v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            {
                var (algorithm, value) = member.IndexOf('=') is > 0
                    and var at ? (member[..at].Trim().ToLowerInvariant(), member[(at + 1)..].Trim()) : (member, "");
                // ":…:" in the newer two, bare in the older one.
                if (name != "Digest") value = value.Length > 2 && value[0] == ':' && value[^1] == ':' ? value[1..^1] : "?";
                if (algorithm == "sha-256") promised = promised.And(name, Bytes(name, value, SHA256.HashSizeInBytes), null);
                else if (algorithm == "sha-512") promised = promised.And(name, null, Bytes(name, value, SHA512.HashSizeInBytes));
            }
        }

        if (headers["X-Checksum-Sha256"].FirstOrDefault() is { } hex)
        {
            promised = Digest.TryParse(hex.Trim().ToLowerInvariant(), out var digest)
                ? promised.And("X-Checksum-Sha256", Convert.FromHexString(digest.Hex), null)
                : throw new BadHttpRequestException("X-Checksum-Sha256 must have 64 hex digits.");
        }

        return promised;
    }

    /// <summary>What is wrong with what was received; null when every promise was kept.</summary>
    public string? Refuse(ReceivedBlob received)
    {
        if (Sha256 is not null && Digest.Of(Sha256) != received.Digest)
            return $"What arrived is {received.Digest} ({received.SizeBytes} bytes), not the promised "
                + $"{Digest.Of(Sha256)}. Nothing of it was kept; send it again.";
        if (Sha512 is not null && !Sha512.AsSpan().SequenceEqual(received.Sha512))
            return $"What arrived ({received.SizeBytes} bytes) has another SHA-512 than was promised. Nothing of it "
                + "was kept; send it again.";
        return null;
    }

    private PromisedDigests And(string name, byte[]? sha256, byte[]? sha512)
    {
        if (sha256 is not null && Sha256 is not null
            && !sha256.AsSpan().SequenceEqual(Sha256) || sha512 is not null && Sha512 is not null && !sha512.AsSpan().SequenceEqual(Sha512))
            throw new BadHttpRequestException($"{name} promises another digest than the header before it.");
        return new PromisedDigests(sha256 ?? Sha256, sha512 ?? Sha512);
    }

    private static byte[] Bytes(string name, string base64, int length)
    {
        var bytes = new byte[length];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == length
            ? bytes
            : throw new BadHttpRequestException(
                $"{name} cannot be read: it is 'sha-256=:<base64 of {length} bytes>:' ('Digest' has no colons).");
    }
}
