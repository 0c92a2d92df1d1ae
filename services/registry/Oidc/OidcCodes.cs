using System.Text.Json;

using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Auxo.Registry.Oidc;

/// <summary>A code with which a browser came back from the provider.</summary>
/// <param name="Code">The code.</param>
/// <param name="Verifier">What proves that it is one's own (PKCE).</param>
/// <param name="Nonce">What must stand in the token.</param>
/// <param name="Address">The console to which it was sent.</param>
public sealed record AuthorizationCode(string? Code, string? Verifier, string? Nonce, string? Address);

/// <summary>Changes codes for the provider's tokens.</summary>
internal sealed class OidcCodes(OidcSettings settings, OidcProvider provider, IHttpClientFactory clients)
{
    public string Client => settings.Client;

    public string Scope => settings.Scope;

    /// <summary>Where people say who they are.</summary>
    /// <exception cref="ProviderAwayException">The provider cannot be asked.</exception>
    public async Task<string> AuthorizationEndpointAsync(CancellationToken ct)
        => Own((await provider.AskAsync(keyIsMissing: false, ct)).AuthorizationEndpoint);

    /// <summary>The token that says who somebody is; null when the provider does not take the code.</summary>
    /// <exception cref="ProviderAwayException">The provider cannot be asked.</exception>
    public async Task<string?> ChangeAsync(string code, string verifier, string redirect, CancellationToken ct)
    {
        var endpoint = Own((await provider.AskAsync(keyIsMissing: false, ct)).TokenEndpoint);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["client_id"] = settings.Client, ["redirect_uri"] = redirect,
            ["code"] = code, ["code_verifier"] = verifier,
        };
        if (settings.ClientSecret is { } secret) fields["client_secret"] = secret;
        using var http = clients.CreateClient(OidcProvider.Client);
        using var form = new FormUrlEncodedContent(fields);
        try
        {
            using var answer = await http.PostAsync(new Uri(endpoint), form, ct);
            if ((int)answer.StatusCode >= 500) throw new HttpRequestException($"it answers {(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode ? new OpenIdConnectMessage(await answer.Content.ReadAsStringAsync(ct)).IdToken : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ArgumentException
            || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new ProviderAwayException(e);
        }
    }

    /// <summary>An address that the provider names is as safe as its own.</summary>
    private string Own(string? endpoint)
        => Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme == new Uri(settings.Issuer).Scheme
            ? endpoint!
            : throw new ProviderAwayException(new InvalidOperationException($"The provider names no address for this: '{endpoint}'."));
}
