using Auxo.Contracts;
using Auxo.Notify.Digests;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Readers;
using Auxo.Notify.Routes;

using Npgsql;

namespace Auxo.Notify.Planning.Reports;

/// <summary>Where people find the console, which links begin with.</summary>
/// <param name="Url">Ends with a slash; null when nobody said it.</param>
public sealed record ConsoleAddress(Uri? Url)
{
    /// <summary>Reads <c>Auxo:Console:PublicUrl</c>, or <c>Auxo:PublicUrl</c>.</summary>
    public static ConsoleAddress From(IConfiguration configuration)
        => new(
            Uri.TryCreate(
                (configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"])?.TrimEnd('/') + "/", UriKind.Absolute,
                    out var url)
                && url.Scheme is "http" or "https" ? url : null);
}

/// <summary>Hands a report to whoever wants to read it.</summary>
public static class OnReportPublishedHandler
{
    /// <summary>The routes, and whose digest of today was sent without it.</summary>
    public static async Task<RoutingTable> LoadAsync(
        IQuerySession session, NpgsqlDataSource source, DateTimeOffset now, CancellationToken ct)
    {
        var table = await RoutingTable.LoadAsync(session, ct);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reader in table.Readers.Where(static r => r.Preferences.Digest == DigestRhythm.Daily))
        {
            if ((await DigestTable.MadeAsync(source, reader.Name, ct)).Contains(DigestSlot.Of(reader, now).Day)) made.Add(reader.Name);
        }

        return table with { DigestsMade = made };
    }

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        ReportPublished message, RoutingTable table, ConsoleAddress console, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            ReportNotification.Of(message, NotificationId.Of(message), console.Url), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
