using System.Diagnostics;

using Auxo.EventStore.Projections;
using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

public sealed class AppendTests(PostgresFixture postgres) : StoreTest(postgres)
{
    [Fact]
    public async Task events_are_read_back_as_they_were_written()
    {
        var store = await StoreAsync();
        await using var session = store.LightweightSession();
        (session.CorrelationId, session.CausationId) = ("trace-1", "message-1");
        session.Events.StartStream<Account>("account/ann", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(500));
        await session.SaveChangesAsync(Ct);

        var events = await session.Events.FetchStreamAsync("account/ann", Ct);
        Assert.Equal([new AccountEvent.Opened("ann"), new AccountEvent.Deposited(500)], events.Select(e => e.Data));
        Assert.Equal([1L, 2L], events.Select(e => e.Version));
        Assert.Equal(["account_opened", "account_deposited"], events.Select(e => e.EventTypeName));
        Assert.True(events[0].Sequence < events[1].Sequence);
        Assert.All(events, e => Assert.Equal(("account/ann", "trace-1", "message-1"), (e.StreamKey, e.CorrelationId, e.CausationId)));
        var state = await session.Events.FetchStreamStateAsync("account/ann", Ct);
        Assert.Equal((2L, events[1].Timestamp), (state!.Version, state.LastTimestamp));
    }

    [Fact]
    public async Task the_trace_is_the_correlation()
    {
        var store = await StoreAsync();
        using var activity = new Activity("push").Start();
        await using var session = store.LightweightSession();
        session.Events.Append("account/ann", new AccountEvent.Opened("ann"));
        await session.SaveChangesAsync(Ct);
        var @event = Assert.Single(await session.Events.FetchStreamAsync("account/ann", Ct));
        Assert.Equal(activity.TraceId.ToHexString(), @event.CorrelationId);
    }

