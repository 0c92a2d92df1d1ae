using System.Security.Cryptography;

using Auxo.Contracts;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.ServiceDefaults.Access;

/// <summary>
/// Finds presented tokens, and says which repositories need none. Both tables (tens of rows) are kept in memory and read again after at
/// most <see cref="MaxAge"/>, so a revoked token dies within that time. A token that is not in it may be newer than it: it waits until
/// they may be read again. A flood of wrong tokens never reaches the database more than once a second.
/// </summary>
public sealed class AccessTokens(IServiceProvider provider, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long a revoked token may still work.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    /// <summary>How often at most an unknown token makes us look, and so how long its answer may take.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    /// <summary>So many requests wait for the next look. Beyond them an unknown token is refused at once.</summary>
    public const int MostWaiting = 100;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot? _snapshot;
    private volatile int _reads;
    private volatile int _generation;
    private long _lastRead;
    private int _waiting;
    private NpgsqlDataSource? _own;

    /// <summary>The token's row, or null when it is unknown, revoked or expired.</summary>
    /// <exception cref="NpgsqlException">The table cannot be read; nobody is let in on old knowledge.</exception>
    public async ValueTask<AccessToken?> FindAsync(string presented, CancellationToken ct)
    {
        var hash = AccessToken.Hash(presented);
        var before = _reads;
        var snapshot = await FreshAsync(MaxAge, before, ct);
        var found = snapshot.Find(hash);
        // What was read before it was presented says nothing about a token that was made since.
        if (found is null && snapshot.Number <= before && await MayLookAsync(ct))
            found = (await FreshAsync(TimeSpan.Zero, before, ct)).Find(hash);
        return found is { ExpiresAt: { } end } && end <= time.GetUtcNow() ? null : found;
    }

    /// <summary>Whether everybody may read this repository: its builds, logs, patches and numbers.</summary>
    /// <exception cref="NpgsqlException">The table cannot be read; nobody is let in on old knowledge.</exception>
    public async ValueTask<bool> IsPublicAsync(Rid rid, CancellationToken ct)
        => (await FreshAsync(MaxAge, _reads, ct)).Public.Contains(rid.Value);

    /// <summary>
    /// Forgets what was read, and what is being read: the next token is looked up in the database. For the service that has just
    /// changed the table; all others follow within <see cref="MaxAge"/>.
    /// </summary>
    public void Forget() => Interlocked.Increment(ref _generation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reading.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    /// <summary>What was read less than <paramref name="maxAge"/> ago, or in a read that began after the one of that number.</summary>
    private async ValueTask<Snapshot> FreshAsync(TimeSpan maxAge, int since, CancellationToken ct)
    {
        if (IsFresh(maxAge, since) is { } fresh) return fresh;
        await _reading.WaitAsync(ct);
        try
        {
            return IsFresh(maxAge, since) ?? (_snapshot = await ReadAsync(ct));
        }
        finally
        {
            _reading.Release();
        }
    }

    private Snapshot? IsFresh(TimeSpan maxAge, int since)
        => _snapshot is { } s && s.Generation == _generation && (s.Number > since || time.GetElapsedTime(s.ReadAt) < maxAge) ? s : null;

    /// <summary>Waits until the last read is old enough; false when too many wait already.</summary>
    private async ValueTask<bool> MayLookAsync(CancellationToken ct)
    {
        var rest = MinAge - time.GetElapsedTime(Interlocked.Read(ref _lastRead));
        if (rest <= TimeSpan.Zero) return true;
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting) return false;
            await Task.Delay(rest, time, ct);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<Snapshot> ReadAsync(CancellationToken ct)
    {
        var (readAt, generation) = (time.GetTimestamp(), _generation);
        Interlocked.Exchange(ref _lastRead, readAt);
        var number = Interlocked.Increment(ref _reads);
        if (Database is not { } source)
            return new Snapshot([], new HashSet<string>(StringComparer.Ordinal), readAt, number, generation);
        var tokens = new List<(byte[], AccessToken)>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        await using var repositories = source.CreateCommand("select rid from access.public_repositories");
        await using var command = source.CreateCommand(
            """
            select t.hash, t.id, t.name, t.scopes, t.expires_at, p.role, t.directory
            from access.tokens t left join access.people p on p.name = t.person
            where t.revoked_at is null and (t.expires_at is null or t.expires_at > $1)
                and (t.person is null or p.name is not null or t.directory is not null)
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
                // What a person of a directory may was said at the begin of her session, by her groups.
                var directory = await reader.IsDBNullAsync(6, ct) ? null : reader.GetString(6);
                tokens.Add((reader.GetFieldValue<byte[]>(0), new AccessToken(
                    reader.GetGuid(1), reader.GetString(2),
                    role is null || directory is not null ? reader.GetFieldValue<string[]>(3) : Roles.ScopesOf(role), expires,
                    directory ?? role)));
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // No schema yet: nobody has a token. The AppHost may still be creating it.
        }

        return new Snapshot(tokens, open, readAt, number, generation);
    }

    /// <summary>The service's own pool where it has one; else one connection of our own; null where no database is configured.</summary>
    internal NpgsqlDataSource? Database
    {
        get
        {
            if (provider.GetService<NpgsqlDataSource>() is { } shared) return shared;
            if (_own is not null) return _own;
            var text = provider.GetRequiredService<IConfiguration>().GetConnectionString("auxo");
            if (string.IsNullOrEmpty(text)) return null;
            var settings = new NpgsqlConnectionStringBuilder(text) { MaxPoolSize = 1, MinPoolSize = 0 };
            return _own = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "access" }.Build();
        }
    }

    /// <summary>The tables as they were: by which read, and how often they had been forgotten before it.</summary>
    private sealed record Snapshot(
        IReadOnlyList<(byte[] Hash, AccessToken Token)> Rows, IReadOnlySet<string> Public, long ReadAt, int Number, int Generation)
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
