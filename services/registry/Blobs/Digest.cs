using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Auxo.Registry.Blobs;

/// <summary>
/// The SHA-256 of a content, written <c>sha256:</c> and 64 lower-case hex digits. It is the content's name and its entity tag.
/// </summary>
public readonly record struct Digest
{
    private const string Prefix = "sha256:";
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private Digest(string hex) => Hex = hex;

    /// <summary>The 64 digits; safe as the name of a file.</summary>
    public string Hex => field ?? throw new InvalidOperationException("This digest was never set.");

    /// <summary>As an entity tag, quotes included.</summary>
    public string ETag => $"\"{Prefix}{Hex}\"";

    /// <summary>Of the bytes of a hash.</summary>
    public static Digest Of(ReadOnlySpan<byte> sha256) => new(Convert.ToHexStringLower(sha256));

    /// <summary>Reads <c>sha256:…</c>, or the bare 64 digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        var hex = text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var valid = hex is { Length: 64 } && !hex.AsSpan().ContainsAnyExcept(Digits);
        digest = valid ? new Digest(hex!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Prefix + Hex;
}
