using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;

namespace Auxo.ServiceDefaults.Access.Builds;

/// <summary>
/// What the steps of one build show to the registry. Everything that it says stands in it and is signed (HMAC-SHA256), so it is stored
/// nowhere: the pipeline makes it, the registry checks it, and both read the same key.
/// </summary>
/// <param name="Build">The build.</param>
/// <param name="Repository">Of which repository.</param>
/// <param name="Trust">Of its author.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing; whole seconds.</param>
/// <param name="Writes">The registry's repositories that the build may write to; it may read all.</param>
public sealed record BuildToken(Guid Build, Rid Repository, Trust Trust, DateTimeOffset ExpiresAt, IReadOnlyList<string> Writes)
{
    /// <summary>How each of them begins.</summary>
    public const string Prefix = "auxo_build_";

    private const string Version = "1";
    private const char Between = '|';

    /// <summary>Whether a text claims to be one.</summary>
    public static bool Claims(string presented) => presented.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Its text.</summary>
    /// <param name="key">The key of this instance.</param>
    public string Sign(ReadOnlySpan<byte> key)
    {
        var said = string.Join(
            Between, Version, Build.ToString("N"), Repository.Value, Trust.ToString(),
            ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), string.Join(',', Writes));
        var text = Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(said));
        return $"{text}.{Signature(text, key)}";
    }

    /// <summary>
    /// Reads one. The signature is compared first and in constant time, as text: there is no second way to write the same token.
    /// </summary>
    /// <param name="presented">The text.</param>
    /// <param name="key">The key of this instance.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when it was signed with another key, was changed or cut, is over, or is not of a trusted author's build.</returns>
    public static BuildToken? Verify(string presented, ReadOnlySpan<byte> key, DateTimeOffset now)
    {
        if (!Claims(presented) || presented.LastIndexOf('.') is not (> 0 and var end)) return null;
        var text = presented[..end];
        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(presented[(end + 1)..]), Encoding.UTF8.GetBytes(Signature(text, key)))) return null;

        // From here on it is what this instance wrote; only a later version may write it otherwise.
        if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length))).Split(Between)
            is not [Version, var build, var repository, var trust, var expires, var writes]) return null;
        var token = new BuildToken(
            Guid.ParseExact(build, "N"), Rid.Parse(repository), Enum.Parse<Trust>(trust),
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(expires, CultureInfo.InvariantCulture)),
            writes.Split(',', StringSplitOptions.RemoveEmptyEntries));
        return token.Trust == Trust.Trusted && now < token.ExpiresAt ? token : null;
    }

    /// <summary>What it may, as of any other token.</summary>
    public AccessToken ToAccess()
        => new(
            Build, $"build {Build}", ["registry:read", .. Writes.Select(static name => $"registry:write:{name}")], ExpiresAt);

    private static string Signature(string text, ReadOnlySpan<byte> key)
        => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
