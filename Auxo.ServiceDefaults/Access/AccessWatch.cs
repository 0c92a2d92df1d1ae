using System.Security.Claims;

using Auxo.ServiceDefaults.Storage;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Auxo.ServiceDefaults.Access;

/// <summary>
/// Ends an answer that goes on for hours, such as a log that is followed, when its caller may not have it any more: the token was
/// revoked or has expired, or the repository is public no longer. Every ten seconds it asks again what the route asked at the begin.
/// A caller who comes back is let in or refused as everybody is.
/// </summary>
public sealed class AccessWatch : IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly AccessTokens _tokens;
    private readonly IAuthorizationService _authorization;
    private readonly CancellationTokenSource _end;
    private readonly Task _looking;

    private AccessWatch(HttpContext http)
    {
        var services = http.RequestServices;
        (_http, _tokens) = (http, services.GetRequiredService<AccessTokens>());
        _authorization = services.GetRequiredService<IAuthorizationService>();
        _end = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        Ended = _end.Token;
        _looking = LookAsync(services.GetRequiredService<TimeProvider>());
    }

    /// <summary>Cancelled when the access ends, when the caller goes, and when the service stops.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Watches a request that was let in; dispose it before the answer ends.</summary>
    public static AccessWatch Begin(HttpContext http) => new(http);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        _end.Dispose();
    }

    private async Task LookAsync(TimeProvider time)
    {
        try
        {
            do await Task.Delay(AccessTokens.MaxAge, time, Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!Ended.IsCancellationRequested && await MayStillAsync());
        }
        finally
        {
            // A look that fails ends the answer, too: nobody reads on unwatched.
            await _end.CancelAsync();
        }
    }

    private async Task<bool> MayStillAsync()
    {
        try
        {
            var user = _http.Request.Headers.Authorization.Count == 0
                ? new ClaimsPrincipal(new ClaimsIdentity())
                : await TokenAuthentication.FindAsync(_http.Request, _tokens, Ended);
            var asked = _http.GetEndpoint()?.Metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(static p => p.Requirements);
            return user is not null && (await _authorization.AuthorizeAsync(user, _http, asked ?? [])).Succeeded;
        }
        catch (Exception e) when (DatabaseAway.Is(e))
        {
            // A log is followed through an outage: while nobody can write the tables, nobody's access is ended.
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
