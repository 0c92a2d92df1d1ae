using System.Globalization;
using System.Text;

using Auxo.Radicle;
using Auxo.Registry.Identities;
using Auxo.Registry.Ldap;
using Auxo.Registry.Oidc;
using Auxo.Registry.People;
using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

using Npgsql;

namespace Auxo.Registry.Sessions;

/// <summary>Who signs in: by name and password, or by a challenge and its signature.</summary>
/// <param name="Name">Who.</param>
/// <param name="Password">Her password.</param>
/// <param name="Challenge">From <c>POST /sessions/challenges</c>.</param>
/// <param name="Signature">The armour that <c>ssh-keygen -Y sign</c> makes; it names the key.</param>
/// <param name="IdToken">A token of the OpenID Connect provider.</param>
/// <param name="Authorization">A code with which a browser came back from there.</param>
public sealed record StartSessionBody(
    string? Name, string? Password, string? Challenge, string? Signature, string? IdToken = null, AuthorizationCode? Authorization = null);

/// <summary>
/// <c>POST /sessions</c>: a token for twelve hours, which may what the person's role may. It is an access token like all others,
/// listed with them as her session.
/// </summary>
public static class StartSession
{
    /// <summary>A day's work; after it she signs in again.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>Bytes of a body of somebody who has not signed in yet.</summary>
    internal const int LargestBody = 16_384;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/sessions", HandleAsync).WithName("StartSession").WithTags("Sessions").AllowAnonymous()
            .WithMetadata(new RequestSizeLimitAttribute(LargestBody));

    /// <summary>Too many wrong tries.</summary>
    internal static ProblemHttpResult TooMany(HttpContext http, TimeSpan wait)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        return AuxoProblem.Of(429, "session/too-many-tries", $"Too many wrong tries. Try again in {seconds} s, or sign in by key.");
    }

    private static Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> HandleAsync(
        StartSessionBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, SignInTries tries, Challenges challenges,
        AccessTokens tokens, AuthenticationLog log, TimeProvider time, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        var door = new Door(http, source, tokens, log, time.GetUtcNow());
        return body switch
        {
            { Name: { } name, Password: { } password } => ByPasswordAsync(door, name, password, passwords, tries, ct),
            { IdToken: { } token } => StartOutsideSession.ByProviderAsync(door, token, nonce: null, ct),
            { Authorization: { Code: { } code, Verifier: { } verifier, Nonce: { } nonce } back }
                => StartOutsideSession.ByCodeAsync(door, code, verifier, nonce, back.Address, ct),
            { Challenge: { } challenge, Signature: { } signature } => ByKeyAsync(door, challenge, signature, challenges, ct),
            _ => Task.FromResult<Results<Created<NewTokenAnswer>, ProblemHttpResult>>(AuxoProblem.BadRequest(
                "session/incomplete", "Send 'name' and 'password', 'challenge' and 'signature', or 'idToken'.")),
        };
    }

    /// <summary>Compares name and password and makes the session.</summary>
    internal static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> ByPasswordAsync(
        Door door, string typed, string password, Passwords passwords, SignInTries tries, CancellationToken ct)
    {
        var (name, address) = (typed.Trim().ToLowerInvariant(), CallerAddress.Of(door.Http));
        if (name.Length > 100 || password.Length > 1000 || name.Contains('\0', StringComparison.Ordinal)) return Refused(door, "");
        if (door.Http.RequestServices.GetService<LdapPasswords>() is { } ldap
            && !await OutsidePerson.IsTakenAsync(door.Source, name, LdapPasswords.Directory, ct))
            return await StartOutsideSession.ByDirectoryAsync(door, name, password, ldap, ct);
        string? stored = null;
        var (isRight, wait) = await tries.TryAsync(name, address, async () =>
        {
            stored = await PeopleTable.PasswordAsync(door.Source, name, ct);
            return await passwords.IsAsync(stored, password, ct);
        });
        if (wait is { } longer)
        {
            door.Log.Refused(door.Http, AuthenticationKinds.Password, Refusals.TooManyTries, name);
            return TooMany(door.Http, longer);
        }

        if (!isRight) return Refused(door, name);
        // Unless it was changed while it was compared.
        return await door.OpenAsync(
            AuthenticationKinds.Password, "select name from access.people where name = $1 and password = $2 for share", ct, name, stored!)
            is { } made ? made : Refused(door, name);
    }

    private static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> ByKeyAsync(
        Door door, string challenge, string armour, Challenges challenges, CancellationToken ct)
    {
        if (challenges.AddressOf(challenge) is not { } address)
            return RefusedKey(
                door, Refusals.WrongSignature, "session/invalid-challenge",
                "This challenge was used, is older than five minutes, or is not of this Auxo. Ask for another one.");
        if (Signer(challenge, address, armour) is not { } signer)
            return RefusedKey(
                door, Refusals.WrongSignature, "session/invalid-signature",
                "The signature is not one over this challenge for this address.");
        if (!challenges.Use(challenge))
            return RefusedKey(
                door, Refusals.WrongSignature, "session/invalid-challenge", "This challenge was used already. Ask for another one.");
        return await door.OpenAsync(
            AuthenticationKinds.Key, "select person from access.person_keys where did = $1 for share", ct, signer.Value)
            is { } made
            ? made
            : RefusedKey(
                door, Refusals.UnknownKey, "session/unknown-key",
                $"No person here has the key {signer}. An administrator adds it: auxo people set NAME --key {signer}");
    }

    private static Did? Signer(string challenge, string address, string armour)
    {
        try
        {
            var signature = SshSignature.Parse(armour);
            return signature.IsOver(Challenges.Purpose, Encoding.UTF8.GetBytes(Challenges.TextOf(challenge, address)))
                ? signature.Signer : null;
        }
        catch (CobFormatException)
        {
            return null;
        }
    }

    private static ProblemHttpResult Refused(Door door, string name)
    {
        door.Log.Refused(door.Http, AuthenticationKinds.Password, Refusals.WrongPassword, name);
        return AuxoProblem.Of(401, "session/refused", "Name and password do not fit. An administrator can set a new password.");
    }

    private static ProblemHttpResult RefusedKey(Door door, string why, string type, string detail)
    {
        door.Log.Refused(door.Http, AuthenticationKinds.Key, why);
        return AuxoProblem.Of(401, type, detail);
    }

    /// <summary>Where a session is made once it is clear whose it is.</summary>
    internal sealed record Door(
        HttpContext Http, NpgsqlDataSource Source, AccessTokens Tokens, AuthenticationLog Log, DateTimeOffset Now)
    {
        /// <summary>Makes it in one transaction with the look at who it is, so that a person who is removed meanwhile gets none.</summary>
        public async Task<Created<NewTokenAnswer>?> OpenAsync(string kind, string who, CancellationToken ct, params object[] values)
        {
            var text = AccessToken.Generate();
            await using var connection = await Source.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var look = new NpgsqlCommand(who, connection).With(values);
            if (await look.ExecuteScalarAsync(ct) is not string name) return null;
            var token = await TokenTable.InsertSessionAsync(connection, name, AccessToken.Hash(text), Now + Life, Now, ct);
            await transaction.CommitAsync(ct);
            Tokens.Forget();
            Log.Accepted(Http, kind, name, token.Id);
            return TypedResults.Created($"/tokens/{token.Id}", new NewTokenAnswer(token, text));
        }
    }
}
