using System.Collections.Concurrent;

using Auxo.EventStore.Projections;

using Npgsql;

namespace Auxo.EventStore;

/// <summary>The store of one service: its schema, its events, its documents. Thread-safe.</summary>
public sealed class DocumentStore : IDocumentStore
{
    private readonly Dictionary<Type, DocumentMapping> _documents;
    private readonly ConcurrentDictionary<Type, Projection> _aggregates = new();

    /// <summary>Checks the options; touches no database. <see cref="ApplySchemaAsync"/> comes next.</summary>
    /// <param name="source">The service's database.</param>
    /// <param name="options">What is stored.</param>
    /// <param name="doorbell">Rung after a commit with events; without it async projections see them at their next slow poll.</param>
    /// <exception cref="InvalidOperationException">A projection or mapping cannot work; the message says which.</exception>
    public DocumentStore(NpgsqlDataSource source, StoreOptions options, PostgresDoorbell? doorbell = null)
    {
        (Source, Options, Doorbell) = (source, options, doorbell);
        _documents = options.Schema.Documents().ToDictionary(document => document.Type);
        if (_documents.Values.GroupBy(document => document.Table).FirstOrDefault(group => group.Count() > 1) is { } shared)
            throw new InvalidOperationException(
                $"{string.Join(" and ", shared.Select(document => document.Type))} share the table {shared.Key}; give one another alias.");
        foreach (var projection in options.Projections.All)
        {
            projection.Validate(options.Events);
            if (projection.SingleStream && !_aggregates.TryAdd(projection.DocumentType, projection))
                throw new InvalidOperationException($"{projection.DocumentType} is the document of two projections.");
        }

        Inline = [.. options.Projections.All.Where(projection => projection.Lifecycle == ProjectionLifecycle.Inline)];
    }

    /// <summary>The channel that is rung when events were appended.</summary>
    public string EventsChannel => $"{Schema}_events";

    internal NpgsqlDataSource Source { get; }

    internal StoreOptions Options { get; }

    internal PostgresDoorbell? Doorbell { get; }

    internal string Schema => Options.DatabaseSchemaName;

    internal IReadOnlyList<Projection> Inline { get; }

    /// <inheritdoc/>
    public IDocumentSession LightweightSession() => new DocumentSession(this);

    /// <inheritdoc/>
    public IQuerySession QuerySession() => new QuerySession(this);

    /// <summary>
    /// Brings the schema up to what the options need: event store, documents, the service's own numbered files. Safe to run at
    /// any time.
    /// </summary>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
    public async Task ApplySchemaAsync(CancellationToken ct)
    {
        await SchemaMigrations.ApplyAsync(Source, Schema, "event_store", typeof(DocumentStore).Assembly, ct);
        if (_documents.Count > 0)
        {
            await SchemaMigrations.RunAsync(Source, Schema, async connection =>
            {
                await using var command = new NpgsqlCommand(
                    string.Join(";\n", _documents.Values.Select(document => DocumentMapping.Ddl(document.Table))), connection);
                await command.ExecuteNonQueryAsync(ct);
            }, ct);
        }

        foreach (var (component, assembly) in Options.Schema.Components) await SchemaMigrations.ApplyAsync(
            Source, Schema, component, assembly, ct);
    }

    /// <summary>Empties streams, events, progress and documents. For tests; the service's role may not do it.</summary>
    public async Task ResetAllData(CancellationToken ct)
    {
        var tables = string.Join(", ", _documents.Values.Select(document => document.Table)
            .Concat([$"{Schema}.mt_streams", $"{Schema}.mt_events", $"{Schema}.mt_event_progression"]));
        await using var command = Source.CreateCommand($"truncate {tables}");
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Waits until every asynchronous projection has seen all that is committed now.</summary>
    /// <exception cref="TimeoutException">They did not get there in time; the message says where they stand.</exception>
    public async Task WaitForNonStaleProjectionDataAsync(TimeSpan timeout, CancellationToken ct)
    {
        var shards = Options.Projections.All.Where(projection => projection.Lifecycle == ProjectionLifecycle.Async)
            .Select(projection => projection.ShardName).ToArray();
        if (shards.Length == 0) return;
        Doorbell?.Ring(EventsChannel);
        var began = TimeProvider.System.GetTimestamp();
        long? goal = null;
        while (true)
        {
            await using var command = Source.CreateCommand(
                $"""
                select (select coalesce(max(seq_id), 0) from {Schema}.mt_events),
                       coalesce(min(coalesce(p.last_seq_id, 0)), 0),
                       string_agg(s.name || ' at ' || coalesce(p.last_seq_id, 0), ', ')
                from unnest($1) as s (name) left join {Schema}.mt_event_progression p on p.name = s.name
                """);
            command.Parameters.Add(new() { Value = shards });
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            goal ??= reader.GetInt64(0);
            if (reader.GetInt64(1) >= goal) return;
            if (TimeProvider.System.GetElapsedTime(began) > timeout)
                throw new TimeoutException($"After {timeout} the projections had not reached position {goal}: {reader.GetString(2)}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, ct);
        }
    }

    internal DocumentMapping Document(Type type)
        => _documents.TryGetValue(type, out var mapping)
            ? mapping
            : throw new InvalidOperationException($"{type} is no document of this store: add o.Schema.For<{type.Name}>(…) to the options.");

    /// <summary>How a <typeparamref name="T"/> is folded: by its registered projection, else by its own conventions, live.</summary>
    internal Projection Aggregate<T>()
        where T : class
        => _aggregates.GetOrAdd(typeof(T), _ =>
        {
            var live = new SnapshotProjection<T> { Lifecycle = ProjectionLifecycle.Live };
            live.Validate(Options.Events);
            return live;
        });
}
