using System.Collections.Concurrent;
using System.Text.RegularExpressions;

using Auxo.Registry.Identities;
using Auxo.Registry.People;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;
using Auxo.ServiceDefaults.Access.Outside;

using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

using Npgsql;

namespace Auxo.Registry.Oidc;

/// <summary>
/// Lets people and programs in by tokens (JWT) of an OpenID Connect provider: signed with one of its keys, of that issuer, for us, and not
/// over. What is right stays so for a minute without looking at it again.
/// </summary>
internal sealed partial class OidcTokens(
    OidcSettings settings, OidcProvider provider, NpgsqlDataSource source, TimeProvider time) : IOutsideAuthority
{
    /// <summary>Whose people they are, in tables.</summary>
    public const string Directory = "oidc";

    private const int MostKept = 2_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1), Skew = TimeSpan.FromSeconds(30);

    /// <summary>Signatures by keys that are known to all. None of them is made with a shared secret, and "none" is none of them.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, (OidcDecision Decision, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Knows(string? user, string secret)
        => secret.StartsWith("eyJ", StringComparison.Ordinal) && secret.AsSpan().Count('.') == 2;

    /// <inheritdoc/>
    public async ValueTask<OutsideAnswer> AskAsync(HttpContext http, string? user, string secret, CancellationToken ct)
    {
        var decision = await DecideAsync(secret, nonce: null, ct);
        return new OutsideAnswer(
            AuthenticationKinds.Oidc, decision.Person?.ToAccess(decision.Until), decision.Refusal, decision.Name);
    }

    /// <summary>Whose token that is, or why nobody's.</summary>
    /// <param name="token">Its text.</param>
    /// <param name="nonce">What it must have been made for, where we asked for it ourselves.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProviderAwayException">The provider cannot be asked for its keys.</exception>
    public async ValueTask<OidcDecision> DecideAsync(string token, string? nonce, CancellationToken ct)
    {
        var (hash, now) = (Convert.ToHexStringLower(AccessToken.Hash(token)), time.GetUtcNow());
        if (nonce is null && _kept.TryGetValue(hash, out var kept) && now < kept.Until) return kept.Decision;
        var decision = await LookAsync(token, nonce, ct);
        // Only what is right is kept: what is wrong costs its sender as much as us.
        if (decision.Person is not null && nonce is null)
        {
            if (_kept.Count >= MostKept) _kept.Clear();
            _kept[hash] = (decision, decision.Until < now + Kept ? decision.Until : now + Kept);
        }

        return decision;
    }

    private async Task<OidcDecision> LookAsync(string token, string? nonce, CancellationToken ct)
    {
        var result = await ValidateAsync(token, await provider.AskAsync(keyIsMissing: false, ct));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            result = await ValidateAsync(token, await provider.AskAsync(keyIsMissing: true, ct));
        if (!result.IsValid) return OidcDecision.No(Why(result.Exception));
        var claims = result.ClaimsIdentity;
        if (nonce is not null && claims.FindFirst("nonce")?.Value != nonce) return OidcDecision.No(Refusals.WrongSignature);
        var name = claims.FindFirst(settings.NameClaim)?.Value.ToLowerInvariant();
        if (name is null || !Name().IsMatch(name) || PersonRules.IsReserved(name)) return OidcDecision.No(Refusals.UnknownName);
        if (await OutsidePerson.IsTakenAsync(source, name, Directory, ct)) return OidcDecision.No(Refusals.NameTaken, name);
        var scopes = settings.Groups.Of(claims.FindAll(settings.GroupsClaim).Select(static c => c.Value));
        return scopes.Count > 0
            ? new OidcDecision(new OutsidePerson(name, Directory, scopes), null, name, Is(result.SecurityToken.ValidTo))
            : OidcDecision.No(Refusals.NoGroup, name);
    }

    private Task<TokenValidationResult> ValidateAsync(string token, OpenIdConnectConfiguration said)
        => _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer, ValidAudiences = settings.Audiences, IssuerSigningKeys = said.SigningKeys,
            ValidAlgorithms = Algorithms, RequireSignedTokens = true, RequireExpirationTime = true, RequireAudience = true,
            // Only a key that the token names: else every one is tried.
            TryAllIssuerSigningKeys = false, ClockSkew = Skew,
            // Nothing is added to their times: one that is missing may be the first or the last that there is.
            LifetimeValidator = (begin, end, _, _) => end is { } until && Is(until) > time.GetUtcNow() - Skew
                && (begin is not { } from || Is(from) <= time.GetUtcNow() + Skew)
                    ? true : throw new SecurityTokenExpiredException("The token is over, or not yet good."),
        });

    private static DateTimeOffset Is(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private static string Why(Exception? exception) => exception switch
    {
        SecurityTokenExpiredException or SecurityTokenNoExpirationException => Refusals.Expired,
        SecurityTokenInvalidIssuerException => Refusals.WrongIssuer,
        SecurityTokenInvalidAudienceException => Refusals.WrongAudience,
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException or SecurityTokenInvalidSigningKeyException
            => Refusals.WrongSignature,
        _ => Refusals.Malformed,
    };

    [GeneratedRegex("^[a-z0-9][a-z0-9._@-]{0,99}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}

/// <summary>Whose token it is.</summary>
/// <param name="Person">Null for nobody.</param>
/// <param name="Refusal">Why nobody: one of <see cref="Refusals"/>.</param>
/// <param name="Name">Who it would have been.</param>
/// <param name="Until">The first instant at which the token is over.</param>
internal sealed record OidcDecision(OutsidePerson? Person, string? Refusal, string? Name, DateTimeOffset Until)
{
    public static OidcDecision No(string refusal, string? name = null) => new(null, refusal, name, default);
}
