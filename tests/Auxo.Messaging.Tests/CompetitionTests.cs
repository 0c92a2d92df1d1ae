using Auxo.Testing;

using Microsoft.Extensions.Hosting;

namespace Auxo.Messaging.Tests;

/// <summary>Conformance 6: order within a group, whoever listens.</summary>
public sealed class CompetitionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task each_group_is_handled_in_order_by_eight_competing_listeners_and_each_message_once()
    {
        const int Groups = 25, PerGroup = 20;
        var database = await postgres.DatabaseAsync();
        var hosts = new List<IHost>();
        for (var i = 0; i < 8; i++) hosts.Add(await ListenerAsync(database));

        await hosts[0].TrackActivityAsync(
            async () =>
            {
                // One sender per group, as one stream has one writer at a time.
                await Task.WhenAll(Enumerable.Range(0, Groups).Select(async group =>
                {
                    for (var i = 0; i < PerGroup; i++)
                    {
                        await hosts[group % 8].Bus().SendAsync(new Work($"{group}:{i}", $"{group}"), CancellationToken.None, $"{group}");
                        // Listeners come and go meanwhile, so that lanes change hands under load.
                        if (group == 3 && i is 5 or 12) await ReplaceAsync(hosts, i % 7 + 1, database);
                    }
                }));
            },
            TimeSpan.FromSeconds(60));

        var done = await TestService.EffectsAsync(database);
        Assert.Equal(Groups * PerGroup, done.Count);
        foreach (var group in done.GroupBy(text => text.Split(':')[0]))
            Assert.Equal(Enumerable.Range(0, PerGroup).Select(i => $"{group.Key}:{i}"), group);
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    [Fact]
    public async Task the_lanes_are_shared_out_and_those_of_a_stopped_listener_are_taken_over()
    {
        var database = await postgres.DatabaseAsync();
        var first = await ListenerAsync(database);
        var second = await ListenerAsync(database);
        await Eventually.TrueAsync(async () => (await OwnersAsync(database)).SequenceEqual(["8", "8"]), "eight lanes each");

        await first.StopAsync();
        first.Dispose();
        await Eventually.TrueAsync(async () => (await OwnersAsync(database)).SequenceEqual(["16"]), "the second has all");

        await second.TrackActivityAsync(async () =>
        {
            for (var i = 0; i < 40; i++) await second.Bus().SendAsync(new Work($"{i}"), CancellationToken.None, $"{i}");
        });
        Assert.Equal(40, (await TestService.EffectsAsync(database)).Count);
        await second.StopAsync();
        second.Dispose();
    }

    [Fact]
    public async Task a_service_needs_no_more_than_ten_connections()
    {
        var database = await postgres.DatabaseAsync();
        using var host = await TestService.StartAsync(database, [typeof(WorkHandler), typeof(WorkedHandler), typeof(ChoreHandler)]);
        var most = 0;
        host.Probe().OnHandling = async _ =>
        {
            // The one that asks has a pool of its own, as has the one that made the database.
            var open = int.Parse((await TestService.ListAsync(
                database,
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
                    + "and application_name = 'service'"))[0]);
            InterlockedMax(ref most, open);
        };

        await host.TrackActivityAsync(
            () => Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.Bus().SendAsync(new Work($"{i}"), CancellationToken.None))));

        Assert.InRange(most, 1, 10);
        await host.StopAsync();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }

    private static async Task ReplaceAsync(List<IHost> hosts, int index, string database)
    {
        // Nobody else sends with this host's bus any more once its listener is stopped; its data source lives on until the end of the test.
        await hosts[index].StopAsync();
        hosts.Add(await ListenerAsync(database));
    }

    private static Task<IHost> ListenerAsync(string database)
        => TestService.StartAsync(database, [typeof(WorkHandler)], o => o.SlowPoll = TimeSpan.FromMilliseconds(200));

    private static Task<List<string>> OwnersAsync(string database) => TestService.ListAsync(
        database,
        """
        select count(*) from pg_locks
        where locktype = 'advisory' and objsubid = 2 and objid < 16 and database = (select oid from pg_database where datname = current_database())
        group by pid order by 1
        """);
}
