using System.Globalization;

using Npgsql;

namespace Auxo.Notify.Deliveries;

/// <summary>How long deliveries are kept.</summary>
/// <param name="Keep">What was delivered, and last said again, longer ago is forgotten: body, delivery and log.</param>
/// <param name="Batch">So many in one transaction, so that nobody waits for the housekeeping.</param>
public sealed record DeliveryRetention(TimeSpan Keep, int Batch = 1000)
{
    /// <summary>Reads <c>Auxo:Notify:KeepDays</c> (90).</summary>
    /// <exception cref="FormatException">It is no number from 1 on.</exception>
    public static DeliveryRetention From(IConfiguration configuration)
        => configuration["Auxo:Notify:KeepDays"] is not { Length: > 0 } text ? new DeliveryRetention(TimeSpan.FromDays(90))
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                && days is > 0 and < 36_500 ? new DeliveryRetention(TimeSpan.FromDays(days))
            : throw new FormatException($"Auxo:Notify:KeepDays is '{text}'; it must be a number of days from 1 on.");
}

/// <summary>
/// Forgets old deliveries, once an hour. What waits stays, and so does what was given up: that is somebody's to replay (<c>auxo
/// notify replay</c>) or to delete (<c>auxo notify forget</c>).
/// </summary>
public sealed partial class ForgetDeliveries(NpgsqlDataSource source, DeliveryRetention retention, TimeProvider time,
    ILogger<ForgetDeliveries> logger) : PeriodicJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>Forgets all that is old enough, batch by batch; how many deliveries.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var before = Time.GetUtcNow() - retention.Keep;
        var (all, batch) = (0, 0);
        do
        {
            batch = await ExecuteAsync(
                """
                delete from notify.deliveries where id in (
                    select d.id from notify.deliveries d join notify.notifications n on n.id = d.notification_id
                    where d.state = 'delivered' and d.created_at < $1 and d.updated_at < $1
                      and (n.repeated_at is null or n.repeated_at < $1)
                    order by d.created_at, d.id limit $2 for update of d skip locked)
                """,
                before, ct);
            all += batch;
        }
        while (batch == retention.Batch);

        // For somebody who has no channel, or is not known any more, nothing would ever be made of it.
        await ExecuteAsync(
            """
            delete from notify.held where (reader, notification_id) in (
                select reader, notification_id from notify.held where held_at < $1 order by held_at limit $2)
            """, before, ct);

        // Nobody hears them any more, or ever did; one that is planned again at this moment is kept by its deliveries' foreign key.
        do
        {
            batch = await ExecuteAsync(
                """
                delete from notify.notifications where id in (
                    select id from notify.notifications n
                    where n.created_at < $1
                      and not exists (select from notify.deliveries d where d.notification_id = n.id)
                      and not exists (select from notify.held h where h.notification_id = n.id) limit $2)
                """,
                before, ct);
        }
        while (batch == retention.Batch);

        return all;
    }

    /// <inheritdoc/>
    protected override async Task DoAsync(CancellationToken ct)
    {
        if (await RunAsync(ct) is > 0 and var count) Log.Forgot(logger, count, retention.Keep.TotalDays);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(logger, e);

    private async Task<int> ExecuteAsync(string sql, DateTimeOffset before, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(DeliveryTable.Parameters(before, retention.Batch));
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Information, "{Count} deliveries of more than {Days} days ago were forgotten")]
        public static partial void Forgot(ILogger logger, int count, double days);

        [LoggerMessage(311, LogLevel.Warning, "Forgetting old deliveries failed; it is repeated in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
