using System.Collections.Concurrent;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Auxo.Console.Access;

/// <summary>
/// What the registry said of a person's session, for ten seconds: a role that was changed shows its buttons by then, and a session
/// that was ended leads to the sign-in. A token of a service account stays as it was made.
/// </summary>
internal sealed class KnownHolders(TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (TokenHolder Holder, DateTimeOffset At)> _known = new(StringComparer.Ordinal);

    /// <summary>Looks whether a cookie's session is still what it was.</summary>
    public async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { } user || !user.IsPerson() || user.Token() is not { } token) return;
        var http = context.HttpContext;
        try
        {
            if (await FindAsync(http.RequestServices.GetRequiredService<Clients>(), token, http.RequestAborted) is { } holder)
            {
                context.ReplacePrincipal(Session.Of(holder, token));
                return;
            }
        }
        catch (ServiceException)
        {
            // The registry is away: pages say so themselves.
            return;
        }

        // The cookie stays: of several requests on their way, each shall lead to the sign-in that says why.
        context.RejectPrincipal();
        http.Items[typeof(KnownHolders)] = "ended";
    }

    /// <summary>The way to the sign-in, and from there to the page of a form; it says so where a session has ended.</summary>
    public static Func<RedirectContext<CookieAuthenticationOptions>, Task> SayingWhy(
        Func<RedirectContext<CookieAuthenticationOptions>, Task> redirect) => context =>
    {
        if (!HttpMethods.IsGet(context.Request.Method)) context.RedirectUri = SignIn.Url(context.HttpContext);
        if (context.HttpContext.Items.ContainsKey(typeof(KnownHolders))) context.RedirectUri += "&ended=1";
        return redirect(context);
    };

    /// <summary>Asks again at the next look.</summary>
    public void Forget(string token) => _known.TryRemove(token, out _);

    private async Task<TokenHolder?> FindAsync(Clients clients, string token, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_known.TryGetValue(token, out var known) && now - known.At < MaxAge) return known.Holder;
        foreach (var (old, value) in _known) if (now - value.At >= MaxAge) _known.TryRemove(old, out _);
        if (await TokenHolder.FindAsync(clients, token, ct) is not { } holder) return null;
        _known[token] = (holder, now);
        return holder;
    }
}
