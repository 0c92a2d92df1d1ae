using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

public sealed class ConcurrencyTests(PostgresFixture postgres) : StoreTest(postgres)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task of_many_appends_at_one_version_exactly_one_succeeds(int version)
    {
        var store = await StoreAsync();
        await using (var session = store.LightweightSession())
        {
            if (version > 0) session.Events.Append("account/ann", new AccountEvent.Opened("ann"));
            await session.SaveChangesAsync(Ct);
        }

        // Nobody saves before all have decided on the same state.
        using var decided = new CountdownEvent(24);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attempts = Enumerable.Range(0, 24).Select(async i =>
        {
            await using var session = store.LightweightSession();
            var stream = await session.Events.FetchForWriting<Account>("account/ann", Ct);
            stream.AppendOne(version > 0 ? new AccountEvent.Deposited(i) : new AccountEvent.Opened($"{i}"));
            if (decided.Signal()) ready.SetResult();
            await ready.Task;
            try
            {
                await session.SaveChangesAsync(Ct);
                return stream.Events.Count == 0 ? i : -2;
            }
            catch (ConcurrencyException)
            {
                return -1;
            }
        }).ToList();
        var winner = Assert.Single(await Task.WhenAll(attempts), result => result != -1);
        await using var query = store.QuerySession();
        var events = await query.Events.FetchStreamAsync("account/ann", Ct);
        Assert.Equal(version + 1, events.Count);
        Assert.Equal(version > 0 ? new AccountEvent.Deposited(winner) : new AccountEvent.Opened($"{winner}"), events[^1].Data);
    }

    [Fact]
    public async Task unconditional_appends_all_arrive_and_sessions_over_many_streams_do_not_deadlock()
    {
        var store = await StoreAsync();
        string[] keys = ["account/a", "account/b", "account/c", "account/d"];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            var random = new Random(i);
            for (var n = 0; n < 10; n++)
            {
                await using var session = store.LightweightSession();
                random.Shuffle(keys = [.. keys]);
                foreach (var key in keys) session.Events.Append(key, new AccountEvent.Deposited(i));
                await session.SaveChangesAsync(Ct);
            }
        }));
        await using var query = store.QuerySession();
        foreach (var key in keys)
        {
            var events = await query.Events.FetchStreamAsync(key, Ct);
            Assert.Equal(Enumerable.Range(1, 160).Select(v => (long)v), events.Select(e => e.Version));
            Assert.True(events.Zip(events.Skip(1)).All(pair => pair.First.Sequence < pair.Second.Sequence));
        }
    }

    [Fact]
    public async Task in_a_group_a_conflict_is_its_caller_s_alone()
    {
        var store = await StoreAsync();
        var group = new GroupedAppends(store);
        var opened = Enumerable.Range(0, 50)
            .Select(i => group.AppendAsync($"account/{i}", 0, [new AccountEvent.Opened("x"), new AccountEvent.Deposited(1)], Ct)).ToList();
        Assert.All(await Task.WhenAll(opened), version => Assert.Equal(2, version));

        var mixed = Enumerable.Range(0, 50).Select(async i =>
        {
            try
            {
                return await group.AppendAsync($"account/{i}", i % 5 == 0 ? 1 : 2, [new AccountEvent.Deposited(2)], Ct);
            }
            catch (ConcurrencyException)
            {
                return -1;
            }
        });
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? -1L : 3L), await Task.WhenAll(mixed));
        Assert.Equal(140, await ScalarAsync<long>("select count(*) from bank.mt_events"));

        var race = Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                return await group.AppendAsync("account/race", 0, [new AccountEvent.Opened($"{i}")], Ct);
            }
            catch (ConcurrencyException)
            {
                return 0;
            }
        });
        Assert.Equal(1, (await Task.WhenAll(race)).Sum());
    }

    [Fact]
    public async Task plain_rows_commit_in_groups_and_a_bad_one_fails_alone()
    {
        await ExecuteAsync("create table receipts (id text primary key, size int not null check (size > 0))");
        var batches = 0;
        var group = new GroupCommit<(string Id, int Size), bool>(async (items, ct) =>
        {
            Interlocked.Increment(ref batches);
            await using var command = Source.CreateCommand(
                "insert into receipts select * from unnest($1, $2) on conflict do nothing returning id");
            command.Parameters.Add(new() { Value = items.Select(item => item.Id).ToArray() });
            command.Parameters.Add(new() { Value = items.Select(item => item.Size).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(ct);
            var fresh = new HashSet<string>(StringComparer.Ordinal);
            while (await reader.ReadAsync(ct)) fresh.Add(reader.GetString(0));
            return [.. items.Select(item => fresh.Remove(item.Id))];
        });
        Assert.True(await group.AddAsync(("first", 1), Ct));
        var many = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => group.AddAsync(($"{i % 200}", 1), Ct)));
        Assert.Equal(200, many.Count(isNew => isNew));
        Assert.True(batches < 200, $"{batches} commits for 400 items are no group commit");

        var results = Enumerable.Range(0, 50).Select(i => group.AddAsync(($"later {i}", i == 7 ? 0 : 1), Ct)).ToList();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => results[7]);
        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        results.RemoveAt(7);
        Assert.All(await Task.WhenAll(results), Assert.True);
    }
}
