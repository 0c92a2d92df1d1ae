using Auxo.EventStore;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Messaging.Tests;

public sealed class LeasedWorkTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly LeaseTable Table = new("effects.jobs", Ready: "result is null");

    [Fact]
    public async Task work_is_claimed_by_one_worker_and_again_when_its_heartbeat_stops()
    {
        await using var source = await JobsAsync(3);
        var time = new ManualTime();
        var (first, second) = (new LeasedWork<int>(source, time, Table, Duration), new LeasedWork<int>(source, time, Table, Duration));

        var mine = await first.ClaimAsync(2, CancellationToken.None);
        Assert.Equal([1, 2], mine.Select(lease => lease.Key).Order());
        Assert.Equal([3], (await second.ClaimAsync(5, CancellationToken.None)).Select(lease => lease.Key));

        time.Advance(Duration / 2);
        Assert.True(await first.RenewAsync(mine[0], CancellationToken.None));
        time.Advance(Duration / 2);
        var taken = await second.ClaimAsync(5, CancellationToken.None);

        Assert.Equal(new[] { mine[1].Key, 3 }.Order(), taken.Select(lease => lease.Key).Order());
        Assert.False(await first.RenewAsync(mine[1], CancellationToken.None));
        Assert.False(await first.ReleaseAsync(mine[1], CancellationToken.None));
        Assert.True(await first.ReleaseAsync(mine[0], CancellationToken.None));
    }

    [Fact]
    public async Task a_worker_that_lost_its_lease_cannot_write_its_result()
    {
        await using var source = await JobsAsync(1);
        var time = new ManualTime();
        var (slow, quick) = (new LeasedWork<int>(source, time, Table, Duration), new LeasedWork<int>(source, time, Table, Duration));
        var lost = Assert.Single(await slow.ClaimAsync(1, CancellationToken.None));
        time.Advance(Duration);
        var held = Assert.Single(await quick.ClaimAsync(1, CancellationToken.None));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => EndAsync(source, slow.Finish(lost), "slow"));
        await EndAsync(source, quick.Finish(held), "quick");

        Assert.Equal("AX003", Assert.IsType<PostgresException>(refused.InnerException ?? refused).SqlState);
        Assert.Equal("quick", await new NpgsqlCommand("select result from effects.jobs", await source.OpenConnectionAsync())
            .ExecuteScalarAsync());
        Assert.Empty(await quick.ClaimAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task the_heartbeat_keeps_a_lease_and_cancels_the_work_when_it_is_lost()
    {
        await using var source = await JobsAsync(1);
        var time = new ManualTime();
        var work = new LeasedWork<int>(source, time, Table, Duration);
        var lease = Assert.Single(await work.ClaimAsync(1, CancellationToken.None));
        var begun = new TaskCompletionSource();

        var running = work.RunAsync(lease, ct =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
        }, CancellationToken.None);
        await begun.Task;
        time.Advance(Duration / 3);
        await Eventually.TrueAsync(
            async ()
                => (DateTime)(await new NpgsqlCommand("select leased_until from effects.jobs", await source.OpenConnectionAsync())
                    .ExecuteScalarAsync())! > lease.Until.UtcDateTime,
            "the lease is renewed");
        await using (var steal =
            source.CreateCommand("update effects.jobs set lease_epoch = lease_epoch + 1")) await steal.ExecuteNonQueryAsync();
        time.Advance(Duration / 3);

        Assert.False(await running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task of_many_workers_each_job_is_ended_by_one()
    {
        await using var source = await JobsAsync(60);
        var ended = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var work = new LeasedWork<int>(source, TimeProvider.System, Table, Duration);
            var count = 0;
            while (await work.ClaimAsync(3, CancellationToken.None) is { Count: > 0 } leases)
            {
                foreach (var lease in leases)
                {
                    await EndAsync(source, work.Finish(lease), "done", $" and id = {lease.Key}");
                    count++;
                }
            }

            return count;
        }));
        Assert.Equal(60, ended.Sum());
    }

    private static async Task EndAsync(NpgsqlDataSource source, NpgsqlBatchCommand finish, string result, string where = "")
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { finish, new($"update effects.jobs set result = '{result}' where true {where}") },
        };
        await batch.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlDataSource> JobsAsync(int count)
    {
        var source = NpgsqlDataSource.Create(await postgres.DatabaseAsync());
        await SchemaMigrations.ApplyAsync(source, "queues", "queues", typeof(IMessageBus).Assembly, CancellationToken.None);
        await using var command = source.CreateCommand(
            $"""
            create table effects.jobs (id int primary key, result text, lease_owner uuid, lease_epoch bigint not null default 0, leased_until timestamptz);
            insert into effects.jobs (id) select generate_series(1, {count})
            """);
        await command.ExecuteNonQueryAsync();
        return source;
    }
}
