using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Npgsql;

namespace Auxo.EventStore;

/// <summary>
/// Wake-ups between processes by LISTEN and NOTIFY, over one listening connection per process. A ring says "look now", never
/// what happened, and may be lost: whoever waits for one also looks by himself now and then. Rings are sent after the commit,
/// on a connection of their own and coalesced, because a NOTIFY inside a writing transaction makes all commits of the server
/// wait for each other.
/// </summary>
public sealed class PostgresDoorbell(NpgsqlDataSource source, TimeProvider time, ILogger<PostgresDoorbell>? logger = null)
    : BackgroundService
{
    /// <summary>How long the listening connection may be silent before it is asked whether it is still there.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Action>> _subscribers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toSend = new(StringComparer.Ordinal);
    private readonly Signal _work = new();
    private readonly ILogger _logger = logger ?? NullLogger<PostgresDoorbell>.Instance;
    private CancellationTokenSource _channelsChanged = new();

    /// <summary>
    /// Wakes who waits at <paramref name="channel"/>: in this process at once, in others by one NOTIFY for all rings of the
    /// last moment. Never blocks.
    /// </summary>
    public void Ring(string channel)
    {
        lock (_lock) _toSend.Add(channel);
        _work.Set();
        WakeSubscribers(channel);
    }

    /// <summary>
    /// Calls <paramref name="wake"/> at every ring, and after every reconnect, when rings may have been lost. It must be quick
    /// and must not throw; usually it releases a semaphore.
    /// </summary>
    public IDisposable Subscribe(string channel, Action wake)
    {
        lock (_lock)
        {
            if (!_subscribers.TryGetValue(channel, out var list))
            {
                _subscribers[channel] = list = [];
                _channelsChanged.Cancel();
            }

            list.Add(wake);
        }

        return new Subscription(this, channel, wake);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _channelsChanged.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        ForeverAsync("listening for wake-ups", ListenAsync, stoppingToken),
        ForeverAsync("sending wake-ups", SendAsync, stoppingToken));

    /// <summary>Nothing that happens to a connection ends the loop.</summary>
    private async Task ForeverAsync(string what, Func<CancellationToken, Task> loop, CancellationToken stopping)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        while (!stopping.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await loop(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, wake-ups must come back.
            catch (Exception e)
#pragma warning restore CA1031
            {
                pause = time.GetElapsedTime(began) > TimeSpan.FromSeconds(10)
                    ? TimeSpan.FromMilliseconds(50)
                    : Min(pause * 2, TimeSpan.FromSeconds(2));
                _logger.LogWarning(e, "{What} was interrupted; again in {Pause}. Meanwhile the slow polls go on.", what, pause);
                try
                {
                    await Task.Delay(pause, time, stopping);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        await using var connection = await source.OpenConnectionAsync(stopping);
        connection.Notification += (_, notification) => WakeSubscribers(notification.Channel);
        while (true)
        {
            var (channels, changed) = Channels();
            using (var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, changed))
            {
                await using (var listen = new NpgsqlCommand(
                    string.Join(";", channels.Select(channel => $"listen \"{channel}\"").Append("select 1")), connection))
                    await listen.ExecuteNonQueryAsync(stopping);
                foreach (var channel in channels) WakeSubscribers(channel);
                try
                {
                    while (true)
                    {
                        if (await connection.WaitAsync(Silence, linked.Token)) continue;
                        await using var ping = new NpgsqlCommand("select 1", connection) { CommandTimeout = 5 };
                        await ping.ExecuteNonQueryAsync(stopping);
                    }
                }
                catch (OperationCanceledException) when (changed.IsCancellationRequested && !stopping.IsCancellationRequested)
                {
                    // Another channel: listen to it as well, on this connection if it survived the interruption.
                    if (connection.State != System.Data.ConnectionState.Open) return;
                }
            }
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _work.WaitAsync(stopping);
            string[] channels;
            lock (_lock)
            {
                channels = [.. _toSend];
                _toSend.Clear();
            }

            if (channels.Length == 0) continue;
            await using var command = source.CreateCommand("select pg_notify(channel, '') from unnest($1) as channel");
            command.Parameters.Add(new() { Value = channels });
            await command.ExecuteNonQueryAsync(stopping);
        }
    }

    private (string[] Channels, CancellationToken Changed) Channels()
    {
        lock (_lock)
        {
            if (_channelsChanged.IsCancellationRequested)
            {
                _channelsChanged.Dispose();
                _channelsChanged = new();
            }

            return ([.. _subscribers.Keys], _channelsChanged.Token);
        }
    }

    private void WakeSubscribers(string channel)
    {
        Action[] wakes;
        lock (_lock) wakes = _subscribers.TryGetValue(channel, out var list) ? [.. list] : [];
        foreach (var wake in wakes) wake();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class Subscription(PostgresDoorbell doorbell, string channel, Action wake) : IDisposable
    {
        // The channel stays listened to: who subscribes once does so again.
        public void Dispose()
        {
            lock (doorbell._lock) doorbell._subscribers[channel].Remove(wake);
        }
    }
}
