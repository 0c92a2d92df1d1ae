using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

public sealed class DoorbellTests(PostgresFixture postgres) : StoreTest(postgres)
{
    [Fact]
    public async Task a_ring_wakes_who_waits_here_and_in_other_processes()
    {
        using var here = new PostgresDoorbell(Source, TimeProvider.System);
        using var there = new PostgresDoorbell(Source, TimeProvider.System);
        await here.StartAsync(Ct);
        await there.StartAsync(Ct);
        var (atHome, abroad) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        using var first = here.Subscribe("Some-channel", () => atHome.Release());
        using var second = there.Subscribe("Some-channel", () => abroad.Release());
        here.Ring("Some-channel");
        await atHome.WaitAsync(Ct);
        await Eventually.TrueAsync(() =>
        {
            here.Ring("Some-channel");
            return Task.FromResult(abroad.CurrentCount > 2);
        }, Ct);
        await here.StopAsync(Ct);
        await there.StopAsync(Ct);
    }

    [Fact]
    public async Task one_process_listens_on_one_connection_however_many_channels()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = "one bell",
        });
        using var doorbell = new PostgresDoorbell(source, TimeProvider.System);
        await doorbell.StartAsync(Ct);
        var woken = new SemaphoreSlim(0);
        var subscriptions = Enumerable.Range(0, 10).Select(i => doorbell.Subscribe($"channel {i}", () => woken.Release())).ToList();
        await Eventually.TrueAsync(async () =>
        {
            await ExecuteAsync("select pg_notify('channel 9', '')");
            return woken.CurrentCount > 20;
        }, Ct);
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = 'one bell'"));
        subscriptions.ForEach(subscription => subscription.Dispose());
        await doorbell.StopAsync(Ct);
    }
}
