using System.Net;
using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

using Npgsql;

namespace Auxo.Architecture.Tests;

/// <summary>
/// Somebody without a token asks every route of every service, by every method, for a repository that everybody may read, for one that
/// needs a token, and for what does not exist. What is not listed here answers 401 to all of them.
/// </summary>
public sealed partial class PublicRepositoryTests(PostgresFixture postgres)
{
    private const string Public = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
    private const string Private = "rad:z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ";
    private static readonly Guid PublicBuild = new("3f2a1c77-1111-5222-8333-444455556666");
    private static readonly Guid PrivateBuild = new("3f2a1c77-2222-5222-8333-444455556666");
    private static readonly Guid NoBuild = new("3f2a1c77-3333-5222-8333-444455556666");

    /// <summary>All that a visitor gets. No list that names other repositories, no setting, no message, no file.</summary>
    private static readonly string[] Open =
    [
        "ingest GET /repositories/{rid}", "ingest GET /repositories/{rid}/refs", "ingest GET /patches",
        "ingest GET /repositories/{rid}/patches/{patch}/discussion",
        "ingest GET /repositories/{rid}/patches/{patch}/revisions/{revision}/diff",
        "pipeline GET /builds", "pipeline GET /schedules", "pipeline GET /builds/{id}", "pipeline GET /builds/{id}/logs/{step}",
        "pipeline GET /findings", "pipeline GET /security", "metrics GET /api/coverage/{rid}",
        "pipeline HEAD /builds/{id}/logs/{step}", "pipeline GET /builds/{id}/logs/{step}/events",
        "pipeline GET /builds/{id}/logs/{step}/bytes", "pipeline GET /builds/{id}/logs/{step}/lines",
        "pipeline GET /builds/{id}/logs/{step}/search", "pipeline GET /builds/{id}/logs/{step}/outline",
        "metrics GET /api/dora/{rid}", "metrics GET /api/dora/{rid}/evidence", "metrics GET /api/ci/{rid}", "metrics GET /api/health/{rid}",
    ];

    [Fact]
    public async Task a_visitor_reads_what_is_listed_of_a_public_repository_and_nothing_else()
    {
        var database = await PrepareAsync();
        var opened = new List<string>();
        var leaked = new List<string>();
        foreach (var service in RunningServices.All.Keys)
        {
            // Its name as an assembly; nothing in it runs, and only what decides on access is in the database.
            var host = RunningServices.Start($"Auxo.{char.ToUpperInvariant(service[0])}{service[1..]}", database);
            using var visitor = host.Connect();
            foreach (var (method, route) in host.Endpoints.SelectMany(static e => Routes(e)))
            {
                var name = $"{service} {method} {route}";
                if (await IsLetInAsync(visitor, method, route, Public, PublicBuild)) opened.Add(name);
                foreach (var (rid, build) in ((string, Guid)[])[
                    (Private, PrivateBuild), ("rad:z4V1sjrXqjvFdnCUbxPFqd5p4DtH5", NoBuild), ("git:x-00000000", NoBuild), ("", NoBuild)])
                {
                    if (await IsLetInAsync(visitor, method, route, rid, build)) leaked.Add($"{name} of '{rid}'");
                }

                // A public repository named beside the private one's build opens nothing.
                if (route.Contains("{id}", StringComparison.Ordinal)
                    && await IsLetInAsync(visitor, method, route, Public, PrivateBuild)) leaked.Add($"{name} of another repository");
            }
        }

        Assert.Equal(Open.Order(StringComparer.Ordinal), opened.Order(StringComparer.Ordinal));
        Assert.Empty(leaked);
    }

    private async Task<string> PrepareAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Pipeline.Configuration.Model, database, CancellationToken.None);
        await SchemaMigration.ApplyAsync(Registry.Configuration.Model, database, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(database);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        await using var command = source.CreateCommand(
            $"""
            insert into access.public_repositories values ('{Public}', now(), 'test');
            insert into pipeline.builds (build_id, rid, trigger, subject, commit_id, attempt, trust, queued_at, state)
            select b, r, 'Branch', 'main', repeat('0', 40), 1, 'Trusted', now(), 'done'
            from (values ('{PublicBuild}'::uuid, '{Public}'), ('{PrivateBuild}', '{Private}')) v (b, r)
            """);
        await command.ExecuteNonQueryAsync();
        return database;
    }

    /// <summary>
    /// Whether the door opens; what lies behind it is not there, so that any other answer than a refusal says that it did.
    /// </summary>
    private static async Task<bool> IsLetInAsync(HttpClient visitor, string method, string route, string rid, Guid build)
    {
        var path = Hole().Replace(route, hole => hole.Value switch
        {
            "{rid}" => Uri.EscapeDataString(rid.Length == 0 ? "x" : rid), "{id}" => build.ToString(), _ => "x",
        });
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{path}?rid={Uri.EscapeDataString(rid)}");
        using var answer = await visitor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode != HttpStatusCode.Unauthorized;
    }

    private static IEnumerable<(string Method, string Route)> Routes(RouteEndpoint endpoint)
        => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || IsForThisMachine(endpoint)
            ? []
            : (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method
                => (method, "/" + Constraint().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "{${name}}")));

    /// <summary>Open to programs of this machine, as which the test calls.</summary>
    private static bool IsForThisMachine(RouteEndpoint endpoint)
        => endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(static p => p.Requirements)
            .Any(static r => r.ToString()!.Contains("OpenOnLoopback = True", StringComparison.Ordinal));

    [GeneratedRegex(@"\{\*{0,2}(?<name>[a-z]+)(:[a-z]+)?\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[a-z]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();
}
