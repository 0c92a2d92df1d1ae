using Auxo.Pipeline.Checks.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets;

/// <summary><c>DELETE /secrets/{name}</c>: removes a secret of one repository (<c>?rid=</c>) or of all.</summary>
public static class RemoveSecret
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapDelete("/secrets/{name}", HandleAsync).WithName("RemoveSecret").RequireScope(AccessToken.Admin);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string name, Rid? rid, HttpContext http, NpgsqlDataSource database, Outbox outbox, TimeProvider time, CancellationToken ct)
    {
        if (await SecretTable.FindAsync(database, rid, name, ct) is null)
            return AuxoProblem.NotFound(
                "secret/unknown",
                $"There is no secret '{PlainText.OneLine(name, 60)}' of {rid?.Value ?? "all repositories"}; 'auxo secret list' shows all.");
        await using var work = outbox.Open();
        work.Session.Events.Append(
            StepSecret.StreamKey(rid, name), new SecretEvent.Removed(http.Caller(), time.GetUtcNow()));
        work.Session.QueueSqlCommand(SecretTable.Delete(rid, name));
        await work.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
