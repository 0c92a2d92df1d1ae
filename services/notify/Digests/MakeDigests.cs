using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Planning;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;
using Auxo.Notify.Verdicts;

using Npgsql;

namespace Auxo.Notify.Digests;

/// <summary>
/// Makes the digests that are due, twice a minute: of what waited, as it stands at that moment, once for each reader and day of hers.
/// The digest, its delivery and the end of the waiting are one transaction.
/// </summary>
public sealed partial class MakeDigests(
    NpgsqlDataSource source, IDocumentStore store, DeliveryWorker worker, TimeProvider time, ILogger<MakeDigests> logger)
    : PeriodicJob(Pause, time, logger)
{
    private const int MaxItems = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Makes all that are due; returns how many.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var waiting = await DigestTable.WaitingAsync(source, ct);
        if (waiting.Count == 0) return 0;
        await using var session = store.QuerySession();
        var table = await RoutingTable.LoadAsync(session, ct);
        var readers = await session.QueryAsync<Reader>("where (data->>'exists')::boolean", ct);
        var channels = (await session.QueryAsync<Channels.Channel>("where (data->>'exists')::boolean", ct))
            .ToDictionary(static c => c.Name, StringComparer.Ordinal);
        var made = 0;
        foreach (var held in waiting)
        {
            if (readers.FirstOrDefault(r => r.Name == held.Reader) is not { } reader) continue;
            var days = await DigestTable.MadeAsync(source, reader.Name, ct);
            if (DigestSlot.Due(
                reader, held.Oldest, held.Newest, held.HasReport, WaitsForReport(reader, table), days.Contains, Time.GetUtcNow())
                is not { } slot) continue;
            await MakeAsync(reader, slot, channels, session, ct);
            made++;
        }

        if (made > 0) worker.Wake();
        return made;
    }

    /// <inheritdoc/>
    protected override async Task DoAsync(CancellationToken ct)
    {
        if (await RunAsync(ct) is > 0 and var count) Log.Made(logger, count);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private async Task MakeAsync(
        Reader reader, DigestSlot slot, Dictionary<string, Channels.Channel> channels, IQuerySession query, CancellationToken ct)
    {
        var (all, newest) = await DigestTable.ReadAsync(source, reader.Name, MaxItems, ct);
        var verdicts = await query.LoadManyAsync<LastVerdict>(ct, [.. Digest.Verdicts(newest)]);
        var digest = Digest.Of(slot.Day, newest, verdicts.ToDictionary(static v => v.Id, StringComparer.Ordinal));
        var (now, channel) = (Time.GetUtcNow(), ChannelOf(reader, channels));
        var notification = DigestPage.Of(reader.Name, digest, now);
        await using var session = store.TracedSession();
        // All that waited may have settled meanwhile, and then there is nothing to say.
        var isEmpty = digest.Sections.Count == 0 && digest.Report is null;
        if (!isEmpty)
            new PlannedNotification(
                notification,
                [new PlannedDelivery(
                    DeliveryId.For(notification.Id, route: null, channel), Route: null, channel,
                    Routing.Refusal(channels.GetValueOrDefault(channel)), reader.Name)],
                session.CorrelationId, now).Execute(session);
        foreach (var command in DigestTable.Made(reader.Name, slot.Day, notification.Id, all, now)) session.QueueSqlCommand(command);
        await session.SaveChangesAsync(ct);
    }

    /// <summary>By mail where she has one; else by the first of hers.</summary>
    private static string ChannelOf(Reader reader, Dictionary<string, Channels.Channel> channels)
        => reader.Preferences.Channels.FirstOrDefault(c => channels.GetValueOrDefault(c)?.Kind == ChannelKind.Email)
            ?? reader.Preferences.Channels[0];

    private static bool WaitsForReport(Reader reader, RoutingTable table)
    {
        const string report = NotificationTypes.ReportPrefix + "daily";
        var imagined = new Notification(Guid.Empty, report, Level.Warning, "", "", DateTimeOffset.UnixEpoch);
        return reader.Preferences.Digest == DigestRhythm.Daily && table.Routes.Any(
            r => r.On.Any(p => Pattern.Matches(p, report)) && r.People.Any(p => reader.IsMeant(p, imagined)));
    }

    private static partial class Log
    {
        [LoggerMessage(320, LogLevel.Information, "{Count} digests were made")]
        public static partial void Made(ILogger logger, int count);

        [LoggerMessage(321, LogLevel.Warning, "Making digests failed; it is tried again in half a minute")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
