using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.StepSecrets.Keys;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>What <c>PUT /secrets/{name}</c> is given.</summary>
/// <param name="Value">The value: text of at least 4 characters and at most 64 KiB. It is answered nowhere.</param>
/// <param name="Branches">
/// Patterns of the branches whose steps are given it; <c>refs/tags/v*</c> is one of tags. Empty is the default branch and all tags.
/// </param>
/// <param name="Steps">Patterns of the steps' names; empty is every step that names it.</param>
/// <param name="Patches">Whether steps of patches are given it.</param>
public sealed record SetSecretBody(
    string Value, IReadOnlyList<string>? Branches = null, IReadOnlyList<string>? Steps = null, SecretPatches Patches = SecretPatches.None)
{
    /// <summary>Says nothing of the value, wherever it is printed.</summary>
    public override string ToString() => nameof(SetSecretBody);
}

/// <summary>
/// <c>PUT /secrets/{name}</c>: gives a secret of one repository (<c>?rid=</c>) or of all its value, and says which steps are given it.
/// </summary>
public static class SetSecret
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/secrets/{name}", HandleAsync).WithName("SetSecret").RequireScope(AccessToken.Admin);

    private static async Task<Results<Ok<SecretResponse>, ProblemHttpResult>> HandleAsync(
        string name, Rid? rid, SetSecretBody body, HttpContext http, NpgsqlDataSource database, SecretKeys keys, Outbox outbox,
        TimeProvider time, CancellationToken ct)
    {
        if (SecretInput.RefuseName(name) is { } wrong)
            return AuxoProblem.BadRequest("secret/invalid-name", $"'{PlainText.OneLine(name, 60)}' {wrong}.");
        if (body.Value is null) return AuxoProblem.BadRequest("secret/no-value", "Give a 'value'.");
        if ((SecretInput.RefuseValue(body.Value) ?? SecretInput.RefusePatterns("branches", body.Branches ?? [])
            ?? SecretInput.RefusePatterns("steps", body.Steps ?? [])) is { } why)
            return AuxoProblem.BadRequest("secret/invalid", char.ToUpperInvariant(why[0]) + why[1..] + ".");
        if (rid is { } one && await BuildTable.DefaultBranchAsync(database, one, ct) is null)
            return AuxoProblem.NotFound("repository/unknown", $"{one} is not tracked; 'auxo repo track {one}' does that.");

        var secret = new StepSecret(
            rid, name, body.Branches ?? [], body.Steps ?? [], body.Patches, http.Caller(), time.GetUtcNow());
        using (await keys.WriteAsync(ct))
        {
            var key = keys.Current();
            await using var work = outbox.Open();
            work.Session.Events.Append(
                StepSecret.StreamKey(rid, name),
                new SecretEvent.Set(secret.Branches, secret.Steps, secret.Patches, secret.SetBy, secret.SetAt));
            work.Session.QueueSqlCommand(SecretTable.Put(secret, key.Encrypt(rid, name, body.Value), key.Id));
            await work.SaveChangesAsync(ct);
        }

        var row = await SecretTable.FindAsync(database, rid, name, ct);
        return row is null
            ? AuxoProblem.Conflict("secret/removed", $"The secret {name} was removed at the same moment.")
            : TypedResults.Ok(SecretResponse.Of(row, isReadable: true));
    }
}
