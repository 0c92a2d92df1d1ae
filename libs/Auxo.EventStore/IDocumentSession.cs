using Npgsql;

namespace Auxo.EventStore;

/// <summary>Opens sessions. One per service; thread-safe.</summary>
public interface IDocumentStore
{
    /// <summary>
    /// A unit of work: what it is given is written by one <see cref="IDocumentSession.SaveChangesAsync"/> in one transaction.
    /// </summary>
    IDocumentSession LightweightSession();

    /// <summary>A session that only reads.</summary>
    IQuerySession QuerySession();
}

/// <summary>Reads documents (views) and streams.</summary>
public interface IQuerySession : IAsyncDisposable
{
    /// <summary>Reads of streams.</summary>
    IQueryEventStore Events { get; }

    /// <summary>The document of type <typeparamref name="T"/> with that id, or null.</summary>
    Task<T?> LoadAsync<T>(string id, CancellationToken ct)
        where T : class;

    /// <summary>
    /// Documents by SQL: <paramref name="where"/> is what follows <c>select data from mt_doc_x</c>, such as <c>where
    /// data->>'rid' = $1 order by id</c>.
    /// </summary>
    Task<IReadOnlyList<T>> QueryAsync<T>(string where, CancellationToken ct, params object[] parameters)
        where T : class;
}

/// <summary>A unit of work.</summary>
public interface IDocumentSession : IQuerySession
{
    /// <summary>Reads and writes of streams.</summary>
    new IEventStore Events { get; }

    /// <summary>Stored with every event of the next save; unless set, the trace id of <c>Activity.Current</c>.</summary>
    string? CorrelationId { get; set; }

    /// <summary>
    /// Stored with every event of the next save: the id of the message or request that caused it; unless set, the span id of
    /// <c>Activity.Current</c>.
    /// </summary>
    string? CausationId { get; set; }

    /// <summary>Writes a document (insert or replace) with the next save.</summary>
    void Store<T>(T document)
        where T : class;

    /// <summary>Deletes a document with the next save.</summary>
    void Delete<T>(string id)
        where T : class;

    /// <summary>
    /// Adds a statement to the transaction of the next save, after the events and documents: how envelopes, acknowledgements and plain rows
    /// commit together with them.
    /// </summary>
    void QueueSqlCommand(NpgsqlBatchCommand command);

    /// <summary>Runs after the transaction has committed; for wake-ups, never for work that must not be lost.</summary>
    void AfterCommit(Action action);

    /// <summary>
    /// Commits everything since the last save in one transaction and, where possible, one round trip. Nothing waits on network
    /// or process inside it.
    /// </summary>
    /// <exception cref="ConcurrencyException">Another writer appended to a stream first; safe to decide again on fresh state.</exception>
    /// <exception cref="ExistingStreamIdCollisionException">A started stream exists already.</exception>
    Task SaveChangesAsync(CancellationToken ct);
}

/// <summary>Reads of streams.</summary>
public interface IQueryEventStore
{
    /// <summary>The stream's events in order, up to a version or a time; empty when there is no such stream.</summary>
    Task<IReadOnlyList<IEvent>> FetchStreamAsync(string key, CancellationToken ct, long version = 0, DateTimeOffset? timestamp = null);

    /// <summary>The stream's version and times, or null.</summary>
    Task<StreamState?> FetchStreamStateAsync(string key, CancellationToken ct);

    /// <summary>
    /// The aggregate folded from the stream, as it is or as it was at a version or time; null when there is no such stream.
    /// </summary>
    Task<T?> AggregateStreamAsync<T>(string key, CancellationToken ct, long version = 0, DateTimeOffset? timestamp = null)
        where T : class;

    /// <summary>The aggregate as it is: its inline snapshot where one is kept, else folded.</summary>
    Task<T?> FetchLatest<T>(string key, CancellationToken ct)
        where T : class;
}

/// <summary>Reads and writes of streams.</summary>
public interface IEventStore : IQueryEventStore
{
    /// <summary>Starts a stream with the next save, which throws <see cref="ExistingStreamIdCollisionException"/> when it exists.</summary>
    void StartStream<T>(string key, params object[] events)
        where T : class;

    /// <summary>Appends with the next save, whatever the stream's version; creates the stream when it is absent.</summary>
    void Append(string key, params object[] events);

    /// <summary>The aggregate and its version; what is appended to it is saved only if nobody else appended meanwhile.</summary>
    Task<IEventStream<T>> FetchForWriting<T>(string key, CancellationToken ct)
        where T : class;

    /// <summary>Fetches, writes and saves in one call.</summary>
    Task WriteToAggregate<T>(string key, Action<IEventStream<T>> write, CancellationToken ct)
        where T : class;
}

/// <summary>A stream fetched for writing.</summary>
public interface IEventStream<out T>
    where T : class
{
    /// <summary>The state, or null when the stream does not exist yet.</summary>
    T? Aggregate { get; }

    /// <summary>Its key.</summary>
    string Key { get; }

    /// <summary>The version it was read at; 0 for a new stream.</summary>
    long StartingVersion { get; }

    /// <summary><see cref="StartingVersion"/> plus what was appended since.</summary>
    long CurrentVersion { get; }

    /// <summary>What was appended since.</summary>
    IReadOnlyList<object> Events { get; }

    /// <summary>Appends one event with the next save.</summary>
    void AppendOne(object @event);

    /// <summary>Appends events with the next save.</summary>
    void AppendMany(params IEnumerable<object> events);
}
