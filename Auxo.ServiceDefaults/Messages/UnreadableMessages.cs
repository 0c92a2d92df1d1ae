using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

using Wolverine;
using Wolverine.Runtime.Serialization;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// Rows of the inbox that are no envelope. Wolverine takes up what a process before left in one page, and one such row makes it give up
/// the page each time; so they become dead letters before anything listens.
/// </summary>
internal sealed partial class UnreadableMessages(ServiceIdentity service, NpgsqlDataSource source, ILogger<UnreadableMessages> logger)
    : IHostedLifecycleService
{
    /// <summary>The reason that dead letters show.</summary>
    public const string Reason = "UnreadableMessage";

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var unreadable = await FindAsync(cancellationToken);
        if (unreadable.Count == 0) return;
        await using var bury = source.CreateCommand(
            $"""
            with gone as (delete from {service.Name}.wolverine_incoming_envelopes where id = any ($1)
                          returning id, body, message_type, received_at)
            insert into {service.Name}.wolverine_dead_letters
                (id, body, message_type, received_at, exception_type, exception_message, sent_at, replayable)
            select id, body, message_type, received_at, '{Reason}', 'It is no message of Auxo''s: its envelope cannot be read.',
                   now(), false
            from gone
            on conflict do nothing
            """);
        bury.Parameters.Add(new() { Value = unreadable.ToArray() });
        await bury.ExecuteNonQueryAsync(cancellationToken);
        Log.Buried(logger, unreadable.Count);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The envelope; null when the bytes are none.</summary>
    public static Envelope? Read(byte[] body)
    {
        try
        {
            return EnvelopeSerializer.Deserialize(body) is { MessageType.Length: > 0 } envelope ? envelope : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it throws on: the bytes may be anything.
            return null;
        }
    }

    private async Task<IReadOnlyList<Guid>> FindAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"select id, body from {service.Name}.wolverine_incoming_envelopes where status <> 'Handled'");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            if (Read(reader.GetFieldValue<byte[]>(1)) is null) found.Add(reader.GetGuid(0));
        }

        return found;
    }

    private static partial class Log
    {
        [LoggerMessage(63, LogLevel.Error, "{Count} messages of the inbox could not be read; they are dead letters now.")]
        public static partial void Buried(ILogger logger, int count);
    }
}
