using Auxo.Registry.Identities;
using Auxo.Registry.Ldap;
using Auxo.Registry.Oidc;
using Auxo.Registry.People;
using Auxo.Registry.Tokens;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Sessions;

/// <summary>Starts sessions of people of an LDAP directory or of an OpenID Connect provider.</summary>
internal static class StartOutsideSession
{
    /// <summary>Nobody has set one.</summary>
    public static ProblemHttpResult NoProvider => AuxoProblem.Conflict(
        "session/no-provider", "No OpenID Connect provider is set. An operator sets Auxo__Oidc__Issuer.");

    /// <summary>Nobody of Auxo's own has the name: the directory is asked.</summary>
    public static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> ByDirectoryAsync(
        StartSession.Door door, string name, string password, LdapPasswords ldap, CancellationToken ct)
    {
        LdapDecision decision;
        try
        {
            decision = await ldap.DecideAsync(name, password, CallerAddress.Of(door.Http), ct);
        }
        catch (TooManyTriesException e)
        {
            door.Log.Refused(door.Http, AuthenticationKinds.Ldap, Refusals.TooManyTries, name);
            return StartSession.TooMany(door.Http, e.Wait);
        }
        catch (Exception e) when (e is DirectoryAwayException or BusyException)
        {
            door.Log.Refused(door.Http, AuthenticationKinds.Ldap, Refusals.AuthorityAway, name);
            throw;
        }

        return await OpenAsync(door, AuthenticationKinds.Ldap, decision.Person, decision.Refusal, name, ct)
            ?? AuxoProblem.Of(401, "session/refused", decision.Refusal == Refusals.NoGroup
                ? "Name and password fit, but no group of yours may do anything here. An operator decides by Auxo__Ldap__Groups which may."
                : "Name and password do not fit, in Auxo or in the LDAP directory.");
    }

    /// <summary>Somebody came back from the provider with a code.</summary>
    public static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> ByCodeAsync(
        StartSession.Door door, string code, string verifier, string nonce, string? address, CancellationToken ct)
    {
        var services = door.Http.RequestServices;
        if (services.GetService<OidcCodes>() is not { } codes) return NoProvider;
        if (MakeAuthorization.RedirectOf(address, services.GetRequiredService<IConfiguration>()) is not { } redirect)
            return AuxoProblem.Unprocessable("session/foreign-address", "The console is not known to be at that address.");
        string? token;
        try
        {
            token = await codes.ChangeAsync(code, verifier, redirect, ct);
        }
        catch (ProviderAwayException)
        {
            door.Log.Refused(door.Http, AuthenticationKinds.Oidc, Refusals.AuthorityAway);
            throw;
        }

        if (token is not null) return await ByProviderAsync(door, token, nonce, ct);
        door.Log.Refused(door.Http, AuthenticationKinds.Oidc, Refusals.WrongCode);
        return AuxoProblem.Of(401, "session/refused", "The provider does not take this code (any more). Sign in again.");
    }

    /// <summary>Somebody shows a token of the OpenID Connect provider.</summary>
    public static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>> ByProviderAsync(
        StartSession.Door door, string token, string? nonce, CancellationToken ct)
    {
        if (door.Http.RequestServices.GetService<OidcTokens>() is not { } provider)
            return NoProvider;
        OidcDecision decision;
        try
        {
            decision = await provider.DecideAsync(token, nonce, ct);
        }
        catch (ProviderAwayException)
        {
            door.Log.Refused(door.Http, AuthenticationKinds.Oidc, Refusals.AuthorityAway);
            throw;
        }

        return await OpenAsync(door, AuthenticationKinds.Oidc, decision.Person, decision.Refusal, decision.Name, ct)
            ?? AuxoProblem.Of(401, "session/refused", decision.Refusal == Refusals.NoGroup
                ? "The provider knows you, but no group of yours may do anything here. An operator decides by Auxo__Oidc__Groups which may."
                : "The provider's token is not one that opens Auxo. An administrator finds the reason by: auxo access log --failed");
    }

    /// <summary>Starts the session of somebody of a directory; null when she is not let in, which is written down.</summary>
    private static async Task<Results<Created<NewTokenAnswer>, ProblemHttpResult>?> OpenAsync(
        StartSession.Door door, string kind, OutsidePerson? person, string? refusal, string? name, CancellationToken ct)
    {
        var made = person is null ? null
            : await door.Http.RequestServices.GetRequiredService<OutsideSessions>().OpenAsync(person, OutsideSessions.Usual, ct);
        if (made is null)
        {
            door.Log.Refused(door.Http, kind, refusal ?? Refusals.NameTaken, name);
            return null;
        }

        door.Log.Accepted(door.Http, kind, person!.Name, made.Token.Id);
        return TypedResults.Created($"/tokens/{made.Token.Id}", made);
    }
}
