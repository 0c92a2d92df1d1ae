using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Identities;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Oci.Access;

/// <summary>
/// <c>GET</c> and <c>POST /v2/token</c>: where a client changes user name and password for a token. The password is an access token
/// already, so that it is what comes back: who ends it ends both, at once. The answer says which of the wished scopes it has
/// (decision 230).
/// </summary>
public static class IssueToken
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/token", GetAsync).WithName("IssueOciToken").WithTags("Images").AllowAnonymous();
        routes.MapPost("/v2/token", PostAsync).WithName("IssueOciTokenByForm").WithTags("Images").AllowAnonymous().DisableAntiforgery();
    }

    private static async Task<IResult> GetAsync(
        HttpContext http, AccessTokens tokens, OciRepositories repositories, TimeProvider time, CancellationToken ct)
    {
        var wished = RequestedScope.Read(http.Request.Query["scope"]);
        if (string.IsNullOrEmpty(http.Request.Headers.Authorization))
            return Answer(AnonymousToken.Text, Usual, await GrantAsync(http.User, repositories, wished, ct), time.GetUtcNow());
        (string? User, string? Secret) shown = default;
        if (AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var value) && value.Parameter is { } parameter)
        {
            shown = !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? (null, parameter.Trim())
                : BasicPassword.Read(parameter) is var (user, password) ? (user, password) : default;
        }

        // Whether it works is in the log already: it came in a header.
        return await AnswerAsync(http, shown.User, shown.Secret, wished, tokens, log: null, repositories, time, ct);
    }

    private static async Task<IResult> PostAsync(
        HttpContext http, AccessTokens tokens, AuthenticationLog log, OciRepositories repositories, TimeProvider time, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType) return new OciError(400, "UNSUPPORTED", "A token is asked for with a form.");
        var form = await http.Request.ReadFormAsync(ct);
        var presented = form["grant_type"].ToString() switch
        {
            "password" => form["password"].ToString(),
            "refresh_token" => form["refresh_token"].ToString(),
            _ => null,
        };
        return presented is null
            ? new OciError(400, "UNSUPPORTED", "'grant_type' is 'password' or 'refresh_token'.")
            : await AnswerAsync(http, form["username"], presented, RequestedScope.Read(form["scope"]), tokens, log, repositories, time, ct);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext http, string? name, string? presented, IEnumerable<RequestedScope> wished, AccessTokens tokens, AuthenticationLog? log,
        OciRepositories repositories, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (presented is not null)
        {
            var own = await http.RequestServices.GetRequiredService<OutsideExchange>().ChangeAsync(http, name, presented, log, ct);
            // What was changed is in the log, and so is who was refused.
            if (own != presented) log = null;
            presented = own;
        }

        if (presented is not { Length: > 0 and <= 1024 } || await tokens.FindAsync(presented, ct) is not { } token)
        {
            log?.Refused(http, AuthenticationKinds.Basic, Refusals.UnknownToken, presented: presented);
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"auxo\", charset=\"UTF-8\"";
            return new OciError(401, "UNAUTHORIZED",
                "The password is no access token that works: it is wrong, revoked or expired. The user name may be any.");
        }

        log?.Accepted(http, AuthenticationKinds.Basic, token.Name, token.Id);
        var user = new ClaimsPrincipal(new ClaimsIdentity(token.Scopes.Select(static s => new Claim("scope", s)), "token"));
        var left = token.ExpiresAt - now ?? Usual;
        http.Response.Headers.CacheControl = "no-store";
        return Answer(presented, left < Usual ? left : Usual, await GrantAsync(user, repositories, wished, ct), now);
    }

    /// <summary>What of the wishes the caller may. Less than was wished is no error: the client is told when it does the rest.</summary>
    private static async Task<string> GrantAsync(
        ClaimsPrincipal user, OciRepositories repositories, IEnumerable<RequestedScope> wished, CancellationToken ct)
    {
        var granted = new List<string>();
        foreach (var scope in wished)
        {
            if (scope.Type != "repository" || !OciPath.IsName(scope.Name)) continue;
            var (repository, image) = OciPath.Split(scope.Name);
            var actions = new List<string>();
            foreach (var action in scope.Actions)
            {
                if (action switch
                {
                    "pull" => await repositories.MayReadAsync(user, repository, image, ct),
                    "push" or "delete" => user.May(RegistryScopes.Write, repository, image),
                    _ => false,
                }) actions.Add(action);
            }

            if (actions.Count > 0) granted.Add(scope.With(actions));
        }

        return string.Join(' ', granted);
    }

    private static FileContentHttpResult Answer(string token, TimeSpan lasts, string scope, DateTimeOffset now)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            // One for docker, one for OAuth 2.
            json.WriteString("token", token);
            json.WriteString("access_token", token);
            json.WriteNumber("expires_in", Math.Max(1, (int)lasts.TotalSeconds));
            json.WriteString("issued_at", now.UtcDateTime);
            json.WriteString("scope", scope);
            json.WriteEndObject();
        }

        return TypedResults.Bytes(body.WrittenMemory, "application/json");
    }
}
