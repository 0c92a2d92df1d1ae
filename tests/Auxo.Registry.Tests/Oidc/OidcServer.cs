using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

using OpenIddict.Abstractions;

using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Auxo.Registry.Tests.Oidc;

/// <summary>
/// A provider of OpenID Connect on a port of loopback: OpenIddict, with one client <c>auxo</c>. Everybody who comes is who the request
/// says that he is.
/// </summary>
internal sealed class OidcServer : IAsyncDisposable
{
    public const string Client = "auxo";

    private readonly ReservedPort _port = ReservedPort.Take();
    private readonly RSA _rsa = RSA.Create(2048);
    private WebApplication? _app;

    private OidcServer()
    {
    }

    /// <summary>As its tokens write it.</summary>
    public string Issuer => $"http://127.0.0.1:{_port.Number}/";

    public RsaSecurityKey Key { get; private set; } = null!;

    public static async Task<OidcServer> StartAsync()
    {
        var server = new OidcServer();
        server.Key = new RsaSecurityKey(server._rsa) { KeyId = "first" };
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts it, also after <see cref="StopAsync"/>, with the key of now.</summary>
    public async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Issuer);
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.EnableDegradedMode().SetIssuer(new Uri(Issuer)).SetTokenEndpointUris("token").SetAuthorizationEndpointUris("authorize");
            options.AllowClientCredentialsFlow().AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            options.AddEphemeralEncryptionKey().AddSigningKey(Key).DisableAccessTokenEncryption().RegisterScopes(Scopes.Profile);
            options.UseAspNetCore().DisableTransportSecurityRequirement();
            options.AddEventHandler<ValidateTokenRequestContext>(static b => b.UseInlineHandler(static _ => default));
            options.AddEventHandler<ValidateAuthorizationRequestContext>(static b => b.UseInlineHandler(static _ => default));
            options.AddEventHandler<HandleAuthorizationRequestContext>(static b => b.UseInlineHandler(static context =>
            {
                context.Principal = Person((string?)context.Request["login_hint"] ?? "dave");
                return default;
            }));
            options.AddEventHandler<HandleTokenRequestContext>(static b => b.UseInlineHandler(static context =>
            {
                if (context.Request.IsClientCredentialsGrantType()) context.Principal = Person("deployer");
                return default;
            }));
        });
        _app = builder.Build();
        _app.UseAuthentication();
        await _app.StartAsync();
        // Its first answers take long on a busy machine; nobody here asks how long.
        using var http = new HttpClient();
        foreach (var path in (string[])[".well-known/openid-configuration", ".well-known/jwks"])
            (await http.GetAsync(new Uri(Issuer + path))).EnsureSuccessStatusCode().Dispose();
    }

    public async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>The token that a program gets for its id and secret.</summary>
    public async Task<string> ProgramTokenAsync()
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", Client), new("client_secret", "any")]);
        using var answer = await http.PostAsync(new Uri(Issuer + "token"), form);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
    }

    /// <summary>A token as it would make it, with what a test wants otherwise.</summary>
    public string Token(
        string? issuer = null, string? audience = Client, DateTime? expires = null, SecurityKey? key = null, string? name = "dave",
        string[]? groups = null, string algorithm = SecurityAlgorithms.RsaSha256, DateTime? notBefore = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = "1234", ["groups"] = groups ?? ["developers"] };
        if (name is not null) claims["preferred_username"] = name;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer, Audience = audience, NotBefore = notBefore,
            Expires = expires ?? DateTimeOffset.UtcNow.UtcDateTime.AddMinutes(5),
            Claims = claims, SigningCredentials = new SigningCredentials(key ?? Key, algorithm),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _port.Dispose();
        _rsa.Dispose();
    }

    private static ClaimsPrincipal Person(string name)
    {
        var identity = new ClaimsIdentity("oidc", Claims.PreferredUsername, "groups");
        identity.SetClaim(Claims.Subject, "id of " + name).SetClaim(Claims.PreferredUsername, name);
        identity.AddClaim(new Claim("groups", "developers"));
        identity.AddClaim(new Claim("groups", "others"));
        identity.SetScopes(Scopes.OpenId, Scopes.Profile).SetResources(Client);
        identity.SetDestinations(static _ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }
}
