using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>How a repository shall be; what is left out stays, or is usual.</summary>
/// <param name="QuotaBytes">What its files may have together; 10 GiB unless told.</param>
/// <param name="Immutable">No file is ever replaced; false unless told.</param>
public sealed record DefineRepositoryBody(long? QuotaBytes, bool? Immutable);

/// <summary>
/// <c>PUT /repositories/{name}</c>: makes a raw repository (201) or changes one (200). A quota below what is used only stops it
/// from growing.
/// </summary>
public static partial class DefineRepository
{
    private const long UsualQuota = 10L << 30;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/repositories/{name}", HandleAsync)
            .WithName("DefineRepository").WithTags("Repositories").RequireScope(RegistryScopes.Manage);

    private static async Task<Results<Created<RawRepository>, Ok<RawRepository>, ProblemHttpResult>> HandleAsync(
        string name, DefineRepositoryBody? body, HttpContext http, NpgsqlDataSource source, IDocumentStore store,
        TimeProvider time, CancellationToken ct)
    {
        if (!Name().IsMatch(name))
            return AuxoProblem.BadRequest("repository/invalid-name",
                "A repository's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins and ends with a letter or digit.");
        if (body?.QuotaBytes is <= 0) return AuxoProblem.BadRequest("repository/invalid-quota", "'quotaBytes' must be more than 0.");
        while (true)
        {
            await using var session = store.TracedSession();
            var stream = await session.Events.FetchForWriting<RepositoryDefinition>(RepositoryDefinition.StreamKey(name), ct);
            var before = stream.Aggregate is { Exists: true } known ? known : null;
            var defined = new RepositoryEvent.Defined(
                body?.QuotaBytes ?? before?.QuotaBytes
                    ?? UsualQuota, body?.Immutable ?? before?.Immutable ?? false, http.User.Identity?.Name ?? "unknown", time.GetUtcNow());
            if (before is null || (before.QuotaBytes, before.Immutable) != (defined.QuotaBytes, defined.Immutable))
            {
                stream.AppendOne(defined);
                session.QueueSqlCommand(Sql.Command(
                    """
                    insert into registry.repositories (name, quota_bytes, immutable, created_at) values ($1, $2, $3, $4)
                    on conflict (name) do update set quota_bytes = excluded.quota_bytes, immutable = excluded.immutable
                    """,
                    name, defined.QuotaBytes, defined.Immutable, defined.At));
            }

            try
            {
                await session.SaveChangesAsync(ct);
            }
            catch (Exception e) when (LostRace.Is(e))
            {
                continue;
            }

            if (await RepositoryTable.FindAsync(source, name, ct) is not { } repository) continue;
            return before is null ? TypedResults.Created($"/repositories/{name}", repository) : TypedResults.Ok(repository);
        }
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
