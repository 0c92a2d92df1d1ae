using System.Net;

using Npgsql;

namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>Finds out whose a refused token was, and adds to the rows of <c>access.authentications</c>.</summary>
internal static class AuthenticationTable
{
    /// <summary>
    /// So many rows of who was refused, and so many of who was let in, may one service write on one day. What comes beyond is counted
    /// without name and address.
    /// </summary>
    public const int MostRowsOfADay = 5_000;

    public static async Task WriteAsync(
        NpgsqlDataSource source, string service, IReadOnlyDictionary<AuthenticationTry, TryCount> taken, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var tokens = await TokensAsync(connection, taken.Keys, ct);
        var names = await NamesAsync(connection, taken.Keys, ct);
        foreach (var day in taken.GroupBy(static t => DateOnly.FromDateTime(t.Value.LastAt.UtcDateTime)))
        {
            var full = await FullAsync(connection, service, day.Key, ct);
            var rows = day.GroupBy(t => Explain(t.Key, tokens, names) is var tried && full.Contains(tried.Refusal.Length > 0)
                    ? tried.Folded : tried)
                .Select(static g => (Tried: g.Key, Count: g.Select(static t => t.Value).Aggregate(static (a, b) => a.And(b)))).ToList();
            await AddAsync(connection, service, day.Key, rows, ct);
        }
    }

    /// <summary>What is written of it: without the hash, and without a name that nobody has.</summary>
    internal static AuthenticationTry Explain(
        AuthenticationTry tried, IReadOnlyDictionary<string, KnownToken> tokens, IReadOnlyDictionary<string, string> names)
    {
        if (tried.Refusal.Length == 0) return tried;
        if (tried.Hash is { } hash && tokens.GetValueOrDefault(hash) is { } token)
            return tried with { Name = token.Name, Token = token.Id, Refusal = token.WhyNot(tried.Refusal), Hash = null };
        var name = names.GetValueOrDefault(tried.Name.ToLowerInvariant());
        return tried with
        {
            Name = name ?? "", Hash = null,
            Refusal = name is null && tried.Refusal == Refusals.WrongPassword ? Refusals.UnknownName : tried.Refusal,
        };
    }

    private static async Task<Dictionary<string, KnownToken>> TokensAsync(
        NpgsqlConnection connection, IEnumerable<AuthenticationTry> tries, CancellationToken ct)
    {
        var found = new Dictionary<string, KnownToken>(StringComparer.Ordinal);
        if (tries.Select(static t => t.Hash).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() is not { Length: > 0 } hashes)
            return found;
        await using var command = new NpgsqlCommand(
            """
            select encode(hash, 'hex'), id, name, revoked_at is not null, expires_at <= now() is true from access.tokens
            where hash = any(select decode(h, 'hex') from unnest($1::text[]) h)
            """, connection);
        command.Parameters.AddWithValue(hashes);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetString(0)] = new KnownToken(
                reader.GetGuid(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4));
        }

        return found;
    }

    /// <summary>Which of the names are accounts, as those write them.</summary>
    private static async Task<Dictionary<string, string>> NamesAsync(
        NpgsqlConnection connection, IEnumerable<AuthenticationTry> tries, CancellationToken ct)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var asked = tries.Where(static t => t.Refusal.Length > 0 && t.Name.Length > 0 && !t.Name.Contains('\0', StringComparison.Ordinal))
            .Select(static t => t.Name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        if (asked.Length == 0) return found;
        await using var command = new NpgsqlCommand(
            "select lower(name), name from access.accounts where lower(name) = any($1)", connection);
        command.Parameters.AddWithValue(asked);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) found[reader.GetString(0)] = reader.GetString(1);
        return found;
    }

    /// <summary>Which of the two kinds of rows, of refusals (true) and of others, are as many as there may be.</summary>
    private static async Task<HashSet<bool>> FullAsync(NpgsqlConnection connection, string service, DateOnly day, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select refusal <> '' from access.authentications where day = $1 and service = $2 group by 1 having count(*) >= $3
            """, connection);
        command.Parameters.AddWithValue(day);
        command.Parameters.AddWithValue(service);
        command.Parameters.AddWithValue(MostRowsOfADay);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var full = new HashSet<bool>();
        while (await reader.ReadAsync(ct)) full.Add(reader.GetBoolean(0));
        return full;
    }

    private static async Task AddAsync(
        NpgsqlConnection connection, string service, DateOnly day, List<(AuthenticationTry Tried, TryCount Count)> rows,
        CancellationToken ct)
    {
        T[] Column<T>(Func<(AuthenticationTry Tried, TryCount Count), T> of) => [.. rows.Select(of)];
        await using var command = new NpgsqlCommand(
            """
            insert into access.authentications as a (day, service, kind, refusal, address, name, token, first_at, last_at, times)
            select $1, $2, u.* from unnest(
                $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::bigint[]) u
            on conflict (day, service, kind, refusal, address, name, token) do update set
                first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at),
                times = a.times + excluded.times
            """, connection);
        command.Parameters.AddWithValue(day);
        command.Parameters.AddWithValue(service);
        command.Parameters.AddWithValue(Column(static r => r.Tried.Kind));
        command.Parameters.AddWithValue(Column(static r => r.Tried.Refusal));
        command.Parameters.AddWithValue(Column(static r => Text(r.Tried.Address)));
        command.Parameters.AddWithValue(Column(static r => r.Tried.Name));
        command.Parameters.AddWithValue(Column(static r => r.Tried.Token?.ToString() ?? ""));
        command.Parameters.AddWithValue(Column(static r => r.Count.FirstAt));
        command.Parameters.AddWithValue(Column(static r => r.Count.LastAt));
        command.Parameters.AddWithValue(Column(static r => r.Count.Times));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Text(IPAddress? address)
        => address is null ? CallerAddress.OfAStep : address.Equals(IPAddress.Any) ? "many" : address.ToString();
}

/// <summary>A token that there is or was.</summary>
internal sealed record KnownToken(Guid Id, string Name, bool IsRevoked, bool IsExpired)
{
    public string WhyNot(string otherwise) => IsRevoked ? Refusals.Revoked : IsExpired ? Refusals.Expired : otherwise;
}
