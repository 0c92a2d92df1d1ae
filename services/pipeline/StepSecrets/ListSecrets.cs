using Auxo.Pipeline.StepSecrets.Keys;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.StepSecrets;

/// <summary>A secret; never its value.</summary>
/// <param name="Rid">Of whose builds; null for those of all repositories.</param>
/// <param name="RepositoryName">For people; null for those of all repositories.</param>
/// <param name="Name">The variable.</param>
/// <param name="Branches">Patterns of branches and tags; empty is the default branch and all tags.</param>
/// <param name="Steps">Patterns of the steps' names; empty is every step that names it.</param>
/// <param name="Patches">Whether steps of patches are given it.</param>
/// <param name="SetBy">Who set it.</param>
/// <param name="SetAt">When.</param>
/// <param name="UsedAt">When a build was given it last; null for never.</param>
/// <param name="UsedBy">That build.</param>
/// <param name="IsReadable">False when its key is not in this instance's <c>secrets.key</c>.</param>
public sealed record SecretResponse(
    Rid? Rid, string? RepositoryName, string Name, IReadOnlyList<string> Branches, IReadOnlyList<string> Steps, SecretPatches Patches,
    string SetBy, DateTimeOffset SetAt, DateTimeOffset? UsedAt, Guid? UsedBy, bool IsReadable)
{
    internal static SecretResponse Of(SecretRow row, bool isReadable)
        => new(
            row.Secret.Rid, row.RepositoryName, row.Secret.Name, row.Secret.Branches, row.Secret.Steps, row.Secret.Patches,
            row.Secret.SetBy, row.Secret.SetAt, row.UsedAt, row.UsedBy, isReadable);
}

/// <summary>All secrets, or those that builds of one repository can be given.</summary>
/// <param name="Items">Those of all repositories first.</param>
public sealed record SecretPage(IReadOnlyList<SecretResponse> Items);

/// <summary><c>GET /secrets</c>: what there is, and which steps are given it; of one repository with <c>?rid=</c>.</summary>
public static class ListSecrets
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/secrets", HandleAsync).WithName("ListSecrets").RequireScope("pipeline:write");

    private static async Task<Ok<SecretPage>> HandleAsync(Rid? rid, NpgsqlDataSource database, SecretKeys keys, CancellationToken ct)
    {
        var rows = await SecretTable.ListAsync(database, rid, ct);
        var known = rows.Count == 0 ? [] : keys.Read().Select(static key => key.Id).ToHashSet(StringComparer.Ordinal);
        return TypedResults.Ok(new SecretPage([.. rows.Select(row => SecretResponse.Of(row, known.Contains(row.KeyId)))]));
    }
}
