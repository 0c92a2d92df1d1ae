using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets.Keys;

/// <summary>A rotation.</summary>
/// <param name="Secrets">How many values have the new key.</param>
/// <param name="KeyId">By which key; it tells nothing of the key.</param>
public sealed record RotationResponse(int Secrets, string KeyId);

/// <summary>
/// <c>POST /secrets/rotate</c>: encrypts all values with a new key, in one transaction, and removes the old one. Both keys are in the file
/// until the rows are committed: whatever cuts it off, every row has its key, and a repetition finishes it.
/// </summary>
public static class RotateSecretKey
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/secrets/rotate", HandleAsync).WithName("RotateSecretKey").RequireScope(AccessToken.Admin);

    private static async Task<Results<Ok<RotationResponse>, ProblemHttpResult>> HandleAsync(
        HttpContext http, NpgsqlDataSource database, SecretKeys keys, Outbox outbox, TimeProvider time, CancellationToken ct)
    {
        using var turn = await keys.WriteAsync(ct);
        var rows = await SecretTable.ListAsync(database, rid: null, ct);
        var known = keys.Read().ToDictionary(static key => key.Id, StringComparer.Ordinal);
        if (rows.FirstOrDefault(row => !known.ContainsKey(row.KeyId)) is { } lost)
            return AuxoProblem.Conflict(
                "secret/key-missing",
                $"The key of the secret {lost.Secret.Name} of {lost.Secret.Rid?.Value ?? "all repositories"} is not in secrets.key. Put it "
                    + "back into that file, set the secret again, or remove it; then rotate.");

        var key = keys.Add(rows.Select(static row => row.KeyId).ToHashSet(StringComparer.Ordinal));
        await using (var work = outbox.Open())
        {
            work.Session.Events.Append(
                SecretEvent.KeyStream, new SecretEvent.Rotated(rows.Count, http.Caller(), time.GetUtcNow()));
            foreach (var row in rows)
            {
                var value = known[row.KeyId].Decrypt(row.Secret.Rid, row.Secret.Name, row.Value);
                work.Session.QueueSqlCommand(SecretTable.Replace(row.Secret, key.Encrypt(row.Secret.Rid, row.Secret.Name, value), key.Id));
            }

            await work.SaveChangesAsync(ct);
        }

        // As they are now, and not as this thinks they are: a key that a row still needs is kept.
        var left = await SecretTable.ListAsync(database, rid: null, CancellationToken.None);
        keys.Keep(key, left.Select(static row => row.KeyId).ToHashSet(StringComparer.Ordinal));
        return TypedResults.Ok(new RotationResponse(rows.Count, key.Id));
    }
}
