using System.Diagnostics;

using Auxo.EventStore.Projections;

using Npgsql;

namespace Auxo.EventStore;

/// <summary>A unit of work. Not thread-safe; after a save that failed, start again with a new one.</summary>
internal sealed class DocumentSession : QuerySession, IDocumentSession
{
    private readonly DocumentWrites _writes = new();
    private readonly List<NpgsqlBatchCommand> _commands = [];
    private readonly List<Action> _afterCommit = [];

    public DocumentSession(DocumentStore store)
        : base(store)
        => Events = new EventOperations(store, this);

    public new EventOperations Events { get; }

    IEventStore IDocumentSession.Events => Events;

    public string? CorrelationId { get; set; }

    public string? CausationId { get; set; }

    public void Store<T>(T document)
        where T : class
    {
        var mapping = Documents.Document(typeof(T));
        _writes.Upsert(mapping, mapping.IdOf(document), document, version: 0);
    }

    public void Delete<T>(string id)
        where T : class
        => _writes.Delete(Documents.Document(typeof(T)), id);

    public void QueueSqlCommand(NpgsqlBatchCommand command) => _commands.Add(command);

    public void AfterCommit(Action action) => _afterCommit.Add(action);

    public async Task SaveChangesAsync(CancellationToken ct)
    {
        var streams = Events.Pending;
        var appends = Prepare(streams);
        CrashPoint.Hit("store.save");
        try
        {
            if (InlineProjection.TryWithoutReading(Documents, streams, appends, _writes)) await SaveAtOnceAsync(appends, ct);
            else await SaveReadingViewsAsync(appends, ct);
        }
        catch (PostgresException e)
        {
            if (AppendCommand.Meaning(e, Documents.Schema, appends) is not { } meaning) throw;
            throw meaning;
        }

        CrashPoint.Hit("store.committed");
        Committed(appends);
    }

    /// <summary>
    /// One round trip: PostgreSQL runs a batch without BEGIN as one transaction that commits at its end, or not at all.
    /// </summary>
    private async Task SaveAtOnceAsync(List<StreamAppend> appends, CancellationToken ct)
    {
        await using var batch = Documents.Source.CreateBatch();
        if (appends.Count > 0) batch.BatchCommands.Add(AppendCommand.For(Documents.Schema, appends, lenient: false));
        foreach (var command in _writes.Commands()) batch.BatchCommands.Add(command);
        foreach (var command in _commands) batch.BatchCommands.Add(command);
        if (batch.BatchCommands.Count == 0) return;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (appends.Count > 0) await AppendCommand.ReadAsync(reader, appends, ct);
        while (await reader.NextResultAsync(ct))
        {
            // Every statement's outcome must be seen: an error in a later one throws here.
        }
    }

    /// <summary>
    /// A view whose state is not known yet is read between append and commit: the stream's row is locked by then, so nobody
    /// changes it meanwhile.
    /// </summary>
    private async Task SaveReadingViewsAsync(List<StreamAppend> appends, CancellationToken ct)
    {
        await using var connection = await Documents.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await InlineProjection.AppendAndProjectAsync(Documents, connection, appends, _writes, ct);
        CrashPoint.Hit("store.appended");
        await using var batch = connection.CreateBatch();
        foreach (var command in _writes.Commands()) batch.BatchCommands.Add(command);
        foreach (var command in _commands) batch.BatchCommands.Add(command);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
        CrashPoint.Hit("store.written");
        await transaction.CommitAsync(ct);
    }

    private List<StreamAppend> Prepare(IReadOnlyList<StreamAction> streams)
    {
        var correlation = CorrelationId ?? Activity.Current?.TraceId.ToHexString();
        var causation = CausationId ?? Activity.Current?.SpanId.ToHexString();
        return [.. streams.Select(stream => new StreamAppend(stream.Key, stream.Type, stream.Expected, [.. stream.Events.Select(data =>
        {
            var @event = Documents.Options.Events.For(data).Wrap(stream.Key, data);
            (@event.CorrelationId, @event.CausationId) = (correlation, causation);
            return @event;
        })]))];
    }

    private void Committed(List<StreamAppend> appends)
    {
        Events.Saved(appends);
        _writes.Clear();
        _commands.Clear();
        var actions = _afterCommit.ToArray();
        _afterCommit.Clear();
        if (appends.Count > 0) Documents.Doorbell?.Ring(Documents.EventsChannel);
        foreach (var action in actions) action();
    }
}
