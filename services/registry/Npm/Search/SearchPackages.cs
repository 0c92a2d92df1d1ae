using System.Globalization;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Npm.Search;

/// <summary>A package as a search shows it.</summary>
public sealed record NpmFoundPackage(
    string Name, string? Scope, string Version, string? Description, IReadOnlyList<string> Keywords, string Date, NpmLinks Links,
    NpmPerson Publisher, IReadOnlyList<NpmPerson> Maintainers);

/// <summary>Where to read more.</summary>
public sealed record NpmLinks(string? Homepage, string? Repository);

/// <summary>Who published.</summary>
public sealed record NpmPerson(string Username, string Email);

/// <summary>How well it fits; this registry only knows that it does.</summary>
public sealed record NpmScore(double Final, NpmScoreDetail Detail);

/// <summary>Of what a score is made.</summary>
public sealed record NpmScoreDetail(double Quality, double Popularity, double Maintenance);

/// <summary>One that was found.</summary>
public sealed record NpmFound(NpmFoundPackage Package, NpmScore Score, double SearchScore);

/// <summary>What was found, of <paramref name="Total"/> in all.</summary>
public sealed record NpmSearchAnswer(IReadOnlyList<NpmFound> Objects, long Total, string Time);

/// <summary>
/// <c>GET /npm/{repository}/-/v1/search?text=&amp;size=&amp;from=</c>: packages in whose name, description or keywords every word occurs.
/// <c>scope:acme</c>, <c>keywords:a,b</c> and <c>author:</c>, <c>maintainer:NAME</c> narrow it.
/// </summary>
public static class SearchPackages
{
    private static readonly NpmScore Fits = new(1, new NpmScoreDetail(1, 1, 1));

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/npm/{repository}/-/v1/search", HandleAsync).WithName("SearchNpm").WithTags("npm")
            .RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<Results<JsonHttpResult<NpmSearchAnswer>, ProblemHttpResult>> HandleAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, TimeProvider time, CancellationToken ct,
        string text = "", int size = 20, int from = 0)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is null) return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (size is < 0 or > 250 || from is < 0 or > 100_000 || text.Length > 500)
            return AuxoProblem.BadRequest("request/invalid-limit",
                "'size' is at most 250, 'from' at most 100000, and 'text' has at most 500 characters.");
        var query = SearchQuery.Parse(text);
        var found = await source.ReadAsync(static r => (Read(r), r.GetInt64(4)), ct,
            """
            select v.name, v.metadata, v.published_at, v.published_by, count(*) over ()
            from registry.package_tags t join registry.package_versions v using (repository, name, version),
                lateral (select v.metadata::jsonb as m) j
            where t.repository = $1 and t.tag = 'latest' and v.published_at <= $7
                and not exists (select from unnest($2::text[]) w where strpos(v.name, w) = 0
                    and strpos(lower(coalesce(m ->> 'description', '')), w) = 0
                    and not exists (select from jsonb_array_elements(case jsonb_typeof(m -> 'keywords') when 'array' then m -> 'keywords'
                        else '[]' end) k where strpos(lower(k #>> '{}'), w) > 0))
                and ($3::text is null or starts_with(v.name, $3))
                and not exists (select from unnest($4::text[]) k where not coalesce(m -> 'keywords' ? k, false))
                and ($5::text is null or exists (select from registry.package_versions p
                    where p.repository = v.repository and p.name = v.name and lower(p.published_by) = $5))
            order by case when v.name = any($2) then 0 else 1 end, v.name limit $6 offset $8
            """,
            at!.Name, query.Words, query.Scope, query.Keywords, query.By, size, at.AsOf ?? DateTimeOffset.MaxValue, from);
        return TypedResults.Json(
            new NpmSearchAnswer([.. found.Select(static f => new NpmFound(f.Item1, Fits, 1))],
                found.Count > 0 ? found[0].Item2 : 0, time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)),
            HttpJson.Default.NpmSearchAnswer);
    }

    private static NpmFoundPackage Read(NpgsqlDataReader r)
    {
        var (name, by) = (r.GetString(0), r.GetString(3));
        using var metadata = JsonDocument.Parse(r.GetString(1));
        var m = metadata.RootElement;
        var person = new NpmPerson(by, "");
        return new NpmFoundPackage(
            name, name[0] == '@' ? name[1..name.IndexOf('/', StringComparison.Ordinal)] : "unscoped", Text(m, "version") ?? "",
            Text(m, "description"),
            m.TryGetProperty("keywords", out var keywords) && keywords.ValueKind == JsonValueKind.Array
                ? [.. keywords.EnumerateArray().Where(static k => k.ValueKind == JsonValueKind.String).Select(static k => k.GetString()!)]
                : [],
            r.GetFieldValue<DateTimeOffset>(2).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            new NpmLinks(Text(m, "homepage"), m.TryGetProperty("repository", out var repository)
                ? repository.ValueKind == JsonValueKind.Object ? Text(repository, "url") : Text(m, "repository") : null),
            person, [person]);
    }

    private static string? Text(JsonElement of, string member)
        => of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
