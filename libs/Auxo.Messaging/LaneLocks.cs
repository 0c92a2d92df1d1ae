using Npgsql;

namespace Auxo.Messaging;

/// <summary>
/// Which lanes of the queue this process owns. Each lane is a session advisory lock on one connection, so the lanes of a
/// process that dies are free at once, without any clock. Processes count each other (each holds a shared lock too) and keep no
/// more than their share. A lock that is lost unnoticed does no harm: an acknowledgement commits only where it deletes the
/// envelope.
/// </summary>
internal sealed class LaneLocks(NpgsqlDataSource source, string name) : IAsyncDisposable
{
    /// <summary>As in <c>lane_of</c> of queues.001.sql.</summary>
    public const int Count = 16;

    private const int Membership = -1;

    private readonly HashSet<short> _held = [];
    private readonly int _space = Fnv(name);
    private NpgsqlConnection? _connection;

    public IReadOnlyCollection<short> Held => _held;

    /// <summary>False while other processes hold lanes that should come to this one.</summary>
    public bool Balanced { get; private set; }

    /// <summary>Takes free lanes up to this process's share, and gives up what is beyond it and not in <paramref name="busy"/>.</summary>
    public async Task BalanceAsync(IReadOnlySet<short> busy, CancellationToken ct)
    {
        if (_connection is null)
        {
            _held.Clear();
            var connection = await source.OpenConnectionAsync(ct);
            _connection = connection;
            await LanesAsync("select l from unnest($2) l where pg_try_advisory_lock_shared($1, l)", [Membership], ct);
        }

        var share = (int)Math.Ceiling((double)Count / Math.Max(1, await MembersAsync(ct)));
        var surplus = _held.Where(lane => !busy.Contains(lane)).Take(_held.Count - share).Select(lane => (int)lane).ToArray();
        if (surplus.Length > 0)
        {
            await LanesAsync("select l from unnest($2) l where pg_advisory_unlock($1, l)", surplus, ct);
            foreach (var lane in surplus) _held.Remove((short)lane);
        }

        if (_held.Count < share)
        {
            var free = Enumerable.Range(0, Count).Where(lane => !_held.Contains((short)lane)).ToArray();
            Random.Shared.Shuffle(free);
            foreach (var lane in await LanesAsync(
                $"select l from unnest($2) l where pg_try_advisory_lock($1, l) limit {share - _held.Count}", free, ct))
                _held.Add((short)lane);
        }

        Balanced = _held.Count == share;
    }

    /// <summary>Gives up everything, after an error on any connection to the database.</summary>
    public async Task ResetAsync()
    {
        _held.Clear();
        Balanced = false;
        if (Interlocked.Exchange(ref _connection, null) is not { } connection) return;
        // Closing alone would return the connection to the pool with its locks.
        try
        {
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // A broken connection has lost its locks already.
        }

        await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await ResetAsync();

    private async Task<long> MembersAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select count(*) from pg_locks
            where locktype = 'advisory' and granted and classid::bigint = $1 & 4294967295 and objid::bigint = 4294967295 and objsubid = 2
              and database = (select oid from pg_database where datname = current_database())
            """, _connection);
        command.Parameters.Add(new() { Value = (long)_space });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<int>> LanesAsync(string sql, int[] lanes, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.Add(new() { Value = _space });
        command.Parameters.Add(new() { Value = lanes });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var result = new List<int>();
        while (await reader.ReadAsync(ct)) result.Add(reader.GetInt32(0));
        return result;
    }

    /// <summary>FNV-1a: the same in every process, unlike string.GetHashCode.</summary>
    private static int Fnv(string text)
    {
        var hash = 2166136261;
        foreach (var c in text) hash = (hash ^ c) * 16777619;
        return (int)hash;
    }
}
