using System.Security.Claims;

using Auxo.Registry.Sessions;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.People;

/// <summary>A person's own new password.</summary>
/// <param name="Password">The new one.</param>
/// <param name="Current">The one she has; null when she has none.</param>
public sealed record OwnPasswordBody(string? Password, string? Current);

/// <summary>
/// <c>PUT /people/self/password</c>: for a person's session. The present password is asked for, since a session may have been left
/// open; all other sessions of hers end.
/// </summary>
public static class ChangeOwnPassword
{
    private static readonly AuthorizationPolicy AnyToken = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/people/self/password", HandleAsync).WithName("ChangeOwnPassword").WithTags("People")
            .RequireAuthorization(AnyToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        OwnPasswordBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, SignInTries tries, AccessTokens tokens,
        TimeProvider time, CancellationToken ct)
    {
        if (http.User.Person() is not { } name)
            return AuxoProblem.Conflict("person/no-session", "This token is a service account's, which has no password.");
        if (body.Password is null)
            return AuxoProblem.BadRequest("person/invalid-password", "'password' is the new one.");
        if (PersonRules.RefusePassword(body.Password, name) is { } wrong) return wrong;

        if (await PeopleTable.PasswordAsync(source, name, ct) is { } present)
        {
            if (tries.Begin(name, CallerAddress.Of(http)) is { } wait) return StartSession.TooMany(http, wait);
            if (!await passwords.IsAsync(present, body.Current ?? "", ct))
                return AuxoProblem.Of(403, "person/wrong-password", "That is not your present password.");
            tries.Succeeded(name, CallerAddress.Of(http));
        }

        var own = Guid.Parse(http.User.FindFirstValue(ClaimTypes.NameIdentifier)!);
        var stored = await passwords.HashAsync(body.Password, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var change = new NpgsqlCommand("update access.people set password = $2 where name = $1", connection)
            .With(name, stored);
        if (await change.ExecuteNonQueryAsync(ct) == 0) return PersonProblems.NotFound(name);
        await PeopleTable.EndSessionsAsync(connection, name, own, name, time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        tokens.Forget();
        return TypedResults.NoContent();
    }
}