    [Fact]
    public async Task a_stream_starts_once()
    {
        var store = await StoreAsync();
        await using var first = store.LightweightSession();
        first.Events.StartStream<Account>("account/ann", new AccountEvent.Opened("ann"));
        await first.SaveChangesAsync(Ct);
        await using var second = store.LightweightSession();
        second.Events.StartStream<Account>("account/ann", new AccountEvent.Opened("bob"));
        var refused = await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => second.SaveChangesAsync(Ct));
        Assert.Equal("account/ann", refused.Key);
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from bank.mt_events"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task who_decided_on_an_old_state_is_refused(bool snapshot)
    {
        var store = await StoreAsync(o =>
        {
            if (snapshot) o.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
        });
        await using var early = store.LightweightSession();
        var stream = await early.Events.FetchForWriting<Account>("account/ann", Ct);
        Assert.Equal((null, 0L), (stream.Aggregate, stream.StartingVersion));
        await using (var other = store.LightweightSession())
        {
            other.Events.Append("account/ann", new AccountEvent.Opened("ann"));
            await other.SaveChangesAsync(Ct);
        }

        stream.AppendOne(new AccountEvent.Opened("bob"));
        early.Store(new Note("n", "goes down with it"));
        await Assert.ThrowsAsync<ConcurrencyException>(() => early.SaveChangesAsync(Ct));
        Assert.Null(await early.LoadAsync<Note>("n", Ct));

        await using var again = store.LightweightSession();
        await again.Events.WriteToAggregate<Account>(
            "account/ann", s => s.AppendMany(new AccountEvent.Deposited(3), new AccountEvent.Withdrawn(1)), Ct);
        Assert.Equal(new Account("ann", 2, 2), await again.Events.FetchLatest<Account>("account/ann", Ct));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_stream_that_is_held_goes_on_after_a_save(bool snapshot)
    {
        var store = await StoreAsync(o =>
        {
            if (snapshot) o.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
        });
        await using var session = store.LightweightSession();
        var stream = await session.Events.FetchForWriting<Account>("account/ann", Ct);
        stream.AppendMany(new AccountEvent.Opened("ann"), new AccountEvent.Deposited(7));
        await session.SaveChangesAsync(Ct);
        Assert.Equal((2L, new Account("ann", 7, 1)), (stream.StartingVersion, stream.Aggregate));
        stream.AppendOne(new AccountEvent.Withdrawn(2));
        await session.SaveChangesAsync(Ct);
        Assert.Equal(new Account("ann", 5, 2), await session.Events.FetchLatest<Account>("account/ann", Ct));
    }

    [Fact]
    public async Task the_past_can_be_asked_by_version_and_by_time()
    {
        var store = await StoreAsync();
        await using var session = store.LightweightSession();
        session.Events.Append("account/ann", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(5));
        await session.SaveChangesAsync(Ct);
        session.Events.Append("account/ann", new AccountEvent.Deposited(10), new AccountEvent.Closed());
        await session.SaveChangesAsync(Ct);
        var events = await session.Events.FetchStreamAsync("account/ann", Ct);

        Assert.Equal(15, (await session.Events.AggregateStreamAsync<Account>("account/ann", Ct, version: 3))!.Cents);
        Assert.Equal(5, (await session.Events.AggregateStreamAsync<Account>("account/ann", Ct, timestamp: events[1].Timestamp))!.Cents);
        Assert.Null(await session.Events.AggregateStreamAsync<Account>("account/ann", Ct));
        Assert.Null(await session.Events.AggregateStreamAsync<Account>("account/nobody", Ct));
        Assert.Empty(await session.Events.FetchStreamAsync("account/nobody", Ct));
    }

    [Fact]
    public async Task events_documents_and_commands_commit_together_and_then_the_actions_run()
    {
        var store = await StoreAsync();
        await ExecuteAsync("create table bank.outbox (text text primary key)");
        await using var session = store.LightweightSession();
        var rung = 0;
        session.Events.Append("account/ann", new AccountEvent.Opened("ann"));
        session.Store(new Note("a", "kept"));
        session.Store(new Note("b", "not kept"));
        session.Delete<Note>("b");
        session.QueueSqlCommand(new("insert into bank.outbox values ($1)") { Parameters = { new() { Value = "sent" } } });
        session.AfterCommit(() => rung++);
        await session.SaveChangesAsync(Ct);
        Assert.Equal(1, rung);
        Assert.Equal([new Note("a", "kept")], await session.QueryAsync<Note>("where data->>'text' like $1 order by id", Ct, "%kept"));

        session.Events.Append("account/ann", new AccountEvent.Deposited(1));
        session.Store(new Note("c", "never"));
        session.AfterCommit(() => rung++);
        session.QueueSqlCommand(new("insert into bank.outbox values ($1)") { Parameters = { new() { Value = "sent" } } });
        var failure = await Assert.ThrowsAsync<PostgresException>(() => session.SaveChangesAsync(Ct));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, failure.SqlState);
        Assert.Equal((1, 1L, 1L), (rung, await ScalarAsync<long>("select count(*) from bank.mt_events"),
            await ScalarAsync<long>("select count(*) from bank.mt_doc_note")));
    }

    [Fact]
    public async Task an_event_that_this_program_does_not_know_is_named()
    {
        var store = await StoreAsync();
        await using var session = store.LightweightSession();
        session.Events.Append("account/ann", new AccountEvent.Opened("ann"));
        await session.SaveChangesAsync(Ct);
        await ExecuteAsync("update bank.mt_events set type = 'account_frozen'");
        var unknown = await Assert.ThrowsAsync<UnknownEventTypeException>(() => session.Events.FetchStreamAsync("account/ann", Ct));
        Assert.Equal("account_frozen", unknown.EventTypeName);
        Assert.Contains("account/ann", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unmapped_event_is_refused_at_once()
    {
        var store = await StoreAsync();
        await using var session = store.LightweightSession();
        Assert.Contains("MapEventType", Assert.Throws<InvalidOperationException>(() => session.Events.Append("account/ann", "text"))
            .Message, StringComparison.Ordinal);
    }
}
