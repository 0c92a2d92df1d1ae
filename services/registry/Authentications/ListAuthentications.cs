using Auxo.Registry.Files;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Authentications;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Authentications;

/// <summary>Tries of one day to get in that are alike.</summary>
/// <param name="Service">Which service was asked.</param>
/// <param name="Accepted">Whether he was let in.</param>
/// <param name="Kind">With what: <c>bearer</c>, <c>basic</c>, <c>nuget_key</c>, <c>build</c>, <c>password</c>, <c>key</c>,
/// <c>npm_login</c>, <c>ldap</c>, <c>oidc</c>.</param>
/// <param name="Refusal">Why not, such as <c>expired</c>; null for who was let in.</param>
/// <param name="Address">From where; of IPv6 its first half. <c>many</c> beyond the bound of a day.</param>
/// <param name="Name">The account; null where there is none of that name.</param>
/// <param name="TokenId">Its id; null where none is known.</param>
/// <param name="FirstAt">The first of them.</param>
/// <param name="LastAt">The last of them.</param>
/// <param name="Times">How many.</param>
public sealed record Authentication(
    string Service, bool Accepted, string Kind, string? Refusal, string Address, string? Name, string? TokenId,
    DateTimeOffset FirstAt, DateTimeOffset LastAt, long Times);

/// <summary>
/// <c>GET /authentications?failed=&amp;since=&amp;name=&amp;address=</c>: who tried to get in, in all services, the latest first. What
/// the last five seconds brought to other services than this one is not in it yet.
/// </summary>
public static class ListAuthentications
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/authentications", HandleAsync).WithName("ListAuthentications").WithTags("Authentications")
            .RequireScope(AccessToken.Admin);

    private static async Task<Results<Ok<ListAnswer<Authentication>>, ProblemHttpResult>> HandleAsync(
        AuthenticationLog log, NpgsqlDataSource source, CancellationToken ct, bool failed = false, DateTimeOffset? since = null,
        string? name = null, string? address = null, int limit = 200)
    {
        if (limit is < 1 or > 5000) return AuxoProblem.BadRequest("request/invalid-limit", "'limit' must be between 1 and 5000.");
        await log.WriteAsync(ct);
        var rows = await source.ReadAsync(Read, ct,
            """
            select service, kind, refusal, address, name, token, first_at, last_at, times from access.authentications
            where (not $1 or refusal <> '') and ($2::timestamptz is null or last_at >= $2::timestamptz)
                and ($3::text is null or lower(name) = lower($3::text)) and ($4::text is null or address = $4::text)
            order by last_at desc, service, kind, refusal, address, name, token limit $5
            """, failed, since?.ToUniversalTime(), Clean(name), Clean(address), limit);
        return TypedResults.Ok(new ListAnswer<Authentication>(rows, null));
    }

    private static Authentication Read(NpgsqlDataReader r)
        => new(r.GetString(0), r.GetString(2).Length == 0, r.GetString(1), Text(r.GetString(2)), r.GetString(3), Text(r.GetString(4)),
            Text(r.GetString(5)), r.GetFieldValue<DateTimeOffset>(6), r.GetFieldValue<DateTimeOffset>(7), r.GetInt64(8));

    private static string? Text(string stored) => stored.Length == 0 ? null : stored;

    private static string? Clean(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);
}
