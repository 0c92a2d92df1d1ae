using Microsoft.Extensions.Logging;

using Npgsql;

namespace Auxo.EventStore.Projections;

/// <summary>One asynchronous projection at work: takes pages from the daemon's reader, or reads on its own where it lags behind.</summary>
internal sealed class ProjectionShard(DocumentStore store, Projection projection, EventFeed feed, TimeProvider time, ILogger logger)
{
    private readonly Signal _wake = new();
    private long _generation;

    public string Name => projection.ShardName;

    /// <summary>Everything up to here is in the documents.</summary>
    public long Position { get; private set; }

    /// <summary>What it stumbles over, while it does.</summary>
    public string? Error { get; private set; }

    public void Wake() => _wake.Set();

    /// <summary>Where the progress row says it is; makes the row when there is none.</summary>
    public async Task LoadProgressAsync(CancellationToken ct)
    {
        await using var command = store.Source.CreateCommand(
            $"""
            with made as (insert into {store.Schema}.mt_event_progression (name) values ($1) on conflict do nothing returning last_seq_id, generation)
            select last_seq_id, generation from made
            union all select last_seq_id, generation from {store.Schema}.mt_event_progression where name = $1
            """);
        command.Parameters.Add(new() { Value = Name });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return;
        (Position, _generation) = (reader.GetInt64(0), reader.GetInt64(1));
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, stopping);
                    await LoadProgressAsync(stopping);
                }

                await FollowAsync(() => (pause, Error) = (TimeSpan.Zero, null), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A projection that fails is tried again; nothing is skipped, and the others go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                var moved = e is PostgresException { SqlState: "AX002" };
                pause = moved
                    ? TimeSpan.FromMilliseconds(10)
                    : TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds * 2, 100, 10_000));
                Error = e.Message;
                feed.Released();
                if (!moved) logger.LogError(
                    e, "Projection {Name} stands at {Position}; tried again in {Pause}.", projection.Name, Position, pause);
            }
        }
    }

    private async Task FollowAsync(Action progressed, CancellationToken ct)
    {
        Task<EventPage>? ahead = null;
        while (true)
        {
            var page = ahead is not null
                ? await ahead
                : feed.TryGet(Position) ?? (Position < feed.Position ? await LoadAsync(Position, ct) : null);
            ahead = null;
            if (page is null)
            {
                await _wake.WaitAsync(ct);
                continue;
            }

            // The next page is read while this one is applied.
            if (page.To < feed.Position && feed.TryGet(page.To) is null) ahead = LoadAsync(page.To, ct);
            await ApplyAsync(page, ct);
            Position = page.To;
            progressed();
            feed.Released();
        }
    }

    private async Task ApplyAsync(EventPage page, CancellationToken ct)
    {
        var fold = new DocumentFold(store, projection, store.Document(projection.DocumentType).Table, empty: false);
        await fold.ApplyAsync(page.Events, connection: null, ct);
        CrashPoint.Hit("daemon.folded");
        await using var batch = store.Source.CreateBatch();
        // First, so that of two processes the second waits here, and fails when the first has committed.
        batch.BatchCommands.Add(new($"select {store.Schema}.mt_mark_event_progression($1, $2, $3, $4)")
        {
            Parameters = { new() { Value = Name }, new() { Value = Position }, new() { Value = page.To }, new() { Value = _generation } },
        });
        foreach (var command in fold.Commands()) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(ct);
        CrashPoint.Hit("daemon.committed");
    }

    /// <summary>A page of what the reader has proven final already, so that a plain read is enough.</summary>
    private Task<EventPage> LoadAsync(long from, CancellationToken ct) => feed.LoadAsync(store, from, feed.Position, ct);
}
