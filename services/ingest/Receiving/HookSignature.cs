using System.Security.Cryptography;

using Microsoft.Extensions.Primitives;

namespace Auxo.Ingest.Receiving;

/// <summary>What the signatures of a webhook say.</summary>
public enum SignatureCheck
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>One of them does not fit body and secret.</summary>
    Wrong,

    /// <summary>All that are there fit.</summary>
    Verified,
}

/// <summary>
/// HMAC-SHA256 over the raw body with the repository's secret, as <c>X-Hub-Signature-256: sha256=hex</c> and
/// <c>x-radicle-signature</c> (the same, or the hex digits alone). Senders use either or both; every one that is there must be
/// right.
/// </summary>
public static class HookSignature
{
    /// <summary>The header that most senders use.</summary>
    public const string HubHeader = "X-Hub-Signature-256";

    /// <summary>The header of Radicle's own adapters.</summary>
    public const string RadicleHeader = "x-radicle-signature";

    private const string Scheme = "sha256=";

    /// <summary>A header that stands there twice: which of them counts would be anybody's guess.</summary>
    public static bool IsRepeated(StringValues header) => header.Count > 1;

    /// <summary>Compares in constant time.</summary>
    public static SignatureCheck Check(StringValues hub, StringValues radicle, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body)
    {
        if (hub.Count == 0 && radicle.Count == 0) return SignatureCheck.Absent;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, body, expected);
        var right = secret.Length > 0;
        right &= hub.Count == 0 || Fits(hub, schemeNeeded: true, expected);
        right &= radicle.Count == 0 || Fits(radicle, schemeNeeded: false, expected);
        return right ? SignatureCheck.Verified : SignatureCheck.Wrong;
    }

    private static bool Fits(StringValues header, bool schemeNeeded, ReadOnlySpan<byte> expected)
    {
        if (header.Count != 1) return false;
        var text = header[0].AsSpan();
        if (text.StartsWith(Scheme, StringComparison.Ordinal)) text = text[Scheme.Length..];
        else if (schemeNeeded) return false;

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return text.Length == 2 * HMACSHA256.HashSizeInBytes
            && Convert.FromHexString(text, given, out _, out var written) == System.Buffers.OperationStatus.Done && written == given.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }
}
