using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.People;

/// <summary><c>GET /people</c>: everybody who can sign in, by name.</summary>
public static class ListPeople
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/people", HandleAsync).WithName("ListPeople").WithTags("People").RequireScope(AccessToken.Admin);

    private static async Task<Ok<ListAnswer<PersonAnswer>>> HandleAsync(NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
        => TypedResults.Ok(new ListAnswer<PersonAnswer>(await PeopleTable.ListAsync(source, time.GetUtcNow(), ct), null));
}
