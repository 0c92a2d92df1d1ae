using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Auxo.Registry.Oidc;

/// <summary>What the provider says of itself: where it is asked for what, and with which keys it signs.</summary>
internal sealed partial class OidcProvider(
    OidcSettings settings, IHttpClientFactory clients, TimeProvider time, ILogger<OidcProvider> logger) : IDisposable
{
    /// <summary>The client that asks it.</summary>
    public const string Client = "oidc";

    /// <summary>So long what it said is believed; a key that it took back is no key any more after that.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>How often at most it is asked because of a key that is not known.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Known? _known;

    /// <summary>What it says of itself.</summary>
    /// <param name="keyIsMissing">A token is signed with a key that is not among those that are known: it may have a new one.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProviderAwayException">It cannot be asked.</exception>
    public async ValueTask<OpenIdConnectConfiguration> AskAsync(bool keyIsMissing, CancellationToken ct)
    {
        var age = keyIsMissing ? MinAge : MaxAge;
        if (Fresh(age) is { } fresh) return fresh;
        await _asking.WaitAsync(ct);
        try
        {
            if (Fresh(age) is { } meanwhile) return meanwhile;
            var said = await ReadAsync(ct);
            _known = new Known(said, time.GetTimestamp());
            return said;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private OpenIdConnectConfiguration? Fresh(TimeSpan age)
        => _known is { } known && time.GetElapsedTime(known.At) < age ? known.Said : null;

    private async Task<OpenIdConnectConfiguration> ReadAsync(CancellationToken ct)
    {
        using var http = clients.CreateClient(Client);
        var retriever = new HttpDocumentRetriever(http) { RequireHttps = settings.Issuer.StartsWith("https:", StringComparison.Ordinal) };
        var address = settings.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        try
        {
            var said = await OpenIdConnectConfigurationRetriever.GetAsync(address, retriever, ct);
            if (said.Issuer != settings.Issuer)
                throw new InvalidOperationException($"it calls itself '{said.Issuer}', not as Auxo__Oidc__Issuer");
            if (said.SigningKeys.Count == 0) throw new InvalidOperationException("it has no keys");
            return said;
        }
        // The library throws many kinds, also for what is no JSON; a caller that goes away is the one other.
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            Log.Away(logger, settings.Issuer, (e.InnerException ?? e).Message);
            throw new ProviderAwayException(e);
        }
    }

    private sealed record Known(OpenIdConnectConfiguration Said, long At);

    private static partial class Log
    {
        [LoggerMessage(590, LogLevel.Warning, "The identity provider {Issuer} cannot be asked, so that nobody is let in by it: {Reason}")]
        public static partial void Away(ILogger logger, string issuer, string reason);
    }
}

/// <summary>The provider cannot be asked.</summary>
public sealed class ProviderAwayException(Exception inner) : AuxoException(
    "access/provider-away", StatusCodes.Status503ServiceUnavailable,
    "The OpenID Connect provider cannot be asked now, so nobody is let in by its tokens. Try again later, or use an access token.", inner);
