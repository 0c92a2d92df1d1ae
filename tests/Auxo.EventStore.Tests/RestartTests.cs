using System.Collections.Concurrent;

using Auxo.EventStore.Projections;
using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>The server goes away and comes back: on a server of its own, since the others' tests would go with it.</summary>
public sealed class RestartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task daemon_and_doorbell_recover_when_postgresql_does(bool crash)
    {
        await using var postgres = new PostgresFixture();
        await postgres.InitializeAsync();
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        using var doorbell = new PostgresDoorbell(source, TimeProvider.System);
        var store = new DocumentStore(source, Bank.Options(o =>
        {
            o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
            // So slow that only wake-ups can be the reason for progress.
            o.Projections.SlowPoll = TimeSpan.FromHours(1);
        }), doorbell);
        await store.ApplySchemaAsync(Ct);
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await doorbell.StartAsync(Ct);
        await daemon.StartAsync(Ct);
        await AppendAsync(store, new AccountEvent.Opened("ann"), new AccountEvent.Deposited(1));
        await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), Ct);

        var wakes = new ConcurrentQueue<int>();
        using var subscription = doorbell.Subscribe("elsewhere", () => wakes.Enqueue(0));
        await postgres.Cluster.StopAsync(immediate: crash, Ct);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => AppendAsync(store, new AccountEvent.Deposited(10)));
        await postgres.RestartAsync();
        await AppendAsync(store, new AccountEvent.Deposited(100));
        await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), Ct);
        await using var query = store.QuerySession();
        Assert.Equal(101, (await query.LoadAsync<Wealth>("ann", Ct))!.Cents);

        // A ring of another process arrives as well.
        await Eventually.TrueAsync(async () =>
        {
            await using var other = source.CreateCommand("notify elsewhere");
            await other.ExecuteNonQueryAsync(Ct);
            return wakes.Count > 2;
        }, Ct);
        await daemon.StopAsync(Ct);
        await doorbell.StopAsync(Ct);
    }

    private static async Task AppendAsync(DocumentStore store, params object[] events)
    {
        // A pooled connection to the server that was there before the restart fails once; that is its caller's business.
        await using var session = store.LightweightSession();
        session.Events.Append("account/ann/1", events);
        await session.SaveChangesAsync(Ct);
    }
}
