using System.Security.Claims;

using Auxo.Registry.Sessions;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;

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
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/people/self/password", HandleAsync).WithName("ChangeOwnPassword").WithTags("People")
            .RequireAnyToken();

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        OwnPasswordBody body, HttpContext http, NpgsqlDataSource source, Passwords passwords, SignInTries tries, AccessTokens tokens,
        TimeProvider time, CancellationToken ct)
    {
        if (http.User.Person() is not { } name)
            return AuxoProblem.Conflict("person/no-session", "This token is a service account's, which has no password.");
        if (body.Password is null)
            return AuxoProblem.BadRequest("person/invalid-password", "'password' is the new one.");
        if (PersonRules.RefusePassword(body.Password, name) is { } wrong) return wrong;

        var present = await PeopleTable.PasswordAsync(source, name, ct);
        if (present is not null)
        {
            var (isRight, wait) = await tries.TryAsync(
                name, CallerAddress.Of(http), () => passwords.IsAsync(present, body.Current ?? "", ct));
            if (wait is { } longer) return StartSession.TooMany(http, longer);
            if (!isRight) return AuxoProblem.Of(403, "person/wrong-password", "That is not your present password.");
        }

        var own = Guid.Parse(http.User.FindFirstValue(ClaimTypes.NameIdentifier)!);
        var stored = await passwords.HashAsync(body.Password, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Only as long as both are what they were when it was compared: an administrator may have put out whoever asks meanwhile.
        await using var change = new NpgsqlCommand(
            "update access.people set password = $2 where name = $1 and password is not distinct from $3::text", connection)
            .With(name, stored, present);
        await using var session = new NpgsqlCommand(
            "select id from access.tokens where id = $1 and revoked_at is null for share", connection).With(own);
        if (await change.ExecuteNonQueryAsync(ct) == 0 || await session.ExecuteScalarAsync(ct) is null)
            return AuxoProblem.Conflict(
                "person/changed-meanwhile", "Your password was changed, or your session ended, at this moment. Sign in again.");
        await PeopleTable.EndSessionsAsync(connection, name, own, name, time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        tokens.Forget();
        return TypedResults.NoContent();
    }
}
