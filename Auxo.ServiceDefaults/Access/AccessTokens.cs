using System.Security.Cryptography;

using Auxo.Contracts;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.ServiceDefaults.Access;

/// <summary>
/// Finds presented tokens, and says which repositories need none. Both tables (tens of rows) are kept in memory and read again after at
/// most <see cref="MaxAge"/>, so a revoked token dies within that time and a flood of wrong tokens never reaches the database more than
/// once a second.
/// </summary>
public sealed class AccessTokens(IServiceProvider provider, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long a revoked token may still work.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    /// <summary>How long a new token may still be unknown, and how often at most an unknown token makes us look.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot? _snapshot;
    private NpgsqlDataSource? _own;

    /// <summary>The token's row, or null when it is unknown, revoked or expired.</summary>
    /// <exception cref="NpgsqlException">The table cannot be read; nobody is let in on old knowledge.</exception>
    public async ValueTask<AccessToken?> FindAsync(string presented, CancellationToken ct)
    {
        var hash = AccessToken.Hash(presented);
        var snapshot = await FreshAsync(MaxAge, ct);
        var found = snapshot.Find(hash) ?? (await FreshAsync(MinAge, ct)).Find(hash);
        return found is { ExpiresAt: { } end } && end <= time.GetUtcNow() ? null : found;
    }

    /// <summary>Whether everybody may read this repository: its builds, logs, patches and numbers.</summary>
    /// <exception cref="NpgsqlException">The table cannot be read; nobody is let in on old knowledge.</exception>
    public async ValueTask<bool> IsPublicAsync(Rid rid, CancellationToken ct)
        => (await FreshAsync(MaxAge, ct)).Public.Contains(rid.Value);

    /// <summary>
    /// Forgets what was read: the next token is looked up in the database. For the service that has just changed the table; all
    /// others follow within <see cref="MaxAge"/>.
    /// </summary>
    public void Forget() => _snapshot = null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reading.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    private async ValueTask<Snapshot> FreshAsync(TimeSpan maxAge, CancellationToken ct)
    {
        if (IsFresh(maxAge) is { } fresh) return fresh;
        await _reading.WaitAsync(ct);
        try
        {
            return IsFresh(maxAge) ?? (_snapshot = await ReadAsync(ct));
        }
        finally
        {
            _reading.Release();
        }
    }

    private Snapshot? IsFresh(TimeSpan maxAge) => _snapshot is { } s && time.GetElapsedTime(s.ReadAt) < maxAge ? s : null;

    private async Task<Snapshot> ReadAsync(CancellationToken ct)
    {
        var readAt = time.GetTimestamp();
        if (Source() is not { } source) return new Snapshot([], new HashSet<string>(StringComparer.Ordinal), readAt);
        var tokens = new List<(byte[], AccessToken)>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        await using var repositories = source.CreateCommand("select rid from access.public_repositories");
        await using var command = source.CreateCommand(
            """
            select t.hash, t.id, t.name, t.scopes, t.expires_at, p.role
            from access.tokens t left join access.people p on p.name = t.person
            where t.revoked_at is null and (t.expires_at is null or t.expires_at > $1) and (t.person is null or p.name is not null)
            """);
        command.Parameters.AddWithValue(time.GetUtcNow());
        try
        {
            await using (var rids = await repositories.ExecuteReaderAsync(ct))
            {
                while (await rids.ReadAsync(ct)) open.Add(rids.GetString(0));
            }

            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var expires = await reader.IsDBNullAsync(4, ct) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(4);
                var role = await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5);
                tokens.Add((reader.GetFieldValue<byte[]>(0), new AccessToken(
                    reader.GetGuid(1), reader.GetString(2),
                    role is null ? reader.GetFieldValue<string[]>(3) : Roles.ScopesOf(role), expires, role)));
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // No schema yet: nobody has a token. The AppHost may still be creating it.
        }

        return new Snapshot(tokens, open, readAt);
    }

    /// <summary>The service's own pool where it has one; else one connection of our own; null where no database is configured.</summary>
    private NpgsqlDataSource? Source()
    {
        if (provider.GetService<NpgsqlDataSource>() is { } shared) return shared;
        if (_own is not null) return _own;
        var text = provider.GetRequiredService<IConfiguration>().GetConnectionString("auxo");
        return string.IsNullOrEmpty(text) ? null : _own = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(text)
        {
            MaxPoolSize = 1, MinPoolSize = 0,
        });
    }

    /// <summary>The tables as they were.</summary>
    private sealed record Snapshot(
        IReadOnlyList<(byte[] Hash, AccessToken Token)> Rows, IReadOnlySet<string> Public, long ReadAt)
    {
        /// <summary>Looks at every row, whether it was found or not: the time says nothing about what is stored.</summary>
        public AccessToken? Find(ReadOnlySpan<byte> hash)
        {
            AccessToken? found = null;
            foreach (var (stored, token) in Rows)
            {
                if (CryptographicOperations.FixedTimeEquals(stored, hash)) found = token;
            }

            return found;
        }
    }
}
