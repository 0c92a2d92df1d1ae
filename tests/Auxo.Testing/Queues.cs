using System.Text.Json;

using Auxo.Contracts;

using Npgsql;

using Wolverine;
using Wolverine.Runtime.Serialization;

namespace Auxo.Testing;

/// <summary>
/// The queues between services, seen from outside: puts messages in as another service does, and looks at what lies there.
/// </summary>
/// <param name="source">The database, as its owner; disposed with this.</param>
public sealed class Queues(NpgsqlDataSource source) : IAsyncDisposable
{
    /// <summary>Looks at a database.</summary>
    public Queues(string connectionString) : this(NpgsqlDataSource.Create(connectionString))
    {
    }

    /// <summary>Puts a message into a service's queue and wakes its listener.</summary>
    /// <param name="service">Who gets it.</param>
    /// <param name="message">A message of <c>Auxo.Contracts</c>.</param>
    /// <param name="id">Of its envelope; the same id is handled once.</param>
    /// <param name="trace">What began it all.</param>
    public async Task<Guid> SendAsync(string service, object message, Guid? id = null, string? trace = null)
    {
        var (name, body) = Wire(message);
        return await SendAsync(service, name, body, id, trace);
    }

    /// <summary>Puts many messages into a service's queue, in one transaction, and wakes its listener.</summary>
    public async Task SendAsync(string service, IEnumerable<object> messages)
    {
        await using var batch = source.CreateBatch();
        foreach (var message in messages)
        {
            var (name, body) = Wire(message);
            batch.BatchCommands.Add(Insert(service, Wrap(name, body, id: null, trace: null)));
        }

        batch.BatchCommands.Add(Wake(service));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Puts any bytes under any name into a service's queue.</summary>
    public async Task<Guid> SendAsync(string service, string name, byte[] body, Guid? id = null, string? trace = null)
    {
        var envelope = Wrap(name, body, id, trace);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Insert(service, envelope));
        batch.BatchCommands.Add(Wake(service));
        await batch.ExecuteNonQueryAsync();
        return envelope.Id;
    }

    /// <summary>Waits until nothing is ready for a service and nothing is in hand; what waits for another try counts as waiting.</summary>
    /// <param name="service">Whose queue.</param>
    /// <param name="limit">10 s unless said otherwise.</param>
    public Task QuietAsync(string service, TimeSpan? limit = null)
        => Eventually.TrueAsync(
            async () => await WaitingAsync(service) == 0, $"nothing waits for {service}", limit ?? TimeSpan.FromSeconds(10));

    /// <summary>How many messages wait for a service or are in its hands, those for another try included.</summary>
    public async Task<long> WaitingAsync(string service)
    {
        await using var command = source.CreateCommand(
            $"""
            select (select count(*) from queues.wolverine_queue_{service})
                 + (select count(*) from queues.wolverine_queue_{service}_scheduled)
                 + (select count(*) from {service}.wolverine_incoming_envelopes where status <> 'Handled')
            """);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The messages of one kind that lie in a service's queue, in the order of their sending.</summary>
    public async Task<IReadOnlyList<T>> MessagesAsync<T>(string service)
    {
        await using var command = source.CreateCommand(
            $"select body from queues.wolverine_queue_{service} where message_type = $1 order by timestamp, queue_order");
        command.Parameters.Add(new() { Value = MessageRoutes.ByType[typeof(T)].Name });
        await using var reader = await command.ExecuteReaderAsync();
        var messages = new List<T>();
        while (await reader.ReadAsync())
        {
            var data = EnvelopeSerializer.Deserialize(reader.GetFieldValue<byte[]>(0)).Data;
            messages.Add((T)JsonSerializer.Deserialize(data, typeof(T), ContractsJson.Default)!);
        }

        return messages;
    }

    /// <summary>Everything that lies in the queues of these services, in the order of its sending.</summary>
    public async Task<IReadOnlyList<Envelope>> EnvelopesAsync(params IEnumerable<string> services)
    {
        var envelopes = new List<Envelope>();
        foreach (var service in services)
        {
            await using var command = source.CreateCommand(
                $"select body from queues.wolverine_queue_{service} order by timestamp, queue_order");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) envelopes.Add(EnvelopeSerializer.Deserialize(reader.GetFieldValue<byte[]>(0)));
        }

        return [.. envelopes.OrderBy(static e => e.SentAt)];
    }

    /// <summary>Waits until all that a service has decided to send lies in the queues of others.</summary>
    public Task SentAllAsync(string service)
        => Eventually.TrueAsync(
            async () =>
            {
                await using var command = source.CreateCommand($"select count(*) from {service}.wolverine_outgoing_envelopes");
                return await command.ExecuteScalarAsync() is 0L;
            },
            $"{service} has sent everything");

    private static (string Name, byte[] Body) Wire(object message)
        => (MessageRoutes.ByType[message.GetType()].Name,
            JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), ContractsJson.Default));

    private static NpgsqlBatchCommand Insert(string service, Envelope envelope)
        => new($"insert into queues.wolverine_queue_{service} (id, body, message_type) values ($1, $2, $3) on conflict do nothing")
        {
            Parameters =
            {
                new() { Value = envelope.Id }, new() { Value = EnvelopeSerializer.Serialize(envelope) },
                new() { Value = envelope.MessageType! },
            },
        };

    private static NpgsqlBatchCommand Wake(string service)
        => new($"select pg_notify('wolverine_queue_wakeup', 'queues.wolverine_queue_{service}')");

    private static Envelope Wrap(string name, byte[] body, Guid? id, string? trace) => new()
    {
        Id = id ?? Guid.CreateVersion7(), MessageType = name, ContentType = "application/json", Data = body, CorrelationId = trace,
        SentAt = TimeProvider.System.GetUtcNow(), Source = "test",
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();
}
