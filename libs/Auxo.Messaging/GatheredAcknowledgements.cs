using Microsoft.Extensions.Logging;

namespace Auxo.Messaging;

/// <summary>
/// Acknowledges what idempotent handlers have done: one statement at a time, each taking all that gathered while the last one
/// was under way.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when it did not work; the messages are then handled again.</param>
/// <param name="written">Called with what is out of the queue, or stays in it after an error (<c>false</c>).</param>
internal sealed class GatheredAcknowledgements(
    QueueTable queue, TimeProvider time, ILogger log, Action<IReadOnlyList<QueuedEnvelope>, bool> written)
{
    private readonly Lock _gate = new();
    private readonly List<QueuedEnvelope> _gathered = [];
    private Task _writing = Task.CompletedTask;

    /// <summary>Completes when everything that was added is written.</summary>
    public Task Written
    {
        get
        {
            lock (_gate) return _writing;
        }
    }

    public void Add(QueuedEnvelope envelope)
    {
        lock (_gate)
        {
            _gathered.Add(envelope);
            if (_writing.IsCompleted) _writing = WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        // Leaves the lock of the caller at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (Take() is { Length: > 0 } batch)
        {
            var ok = true;
            try
            {
                await queue.AcknowledgeAllAsync(
                    [.. batch.Select(envelope => envelope.Envelope.Id)], time.GetUtcNow(), CancellationToken.None);
            }
            catch (Exception e)
            {
                ok = false;
                log.LogWarning(
                    e, "{Count} messages are handled but could not be acknowledged; being idempotent, they will be handled again.",
                    batch.Length);
            }

            written(batch, ok);
        }
    }

    private QueuedEnvelope[] Take()
    {
        lock (_gate)
        {
            QueuedEnvelope[] batch = [.. _gathered];
            _gathered.Clear();
            // Whoever adds from now on must begin anew.
            if (batch.Length == 0) _writing = Task.CompletedTask;
            return batch;
        }
    }
}
