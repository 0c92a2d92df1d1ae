using System.Globalization;

using Auxo.EventStore.Projections;
using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>
/// Transactions commit in another order than they draw positions; a reader must see every event all the same, once and in
/// order.
/// </summary>
public sealed class OrderTests(PostgresFixture postgres) : StoreTest(postgres)
{
    private const int Writers = 20;
    private const int Transactions = 60;

    [Fact]
    public async Task a_follower_misses_nothing_and_a_plain_reader_does()
    {
        var store = await StoreAsync();
        using var done = new CancellationTokenSource();
        var reader = new EventReader(store, 0);
        var follower = FollowAsync(async seen =>
        {
            var page = await reader.NextAsync(200, Ct);
            seen.AddRange(page.Events.Select(e => e.Sequence));
            return page.To > page.From || reader.Blocked;
        }, done.Token);
        // The negative control: what nearly everybody writes first. It shows that the workload could catch a wrong reader.
        var plain = FollowAsync(async seen =>
        {
            await using var command = Source.CreateCommand(
                $"select seq_id from bank.mt_events where seq_id > {seen.LastOrDefault()} order by seq_id limit 200");
            await using var rows = await command.ExecuteReaderAsync(Ct);
            var before = seen.Count;
            while (await rows.ReadAsync(Ct)) seen.Add(rows.GetInt64(0));
            return seen.Count > before;
        }, done.Token);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));
        await done.CancelAsync();

        var committed = await SequencesAsync();
        Assert.Equal(committed, await follower);
        var missed = committed.Except(await plain).Count();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{committed.Count} events, {committed[^1] - committed.Count} holes; the plain reader missed {missed}");
        Assert.True(committed[^1] > committed.Count, "There were no holes: the workload proves nothing.");
        Assert.True(missed > 0, "The plain reader missed nothing: the workload proves nothing.");
    }

    [Fact]
    public async Task the_clock_is_never_the_order()
    {
        var store = await StoreAsync(o => o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async));
        await using var session = store.LightweightSession();
        foreach (var data in (AccountEvent[])[new AccountEvent.Opened("ann"), new AccountEvent.Deposited(1), new AccountEvent.Deposited(2)])
        {
            session.Events.Append("account/ann/1", data);
            await session.SaveChangesAsync(Ct);
        }

        await ExecuteAsync("update bank.mt_events set timestamp = timestamp - seq_id * interval '1 hour'");
        Assert.Equal([1L, 2, 3], (await session.Events.FetchStreamAsync("account/ann/1", Ct)).Select(e => e.Sequence));
        Assert.Equal([1L, 2, 3], (await new EventReader(store, 0).NextAsync(10, Ct)).Events.Select(e => e.Sequence));
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await daemon.StartAsync(Ct);
        await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), Ct);
        await daemon.StopAsync(Ct);
        Assert.Equal(new Wealth(3, "+2"), await session.LoadAsync<Wealth>("ann", Ct));
    }

    [Fact]
    public async Task a_dead_hole_is_skipped_at_the_second_look()
    {
        var store = await StoreAsync();
        await AppendAsync("account/1", commit: true);
        await AppendAsync("account/2", commit: false);
        await AppendAsync("account/3", commit: true);
        var reader = new EventReader(store, 0);
        Assert.Equal([1L], (await reader.NextAsync(10, Ct)).Events.Select(e => e.Sequence));
        Assert.True(reader.Blocked);
        var seen = new List<long>();
        // Transactions of other tests share the server's ids, and are waited for.
        while (reader.Position < 3) seen.AddRange((await reader.NextAsync(10, Ct)).Events.Select(e => e.Sequence));
        Assert.Equal([3L], seen);
        Assert.False(reader.Blocked);
    }

    /// <summary>
    /// The owner of the hole is younger than every transaction that has ended, so that pg_snapshot_xmax of the sighting says
    /// nothing about it.
    /// </summary>
    [Fact]
    public async Task a_hole_of_the_youngest_transaction_is_waited_for()
    {
        var store = await StoreAsync();
        await using var older = await Source.OpenConnectionAsync(Ct);
        await using var younger = await Source.OpenConnectionAsync(Ct);
        await using var olderTransaction = await older.BeginTransactionAsync(Ct);
        await RunAsync(older, "select pg_current_xact_id()");
        await using var youngerTransaction = await younger.BeginTransactionAsync(Ct);
        await RunAsync(younger, AppendSql("account/1"));
        await RunAsync(older, AppendSql("account/2"));
        await olderTransaction.CommitAsync(Ct);

        var reader = new EventReader(store, 0);
        for (var look = 0; look < 20; look++)
        {
            Assert.Empty((await reader.NextAsync(10, Ct)).Events);
            Assert.True(reader.Blocked);
        }

        await youngerTransaction.CommitAsync(Ct);
        Assert.Equal([1L, 2], (await reader.NextAsync(10, Ct)).Events.Select(e => e.Sequence));
    }

    [Fact]
    public async Task a_long_writer_elsewhere_delays_nobody_while_there_is_no_hole()
    {
        var store = await StoreAsync();
        await using var elsewhere = await Source.OpenConnectionAsync(Ct);
        await using var transaction = await elsewhere.BeginTransactionAsync(Ct);
        await RunAsync(elsewhere, "select pg_current_xact_id()");
        await AppendAsync("account/1", commit: true);
        Assert.Single((await new EventReader(store, 0).NextAsync(10, Ct)).Events);
    }

    private static string AppendSql(string key, int events = 1) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        select bank.mt_append_events(array['{{key}}'], array[null::text], array[{{events}}], array[null::bigint],
            array_fill(1, array[{{events}}]), array(select generate_series(1, {{events}})), array(select gen_random_uuid() from generate_series(1, {{events}})),
            array_fill('account_deposited'::text, array[{{events}}]), array_fill('{"cents":1}'::json, array[{{events}}]),
            array_fill(null::text, array[{{events}}]), array_fill(null::text, array[{{events}}]), false)
        """);

    /// <summary>
    /// Appends of 1 to 5 events, some given up, each with a delay between drawing and committing, as a slow disk or a busy
    /// client makes.
    /// </summary>
    private async Task WriteAsync(int writer)
    {
        var random = new Random(writer);
        await using var connection = await Source.OpenConnectionAsync(Ct);
        for (var i = 0; i < Transactions; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await RunAsync(connection, AppendSql($"account/{writer}-{random.Next(5)}", random.Next(1, 6)));
            await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select pg_sleep({random.NextDouble() * 0.02})"));
            if (random.Next(10) == 0) await transaction.RollbackAsync(Ct);
            else await transaction.CommitAsync(Ct);
        }
    }

    private static Task<List<long>> FollowAsync(Func<List<long>, Task<bool>> next, CancellationToken writersDone) => Task.Run(async () =>
    {
        var seen = new List<long>();
        while (true)
        {
            var last = writersDone.IsCancellationRequested;
            if (!await next(seen) && last) return seen;
            await Task.Yield();
        }
    });

    private async Task AppendAsync(string key, bool commit)
    {
        await using var connection = await Source.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await RunAsync(connection, AppendSql(key));
        if (commit) await transaction.CommitAsync(Ct);
        else await transaction.RollbackAsync(Ct);
    }

    private async Task<List<long>> SequencesAsync()
    {
        await using var command = Source.CreateCommand("select seq_id from bank.mt_events order by seq_id");
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var sequences = new List<long>();
        while (await reader.ReadAsync(Ct)) sequences.Add(reader.GetInt64(0));
        return sequences;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
