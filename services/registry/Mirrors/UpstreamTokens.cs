using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// Tokens that upstream gives to everybody who asks: registries of images answer 401 with the place where one is to be had. They are
/// kept until they end, so that a pull does not log in for each of its layers.
/// </summary>
internal sealed partial class UpstreamTokens(TimeProvider time)
{
    private const int Most = 10_000;
    private const int AnswerBytes = 64 << 10;
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Ends)> _tokens = new(StringComparer.Ordinal);

    /// <summary>The token for an address, if one is known.</summary>
    public string? Find(Uri address)
        => _tokens.TryGetValue(KeyOf(address), out var known) && known.Ends > time.GetUtcNow() ? known.Token : null;

    /// <summary>Where a refused question gets its token; null when the refusal does not say.</summary>
    public static Uri? Realm(HttpResponseMessage refused)
    {
        if (refused.StatusCode != HttpStatusCode.Unauthorized) return null;
        foreach (var challenge in refused.Headers.WwwAuthenticate.Where(static c
            => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)))
        {
            var said = Parameters().Matches(challenge.Parameter ?? "")
                .GroupBy(static m => m.Groups["name"].Value.ToLowerInvariant(), StringComparer.Ordinal)
                .ToDictionary(static g => g.Key, static g => g.First().Groups["value"].Value, StringComparer.Ordinal);
            if (!said.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address)) continue;
            var query = string.Join('&', said.Where(static p => p.Key is "service" or "scope")
                .Select(static p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
            return new Uri($"{address.GetLeftPart(UriPartial.Path)}?{query}");
        }

        return null;
    }

    /// <summary>Keeps what the place answered; false when that is no token.</summary>
    public async Task<bool> KeepAsync(Uri address, HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentLength > AnswerBytes) return false;
        var buffer = new byte[AnswerBytes];
        try
        {
            await using var body = await UpstreamClient.BodyAsync(answer, ct);
            var read = await body.ReadAtLeastAsync(buffer, AnswerBytes, throwOnEndOfStream: false, ct);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, read));
            var token = Text(json.RootElement, "token") ?? Text(json.RootElement, "access_token");
            // It becomes a header.
            if (token is not { Length: > 0 } || token.Any(static c => c is <= ' ' or > '~')) return false;
            var lasts = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var number)
                ? TimeSpan.FromSeconds(Math.Clamp(number, 0, 3600)) : Usual;
            if (_tokens.Count >= Most) _tokens.Clear();
            _tokens[KeyOf(address)] = (token, time.GetUtcNow() + (lasts > Early ? lasts - Early : lasts));
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException or IOException
            or HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Sets it.</summary>
    public static void Set(HttpRequestMessage request, string token)
        => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

    private static string? Text(JsonElement item, string name)
        => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>One token is for one image: everything of it has the same address but for the last two parts.</summary>
    private static string KeyOf(Uri address)
    {
        var path = address.AbsolutePath;
        for (var parts = 0; parts < 2 && path.LastIndexOf('/') is > 0 and var at; parts++) path = path[..at];
        return address.GetLeftPart(UriPartial.Authority) + path;
    }

    [GeneratedRegex("(?<name>[A-Za-z]+)=\"(?<value>[^\"]*)\"",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameters();
}
