using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Auxo.Console.Access;

/// <summary>
/// Links that open the console once, made for whoever shows a token (<c>auxo console</c>). They live in memory for five minutes: a
/// restart forgets them, and another one costs nothing.
/// </summary>
internal sealed class LoginLinks(TimeProvider time)
{
    /// <summary>How long a link can be opened.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Beyond these the oldest ends: nobody opens a hundred links at once.</summary>
    private const int Most = 100;

    private readonly ConcurrentDictionary<string, (string Token, TokenHolder Holder, DateTimeOffset Until)> _links =
        new(StringComparer.Ordinal);

    /// <summary>Makes one.</summary>
    /// <returns>Its code.</returns>
    public string Make(string token, TokenHolder holder)
    {
        var now = time.GetUtcNow();
        foreach (var (old, link) in _links) if (link.Until <= now) _links.TryRemove(old, out _);
        if (_links.Count >= Most) _links.TryRemove(_links.MinBy(static link => link.Value.Until).Key, out _);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _links[code] = (token, holder, now + Life);
        return code;
    }

    /// <summary>Uses a link up; null when it was used, is too old, or never was.</summary>
    public (string Token, TokenHolder Holder)? Take(string code)
        => _links.TryRemove(code, out var link) && link.Until > time.GetUtcNow() ? (link.Token, link.Holder) : null;
}
