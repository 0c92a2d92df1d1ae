using Npgsql;

namespace Auxo.BackgroundWork;

/// <summary>
/// Where leased work lies: a table of the service's own with the columns <c>lease_owner uuid</c>, <c>lease_epoch bigint not
/// null default 0</c> and <c>leased_until timestamptz</c>. All four are SQL written by the programmer, never input.
/// </summary>
/// <param name="Table">With its schema, such as <c>pipeline.builds_waiting</c>.</param>
/// <param name="Key">The key column.</param>
/// <param name="Ready">What may be claimed, such as <c>state = 'queued'</c>.</param>
/// <param name="OrderBy">What is claimed first; by default the key.</param>
public sealed record LeaseTable(string Table, string Key = "id", string Ready = "true", string? OrderBy = null);

/// <summary>The right to work on one row until <paramref name="Until"/>, unless renewed.</summary>
/// <param name="Key">The row.</param>
/// <param name="Owner">The worker.</param>
/// <param name="Epoch">Grows with every claim: a worker that lost its lease holds an old one, and whatever it still writes is
/// refused.</param>
/// <param name="Until">When others may take it.</param>
public sealed record Lease<TKey>(TKey Key, Guid Owner, long Epoch, DateTimeOffset Until);

/// <summary>
/// Long work (a build, a delivery, a patch comment) outside of any transaction: claimed, kept by a heartbeat, and taken over by
/// another worker when the heartbeat stops. The result is written under <see cref="Finish"/>, so of two workers that believe to
/// own it only one can end it.
/// </summary>
/// <param name="source">The service's database.</param>
/// <param name="time">The clock of claims; workers of one table should agree on it to well within <paramref name="duration"/>.</param>
/// <param name="table">What is leased.</param>
/// <param name="duration">How long a lease lasts without a heartbeat; renewed three times as often.</param>
public sealed class LeasedWork<TKey>(
    NpgsqlDataSource source, TimeProvider time, LeaseTable table, TimeSpan duration)
    where TKey : notnull
{
    /// <summary>The table's schema, whose function <c>require_lease</c> ends a transaction without the lease.</summary>
    private readonly string _schema = table.Table.Split('.')[0];

    private const string Mine = "lease_owner = $2 and lease_epoch = $3";

    /// <summary>
    /// This worker, as the rows that it holds name it. Who keeps it somewhere safe before the first claim can free them after a
    /// crash.
    /// </summary>
    public Guid Owner { get; } = Guid.NewGuid();

    /// <summary>Takes up to <paramref name="limit"/> rows that are ready and free, or whose lease has run out.</summary>
    public Task<IReadOnlyList<Lease<TKey>>> ClaimAsync(int limit, CancellationToken ct) => ClaimAsync("true", "limit $4", limit, ct);

    /// <summary>Takes those of these rows that are still ready and free, or whose lease has run out.</summary>
    public async Task<IReadOnlyList<Lease<TKey>>> ClaimAsync(IReadOnlyCollection<TKey> keys, CancellationToken ct)
        => keys.Count == 0 ? [] : await ClaimAsync($"{table.Key} = any ($4)", "", keys.ToArray(), ct);

    /// <summary>Prolongs a lease; false when it is lost, and then the work must stop.</summary>
    public Task<bool> RenewAsync(Lease<TKey> lease, CancellationToken ct)
        => TouchAsync($"update {table.Table} set leased_until = $4 where {table.Key} = $1 and {Mine}", lease, ct,
            time.GetUtcNow() + duration);

    /// <summary>Gives the work back, for anybody to take at once; false when it was lost anyway.</summary>
    public Task<bool> ReleaseAsync(Lease<TKey> lease, CancellationToken ct)
        => TouchAsync($"update {table.Table} set leased_until = null, lease_owner = null where {table.Key} = $1 and {Mine}", lease, ct);

    /// <summary>
    /// Ends the leases of a worker that is known to be gone, or of this one that it does not know of (a claim whose answer was
    /// lost on the way).
    /// </summary>
    /// <param name="owner">The worker.</param>
    /// <param name="except">What it does work on.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many may be claimed again at once.</returns>
    public async Task<int> FreeAsync(Guid owner, IReadOnlyCollection<TKey> except, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"update {table.Table} set leased_until = null, lease_owner = null where lease_owner = $1 and not ({table.Key} = any ($2))");
        Add(command.Parameters, owner, except.ToArray());
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// For the session that writes the result: ends the lease, or refuses the whole transaction (SQLSTATE AX003) when another
    /// worker has it. Queue it before what depends on it; the row's new state, or its deletion, is the caller's to write.
    /// </summary>
    public NpgsqlBatchCommand Finish(Lease<TKey> lease)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            with mine as (update {table.Table} set leased_until = null, lease_owner = null where {table.Key} = $1 and {Mine} returning 1)
            select {_schema}.require_lease(exists (select from mine))
            """);
        Add(command.Parameters, lease.Key, lease.Owner, lease.Epoch);
        return command;
    }

    /// <summary>
    /// Runs the work while a heartbeat keeps its lease. When the lease is lost, or could not be renewed before it ran out, the
    /// work's token is cancelled; returns false then. The lease is not ended here: <see cref="Finish"/> or
    /// <see cref="ReleaseAsync"/> does that.
    /// </summary>
    public async Task<bool> RunAsync(Lease<TKey> lease, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var ended = new CancellationTokenSource();
        var heartbeat = BeatAsync(lease, lost, ended.Token);
        try
        {
            await work(lost.Token);
            return !lost.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await ended.CancelAsync();
            await heartbeat;
        }
    }

    private async Task BeatAsync(Lease<TKey> lease, CancellationTokenSource lost, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(duration / 3, time);
        var until = lease.Until;
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    var next = time.GetUtcNow() + duration;
                    if (await RenewAsync(lease, ended)) until = next;
                    else until = DateTimeOffset.MinValue;
                }
                catch (NpgsqlException)
                {
                    // The database is away: the lease stands until its time is up, and so may the work.
                }

                if (time.GetUtcNow() < until) continue;
                await lost.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private async Task<IReadOnlyList<Lease<TKey>>> ClaimAsync(string which, string limit, object fourth, CancellationToken ct)
    {
        var (now, until) = (time.GetUtcNow(), time.GetUtcNow() + duration);
        var claim = new NpgsqlBatchCommand(
            $"""
            update {table.Table} set lease_owner = $1, lease_epoch = lease_epoch + 1, leased_until = $2
            where {table.Key} in (
                select {table.Key} from {table.Table}
                where {which} and ({table.Ready}) and (leased_until is null or leased_until <= $3)
                order by {table.OrderBy ?? table.Key} {limit} for update skip locked)
            returning {table.Key}, lease_epoch
            """);
        Add(claim.Parameters, Owner, until, now, fourth);
        await using var batch = source.CreateBatch();
        // Not synced to the disk: a claim that a crash of PostgreSQL takes back is lost at its next heartbeat, and what its worker wrote
        // after it was synced with it.
        batch.BatchCommands.Add(new("set local synchronous_commit to off"));
        batch.BatchCommands.Add(claim);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var leases = new List<Lease<TKey>>();
        while (await reader.ReadAsync(ct)) leases.Add(
            new Lease<TKey>(await reader.GetFieldValueAsync<TKey>(0, ct), Owner, reader.GetInt64(1), until));
        return leases;
    }

    private async Task<bool> TouchAsync(string sql, Lease<TKey> lease, CancellationToken ct, params object[] more)
    {
        await using var command = source.CreateCommand(sql);
        Add(command.Parameters, [lease.Key, lease.Owner, lease.Epoch, .. more]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static void Add(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values) parameters.Add(new NpgsqlParameter { Value = value });
    }
}
