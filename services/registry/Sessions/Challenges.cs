using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Auxo.Registry.Sessions;

/// <summary>
/// Texts to be signed by a Radicle key. One is good for five minutes, for the address that was asked, and for one sign-in. What it is
/// good for stands in it, under a seal of this process: a flood of questions fills nothing, and a restart ends them all.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class Challenges(TimeProvider time)
{
    /// <summary>How long one can be answered.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What the signature is for, as SSH signatures name it. One for git, or of an operation or a ref of Radicle, has another or none.
    /// </summary>
    public const string Purpose = "auxo-sign-in";

    private const int NonceLength = 16;
    private const int HeadLength = NonceLength + sizeof(long);
    private const int SealLength = 32;
    private const int LongestAddress = 260;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    /// <summary>Makes one.</summary>
    /// <param name="address">The host and port that was asked, such as <c>ci.example.org</c>.</param>
    /// <returns>It, and the first instant at which it is worth nothing.</returns>
    public (string Challenge, DateTimeOffset ExpiresAt) Make(string address)
    {
        var until = time.GetUtcNow() + Life;
        var head = RandomNumberGenerator.GetBytes(HeadLength);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(NonceLength), until.ToUnixTimeMilliseconds());
        byte[] body = [.. head, .. Encoding.UTF8.GetBytes(address)];
        return (Base64Url.EncodeToString([.. HMACSHA256.HashData(_key, body), .. body]), until);
    }

    /// <summary>The address for which it was made; null when it is none of ours, too old, or used.</summary>
    public string? AddressOf(string challenge)
    {
        if (challenge.Length > 1000 || !Base64Url.IsValid(challenge) || _used.ContainsKey(challenge)) return null;
        var bytes = Base64Url.DecodeFromChars(challenge);
        if (bytes.Length is <= SealLength + HeadLength or > SealLength + HeadLength + LongestAddress
            // Written in one way only, so that the same one is not taken for another.
            || Base64Url.EncodeToString(bytes) != challenge) return null;
        var body = bytes.AsSpan(SealLength);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, body), bytes.AsSpan(0, SealLength))) return null;
        var until = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(body[NonceLength..]));
        return until > time.GetUtcNow() ? Encoding.UTF8.GetString(body[HeadLength..]) : null;
    }

    /// <summary>Uses it up; false when it was used before.</summary>
    public bool Use(string challenge)
    {
        var now = time.GetUtcNow();
        foreach (var (old, until) in _used) if (until <= now) _used.TryRemove(old, out _);
        return _used.TryAdd(challenge, now + Life);
    }

    /// <summary>What is signed: the challenge and the address, so that a signature for one address opens no other.</summary>
    public static string TextOf(string challenge, string address)
        => $"Sign in to Auxo\naddress: {address}\nchallenge: {challenge}\n";
}
