using System.Collections.Concurrent;

using Auxo.Contracts;
using Auxo.Notify.Channels;
using Auxo.Notify.Senders;
using Auxo.Notify.Templates;
using Auxo.ServiceDefaults.Changes;

using Npgsql;

namespace Auxo.Notify.Deliveries;

/// <summary>
/// Makes the planned deliveries. A channel is leased while somebody speaks to it, so a receiver that hangs holds up nobody
/// else; a killed worker's lease runs out, and the next one makes what was begun again under the same webhook-id. Nothing is
/// lost; a receiver that remembers ids hears nothing twice.
/// </summary>
public sealed partial class DeliveryWorker(
    NpgsqlDataSource source, IDocumentStore store, Outbox outbox, IEnumerable<ISender> senders, RetryPolicy policy,
    DeliveryMetrics metrics, ChangeFeed changes, TimeProvider time,
    ILogger<DeliveryWorker> logger) : BackgroundLoop(time, logger)
{
    /// <summary>What listeners hear when deliveries were planned or made.</summary>
    public const string Changed = "delivery";

    /// <summary>How long a dead worker's channel stays untouched.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(10);

    private const int ChannelsAtOnce = 32;
    private static readonly TimeSpan SlowPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuickPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3);
    private readonly Signal _wake = new();
    private readonly LeasedWork<string> _lanes = new(source, time, DeliveryTable.Lanes, LeaseDuration);
    private readonly Dictionary<ChannelKind, ISender> _senders = senders.ToDictionary(static s => s.Kind);
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>There may be something to send.</summary>
    public void Wake()
    {
        _wake.Set();
        changes.Tell(Changed);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll(_running.Values);
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken ct)
    {
        foreach (var lane in await _lanes.ClaimAsync(ChannelsAtOnce - _running.Count, ct)) _running[lane.Key] = SpeakAsync(lane, ct);
        var wanted = await DeliveryTable.NextAsync(source, ct) - Time.GetUtcNow();
        // What is due is claimed by the database's clock; where that one is a little behind, this must not become a busy loop.
        var span = wanted is not { } w || w > SlowPoll ? SlowPoll : w > QuickPoll ? w : QuickPoll;
        await _wake.WaitAsync(span, Time, ct);
    }

    /// <inheritdoc/>
    protected override Task RestAsync(CancellationToken ct) => _wake.WaitAsync(SlowPoll, Time, ct);

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    /// <summary>Speaks to one channel until nothing is due for it or it is paused.</summary>
    private async Task SpeakAsync(Lease<string> lane, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            await _lanes.RunAsync(lane, ct => RoundsAsync(lane, ct), stop);
            await ReleaseAsync(lane);
        }
        catch (Exception e) when (e is OperationCanceledException && stop.IsCancellationRequested)
        {
            // What was begun is made again after the next start.
            await ReleaseAsync(lane);
        }
        catch (Exception e)
        {
            // The lease runs out in a few seconds, and then it is tried again: a pause of its own.
            Log.ChannelFailed(logger, e, lane.Key);
        }

        _running.TryRemove(lane.Key, out _);
        Wake();
    }

    private async Task RoundsAsync(Lease<string> lane, CancellationToken ct)
    {
        await DeliveryTable.TakeOverAsync(source, lane.Key, Time.GetUtcNow(), ct);
        await using var session = store.QuerySession();
        var channel = await session.LoadAsync<Channels.Channel>(Channels.Channel.StreamKey(lane.Key), ct);
        var settings = await ChannelSettings.ReadAsync(source, lane.Key, ct);
        if (channel is not { Exists: true, DisabledReason: null } || settings is null)
        {
            await GiveUpAllAsync(lane.Key, channel?.DisabledReason is { } reason
                ? $"the channel is disabled: {reason}"
                : "there is no such channel any more", ct);
            return;
        }

        var sender = _senders[channel.Kind];
        var template = (await TemplateTable.FindAsync(source, lane.Key, ct))?.Source;
        for (var failures = await FailuresAsync(lane.Key, ct); ;)
        {
            var begun = await DeliveryTable.BeginAsync(source, lane, sender.AtOnce, Time.GetUtcNow(), ct);
            if (begun.Count == 0) return;
            CrashPoint.Hit("notify.delivery.before_send");
            var results = await Task.WhenAll(begun.Select(d => DeliverAsync(sender, d, settings, template, ct)));
            if (results.OfType<SendResult.Gone>().FirstOrDefault() is { } gone) await DisableAsync(lane.Key, gone.Detail, ct);
            var arrived = Array.Exists(results, static r => r is not SendResult.Failed);
            var pause = policy.ChannelPause(results, failures);
            if (!arrived || failures > 0 || pause is not null) await EndRoundAsync(lane.Key, arrived, pause, ct);
            failures = arrived ? 0 : failures + 1;
            if (pause is not null || results.Any(static r => r is SendResult.Gone)) return;
        }
    }

    private async Task<SendResult> DeliverAsync(
        ISender sender, BegunDelivery delivery, ChannelSettings settings, string? template, CancellationToken ct)
    {
        var began = Time.GetTimestamp();
        var form = template is null || delivery.Notification.Report is not null
            ? null
            : MessageTemplate.Render(template, delivery.Notification, sender.Kind, settings.ReadsMarkdown, Time);
        var result = await AttemptAsync(sender, delivery with { Form = form?.Text }, settings, ct);
        if (form?.Problem is { } problem)
            result = result with { Detail = $"{result.Detail}; the built-in form, since of the channel's template {problem}" };
        CrashPoint.Hit("notify.delivery.sent");
        var (took, now) = (Time.GetElapsedTime(began), Time.GetUtcNow());
        var next = policy.Next(result, delivery.Attempt - delivery.AttemptsBefore, delivery.Since, Random.Shared.NextDouble(), now);
        await using var work = outbox.Open(delivery.CorrelationId);
        foreach (var command in DeliveryTable.End(delivery, result, next, took, now)) work.Session.QueueSqlCommand(command);
        if (next is NextStep.GiveUp given)
        {
            await work.PublishAsync(new NotificationAbandoned(
                delivery.Id, delivery.Channel, delivery.Notification.Type, given.Reason, delivery.Attempt, now));
            Log.GivenUp(logger, delivery.Id, delivery.Channel, given.Reason);
        }

        CrashPoint.Hit("notify.delivery.before_record");
        await work.SaveChangesAsync(ct);
        CrashPoint.Hit("notify.delivery.recorded");
        metrics.Ended(delivery.Channel, next, took);
        changes.Tell(Changed);
        return result;
    }

    /// <summary>
    /// An attempt that ends in an unforeseen way is one that failed: it is in the log, and it is tried again, but not forever.
    /// </summary>
    private async Task<SendResult> AttemptAsync(ISender sender, BegunDelivery delivery, ChannelSettings settings, CancellationToken ct)
    {
        try
        {
            return await sender.SendAsync(delivery, settings, policy.AttemptLimit, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            Log.SenderFailed(logger, e, delivery.Id, delivery.Channel);
            return new SendResult.Failed { Detail = $"a defect of Auxo ({e.GetType().Name}); the service's log says more" };
        }
    }

    private async Task DisableAsync(string channel, string reason, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Channels.Channel>(Channels.Channel.StreamKey(channel), ct);
        if (stream.Aggregate is not { Exists: true, DisabledReason: null }) return;
        var now = Time.GetUtcNow();
        stream.AppendOne(new ChannelEvent.Disabled(
            $"{reason}: it wants nothing more. Set the channel up again when that has changed.", now));
        session.QueueSqlCommand(DeliveryTable.GiveUpAll(channel, $"the channel is disabled: {reason}", now));
        await session.SaveChangesAsync(ct);
        Log.Disabled(logger, channel, reason);
    }

    private async Task GiveUpAllAsync(string channel, string reason, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        session.QueueSqlCommand(DeliveryTable.GiveUpAll(channel, reason, Time.GetUtcNow()));
        await session.SaveChangesAsync(ct);
    }

    private async Task EndRoundAsync(string channel, bool arrived, (TimeSpan Pause, string Reason)? pause, CancellationToken ct)
    {
        await using var session = store.TracedSession();
        session.QueueSqlCommand(DeliveryTable.EndRound(
            channel, arrived, pause is { } p ? Time.GetUtcNow() + p.Pause : null, pause?.Reason));
        await session.SaveChangesAsync(ct);
    }

    private async Task<int> FailuresAsync(string channel, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select failures from notify.channel_lanes where channel = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = channel });
        return await command.ExecuteScalarAsync(ct) as int? ?? 0;
    }

    /// <summary>Also while the service stops, so that the next one need not wait for the lease to run out.</summary>
    private async Task ReleaseAsync(Lease<string> lane)
    {
        using var limit = new CancellationTokenSource(LastWord, Time);
        try
        {
            await _lanes.ReleaseAsync(lane, limit.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // It runs out by itself.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Error, "Looking for deliveries failed; it is repeated")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(301, LogLevel.Error, "Speaking to the channel {Channel} failed; it is repeated")]
        public static partial void ChannelFailed(ILogger logger, Exception exception, string channel);

        [LoggerMessage(302, LogLevel.Error, "The sender of {Delivery} to {Channel} failed in an unforeseen way")]
        public static partial void SenderFailed(ILogger logger, Exception exception, string delivery, string channel);

        [LoggerMessage(
            303, LogLevel.Warning, "{Delivery} to {Channel} is given up: {Reason}. When the cause is mended: auxo notify replay")]
        public static partial void GivenUp(ILogger logger, string delivery, string channel, string reason);

        [LoggerMessage(304, LogLevel.Warning, "The channel {Channel} is disabled: {Reason}")]
        public static partial void Disabled(ILogger logger, string channel, string reason);
    }
}
