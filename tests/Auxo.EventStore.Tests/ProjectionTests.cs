using Auxo.EventStore.Projections;
using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.EventStore.Tests;

public sealed class ProjectionTests(PostgresFixture postgres) : StoreTest(postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>One save: appends to one or two of a few accounts, by one way of writing.</summary>
    private sealed record Save(bool Fetched, IReadOnlyList<(int Account, AccountEvent Event)> Appends);

    private static Gen<Save> Saves =>
        from fetched in ArbMap.Default.GeneratorFor<bool>()
        from appends in (
            from account in Gen.Choose(0, 5)
            from kind in Gen.Choose(0, 9)
            from cents in Gen.Choose(1, 1000)
            select (account, kind switch
            {
                < 3 => new AccountEvent.Opened($"owner {cents}"),
                < 6 => new AccountEvent.Deposited(cents),
                < 9 => new AccountEvent.Withdrawn(cents, "ü\"\\"),
                _ => (AccountEvent)new AccountEvent.Closed(),
            })).NonEmptyListOf()
        select new Save(fetched, [.. appends.Take(4)]);

    [Theory]
    [InlineData(ProjectionLifecycle.Inline)]
    [InlineData(ProjectionLifecycle.Async)]
    public async Task rebuilding_gives_byte_for_byte_what_was_kept_up_step_by_step(ProjectionLifecycle lifecycle)
    {
        var store = await StoreAsync(o =>
        {
            o.Projections.Snapshot<LooseAccount>(
                lifecycle == ProjectionLifecycle.Inline ? SnapshotLifecycle.Inline : SnapshotLifecycle.Async);
            o.Projections.Add<StatementProjection>(lifecycle);
            o.Projections.Add<WealthProjection>(lifecycle);
            o.Projections.PageSize = 3;
        }, new PostgresDoorbell(Source, TimeProvider.System));
        await Prop.ForAll(Saves.NonEmptyListOf().ToArbitrary(), async saves =>
        {
            await store.ResetAllData(Ct);
            using var daemon = new ProjectionDaemon(store, TimeProvider.System);
            await daemon.StartAsync(Ct);
            foreach (var save in saves) await WriteAsync(store, save);
            await store.WaitForNonStaleProjectionDataAsync(Patience, Ct);
            await daemon.StopAsync(Ct);

            var incremental = await DocumentsAsync();
            foreach (var name in (string[])[nameof(LooseAccount), nameof(StatementProjection), nameof(WealthProjection)])
                await new ProjectionRebuild(store).RunAsync(name, Ct);
            Assert.Equal(incremental, await DocumentsAsync());
        }).CheckAsync(25);
    }

    [Fact]
    public async Task an_inline_view_of_many_streams_gets_its_events_in_the_order_of_their_positions()
    {
        var store = await StoreAsync(o => o.Projections.Add<WealthProjection>(ProjectionLifecycle.Inline));
        await using (var session = store.LightweightSession())
        {
            session.Events.Append("account/ann/0", new AccountEvent.Opened("ann"));
            await session.SaveChangesAsync(Ct);
        }

        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(1, 8).Select(async writer =>
            {
                await using var session = store.LightweightSession();
                session.Events.Append($"account/ann/{writer}", new AccountEvent.Deposited(writer));
                await session.SaveChangesAsync(Ct);
            }));
            await using var query = store.QuerySession();
            var last = await ScalarAsync<string>("select '+' || (data->>'cents') from bank.mt_events order by seq_id desc limit 1");
            Assert.Equal(new Wealth((round + 1) * 36, last), await query.LoadAsync<Wealth>("ann", Ct));
        }
    }

    [Fact]
    public async Task a_rebuild_beside_a_running_daemon_and_writers_loses_nothing()
    {
        var doorbell = new PostgresDoorbell(Source, TimeProvider.System);
        var store = await StoreAsync(o =>
        {
            o.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
            o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
            o.Projections.PageSize = 20;
        }, doorbell);
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await daemon.StartAsync(Ct);
        var writers = Enumerable.Range(0, 6).Select(async writer =>
        {
            for (var i = 0; i < 60; i++)
            {
                await using var session = store.LightweightSession();
                await session.Events.WriteToAggregate<Account>(
                    $"account/ann/{writer}", s => s.AppendOne(i == 0 ? new AccountEvent.Opened("ann") : new AccountEvent.Deposited(1)), Ct);
            }
        }).ToList();
        for (var i = 0; i < 4; i++)
        {
            await new ProjectionRebuild(store).RunAsync(nameof(WealthProjection), Ct);
            await new ProjectionRebuild(store).RunAsync(nameof(Account), Ct);
        }

        await Task.WhenAll(writers);
        await store.WaitForNonStaleProjectionDataAsync(Patience, Ct);
        await daemon.StopAsync(Ct);
        await using var query = store.QuerySession();
        Assert.Equal(6 * 59, (await query.LoadAsync<Wealth>("ann", Ct))!.Cents);
        Assert.All(await query.QueryAsync<Account>("", Ct), account => Assert.Equal((59L, 59), (account.Cents, account.Changes)));
    }

    [Fact]
    public async Task two_daemons_at_once_count_every_event_once()
    {
        var store = await StoreAsync(o =>
        {
            o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
            o.Projections.PageSize = 7;
            o.Projections.SlowPoll = TimeSpan.FromMilliseconds(20);
        });
        using var one = new ProjectionDaemon(store, TimeProvider.System);
        using var two = new ProjectionDaemon(store, TimeProvider.System);
        await Task.WhenAll(one.StartAsync(Ct), two.StartAsync(Ct));
        for (var i = 0; i < 100; i++)
        {
            await using var session = store.LightweightSession();
            session.Events.Append("account/ann/1", i == 0 ? new AccountEvent.Opened("ann") : new AccountEvent.Deposited(1));
            await session.SaveChangesAsync(Ct);
        }

        await store.WaitForNonStaleProjectionDataAsync(Patience, Ct);
        await Task.WhenAll(one.StopAsync(Ct), two.StopAsync(Ct));
        await using var query = store.QuerySession();
        Assert.Equal(99, (await query.LoadAsync<Wealth>("ann", Ct))!.Cents);
    }

    [Fact]
    public async Task a_snapshot_that_lags_or_came_late_is_completed_by_its_tail()
    {
        var before = await StoreAsync();
        await using (var session = before.LightweightSession())
        {
            session.Events.Append("account/ann/1", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(1));
            await session.SaveChangesAsync(Ct);
        }

        foreach (var lifecycle in (SnapshotLifecycle[])[SnapshotLifecycle.Async, SnapshotLifecycle.Inline])
        {
            var store = await StoreAsync(o => o.Projections.Snapshot<Account>(lifecycle));
            await using var session = store.LightweightSession();
            var stream = await session.Events.FetchForWriting<Account>("account/ann/1", Ct);
            var version = stream.StartingVersion;
            Assert.Equal(version - 1, stream.Aggregate!.Cents);
            stream.AppendOne(new AccountEvent.Deposited(1));
            await session.SaveChangesAsync(Ct);
            Assert.Equal(version, (await session.Events.FetchLatest<Account>("account/ann/1", Ct))!.Cents);
            Assert.Equal(lifecycle == SnapshotLifecycle.Inline, await session.LoadAsync<Account>("account/ann/1", Ct) is not null);
        }
    }

    [Fact]
    public async Task a_projection_that_fails_stands_still_says_why_and_goes_on_when_it_can()
    {
        var store = await StoreAsync(o =>
        {
            o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
            o.Projections.Add<StatementProjection>(ProjectionLifecycle.Async);
            o.Projections.SlowPoll = TimeSpan.FromMilliseconds(50);
        });
        await ExecuteAsync("alter table bank.mt_doc_wealth add constraint broken check (not data ? 'cents')");
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await daemon.StartAsync(Ct);
        await using var session = store.LightweightSession();
        session.Events.Append("account/ann/1", new AccountEvent.Opened("ann"));
        await session.SaveChangesAsync(Ct);
        await Eventually.TrueAsync(async () => await session.LoadAsync<Statement>("account/ann/1", Ct) is not null, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(daemon.Shards.Any(shard => shard.Error is not null)), Ct);
        Assert.Equal("WealthProjection:All", Assert.Single(daemon.Shards, shard => shard.Error is not null).Name);

        await ExecuteAsync("alter table bank.mt_doc_wealth drop constraint broken");
        await store.WaitForNonStaleProjectionDataAsync(Patience, Ct);
        await daemon.StopAsync(Ct);
        Assert.Equal(new Wealth(0, "ann"), await session.LoadAsync<Wealth>("ann", Ct));
    }

    private static async Task WriteAsync(DocumentStore store, Save save)
    {
        await using var session = store.LightweightSession();
        foreach (var group in save.Appends.GroupBy(append => append.Account))
        {
            // Two owners share six accounts.
            var key = $"account/{(group.Key % 2 == 0 ? "ann" : "bob")}/{group.Key}";
            if (save.Fetched) (await session.Events.FetchForWriting<LooseAccount>(key, Ct))
                .AppendMany(group.Select(append => append.Event));
            else session.Events.Append(key, [.. group.Select(append => append.Event)]);
        }

        await session.SaveChangesAsync(Ct);
    }

    private Task<string> DocumentsAsync() => ScalarAsync<string>(
        """
        select coalesce(string_agg(t || ' ' || id || ' ' || mt_version || ' ' || data, E'\n' order by t, id), '') from (
            select 'account' t, id, mt_version, data::text from bank.mt_doc_looseaccount union all
            select 'statement', id, mt_version, data::text from bank.mt_doc_statement union all
            select 'wealth', id, mt_version, data::text from bank.mt_doc_wealth) all_documents
        """);
}

/// <summary>Begins with whatever comes first: streams of random events have no order.</summary>
public sealed record LooseAccount
{
    public string Owner { get; init; } = "";

    public long Cents { get; init; }

    public LooseAccount Apply(AccountEvent e) => e switch
    {
        AccountEvent.Opened(var owner) => this with { Owner = owner },
        AccountEvent.Deposited(var cents) => this with { Cents = Cents + cents },
        AccountEvent.Withdrawn(var cents, _) => this with { Cents = Cents - cents },
        _ => this,
    };

    public bool ShouldDelete(AccountEvent.Closed e) => e is not null;
}
