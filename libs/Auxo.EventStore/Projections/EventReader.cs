using Npgsql;

namespace Auxo.EventStore.Projections;

/// <summary>Events after <paramref name="From"/> up to <paramref name="To"/>, in order; nothing will ever be added between.</summary>
internal sealed record EventPage(long From, long To, IReadOnlyList<Event> Events);

/// <summary>
/// Follows the store's order without losing an event, though transactions commit in another order than they drew their positions.
/// <para>
/// The contiguous prefix is final at once. At a hole the reader takes a transaction id X of its own. A position is drawn only
/// by a transaction that owns an id already, and the hole's was drawn before the position above it that is visible; so its
/// owner is older than X. In a later snapshot whose <c>xmin</c> reached X every older transaction has ended: what is there then
/// is delivered, what is not is dead and is skipped.
/// </para>
/// No clock decides anything, nobody is locked, and writers elsewhere matter only while a hole is open.
/// </summary>
/// <remarks>
/// <c>pg_snapshot_xmax</c> would not do for X: it is one past the highest id that has <i>ended</i>, so a running transaction
/// may be beyond it, and what that one commits later would be lost (there is a test that shows it; docs/decisions/011).
/// </remarks>
internal sealed class EventReader(DocumentStore store, long position)
{
    private long? _fenceNeededUpTo;
    private (long UpTo, long Xid)? _fence;

    /// <summary>Everything up to here was delivered, or is dead.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Whether the last read ended at a hole that is not proven dead yet: look again soon.</summary>
    public bool Blocked { get; private set; }

    /// <summary>The events that have become final since, up to <paramref name="limit"/>; perhaps none.</summary>
    public async Task<EventPage> NextAsync(int limit, CancellationToken ct)
    {
        await using var connection = await store.Source.OpenConnectionAsync(ct);
        await using var batch = connection.CreateBatch();
        if (_fenceNeededUpTo is not null) batch.BatchCommands.Add(new("select pg_current_xact_id()::text::bigint"));
        batch.BatchCommands.Add(new(
            $"""
            select pg_snapshot_xmin(s.snapshot)::text::bigint, {QueryEventStore.Columns}
            from (select pg_current_snapshot() as snapshot) s
            left join lateral (select * from {store.Schema}.mt_events where seq_id > $1 order by seq_id limit $2) e on true
            order by e.seq_id
            """)
        {
            Parameters = { new() { Value = Position }, new() { Value = limit } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (_fenceNeededUpTo is { } upTo)
        {
            await reader.ReadAsync(ct);
            _fence = (upTo, reader.GetInt64(0));
            _fenceNeededUpTo = null;
            await reader.NextResultAsync(ct);
        }

        return await ReadAsync(reader, ct);
    }

    private async Task<EventPage> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var (from, final, last) = (Position, Position, Position);
        var events = new List<Event>();
        var blocked = false;
        while (await reader.ReadAsync(ct))
        {
            if (_fence is { } fence && reader.GetInt64(0) >= fence.Xid)
            {
                // All that could still fill a hole up to the fence have ended, and this snapshot shows what they left.
                (final, _fence) = (Math.Max(final, fence.UpTo), null);
            }

            if (await reader.IsDBNullAsync(1, ct)) break;
            last = reader.GetInt64(1);
            blocked = blocked || last > final + 1;
            if (blocked) continue;
            events.Add(QueryEventStore.ReadEvent(reader, store.Options.Events, offset: 1));
            final = Math.Max(final, last);
        }

        Blocked = blocked;
        if (blocked && (_fence is not { } pending || pending.UpTo <= final)) _fenceNeededUpTo = last;
        Position = final;
        return new EventPage(from, final, events);
    }
}
