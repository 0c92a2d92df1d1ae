using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

using Auxo.Registry.Blobs;

namespace Auxo.Registry.Oci;

/// <summary>
/// A digest as an OCI client writes it: <c>sha256:</c> and 64 or <c>sha512:</c> and 128 lower-case hex digits. A content has one of
/// each, and is found under the one with which it was sent.
/// </summary>
public readonly record struct OciDigest
{
    private const string Short = "sha256:";
    private const string Long = "sha512:";
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");
    private readonly string? _text;

    private OciDigest(string text) => _text = text;

    /// <summary>Whether SHA-512 has to be computed to compare it.</summary>
    public bool IsSha512 => ToString().StartsWith(Long, StringComparison.Ordinal);

    /// <summary>The tag under which registries without referrers keep the list of them: <c>sha256-…</c>, 64 digits at most.</summary>
    public string FallbackTag => $"{ToString()[..6]}-{ToString()[7..71]}";

    /// <summary>The usual one of a content.</summary>
    public static OciDigest Of(Digest content) => new(content.ToString());

    /// <summary>Of bytes.</summary>
    public static OciDigest Of(ReadOnlySpan<byte> bytes, bool sha512)
        => sha512 ? OfSha512(SHA512.HashData(bytes)) : new(Short + Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Of a SHA-512.</summary>
    public static OciDigest OfSha512(ReadOnlySpan<byte> hash) => new(Long + Convert.ToHexStringLower(hash));

    /// <summary>Reads one; false also for an algorithm that is not known here.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OciDigest digest)
    {
        var valid = text is { Length: 71 } && text.StartsWith(Short, StringComparison.Ordinal)
            || text is { Length: 135 } && text.StartsWith(Long, StringComparison.Ordinal);
        valid = valid && !text.AsSpan(7).ContainsAnyExcept(Digits);
        digest = valid ? new OciDigest(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? throw new InvalidOperationException("This digest was never set.");
}
