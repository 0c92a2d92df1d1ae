using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Npgsql;

using Wolverine.Persistence.Durability;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>
/// A message whose handler ends the process leaves no exception to count. So at each start what the process before had in hand is
/// counted, and a message that was in hand at five such ends becomes a dead letter before anything listens.
/// </summary>
internal sealed partial class MessageDeaths(
    ServiceIdentity service, NpgsqlDataSource source, MessagesInHand hand, IMessageStore store, ILogger<MessageDeaths> logger)
    : IHostedLifecycleService
{
    /// <summary>So many processes may end while they have one message in hand.</summary>
    public const int Most = 5;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        hand.TakeOver();
        if (hand.LeftBehind.Count == 0) return;
        foreach (var id in await CountAsync(cancellationToken)) await BuryAsync(id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Counts one more death for each, forgets those that came to another end since, and returns what has too many.</summary>
    private async Task<IReadOnlyList<Guid>> CountAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            with gone as (delete from {service.Name}.message_deaths where not envelope_id = any ($1)),
                 waiting as (select id from {service.Name}.wolverine_incoming_envelopes where id = any ($1) and status <> 'Handled'),
                 counted as (
                    insert into {service.Name}.message_deaths (envelope_id, deaths) select id, 1 from waiting
                    on conflict (envelope_id) do update set deaths = message_deaths.deaths + 1
                    returning envelope_id, deaths)
            select envelope_id from counted where deaths >= $2
            """);
        command.Parameters.Add(new() { Value = hand.LeftBehind.ToArray() });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var killers = new List<Guid>();
        while (await reader.ReadAsync(ct)) killers.Add(reader.GetGuid(0));
        return killers;
    }

    private async Task BuryAsync(Guid id)
    {
        var envelope = (await store.Admin.AllIncomingAsync()).FirstOrDefault(e => e.Id == id);
        if (envelope is null) return;
        Log.Buried(logger, envelope.MessageType ?? "?", id, Most);
        await store.Inbox.MoveToDeadLetterStorageAsync(envelope, new MessageEndsTheProcessException(Most));
    }

    private static partial class Log
    {
        [LoggerMessage(62, LogLevel.Error,
            "The message {MessageType} {Id} was in hand when {Deaths} processes ended; it is a dead letter now.")]
        public static partial void Buried(ILogger logger, string messageType, Guid id, int deaths);
    }
}

/// <summary>Why a message became a dead letter whose handler never got to its end.</summary>
public sealed class MessageEndsTheProcessException(int deaths)
    : Exception($"{deaths} processes ended while they handled this message. Replay it when the cause is gone.");
