using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Reading;

/// <summary>Of which repository the build is that a request names.</summary>
internal static class RepositoryOfBuild
{
    /// <summary>Looks it up; null when there is no such build.</summary>
    public static async ValueTask<Rid?> FindAsync(HttpContext http)
    {
        if (!Guid.TryParse(http.Request.RouteValues["id"] as string, out var id)) return null;
        await using var command = http.RequestServices.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand("select rid from pipeline.builds where build_id = $1").With(id);
        return await command.ExecuteScalarAsync(http.RequestAborted) is string rid ? Rid.Parse(rid) : null;
    }
}
