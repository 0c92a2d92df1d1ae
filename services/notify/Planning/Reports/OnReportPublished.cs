using Auxo.Contracts;
using Auxo.Notify.Notifications;
using Auxo.Notify.Notifications.News;
using Auxo.Notify.Routes;

namespace Auxo.Notify.Planning.Reports;

/// <summary>Where people find the console, which links begin with.</summary>
/// <param name="Url">Ends with a slash; null when nobody said it.</param>
public sealed record ConsoleAddress(Uri? Url)
{
    /// <summary>Reads <c>Auxo:Console:PublicUrl</c>, or <c>Auxo:PublicUrl</c>.</summary>
    public static ConsoleAddress From(IConfiguration configuration)
        => new(
            Uri.TryCreate(
                (configuration["Auxo:Console:PublicUrl"] ?? configuration["Auxo:PublicUrl"])?.TrimEnd('/') + "/", UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https" ? url : null);
}

/// <summary>Hands a report to whoever wants to read it.</summary>
public static class OnReportPublishedHandler
{
    /// <summary>The routes.</summary>
    public static Task<RoutingTable> LoadAsync(IQuerySession session, CancellationToken ct) => RoutingTable.LoadAsync(session, ct);

    /// <inheritdoc cref="OnBuildFinishedHandler.Handle"/>
    public static (PlannedNotification, DeliveriesPlanned?) Handle(
        ReportPublished message, RoutingTable table, ConsoleAddress console, Envelope envelope, DateTimeOffset now)
    {
        var planned = PlannedNotification.Of(
            ReportNotification.Of(message, NotificationId.Of(message), console.Url), table, envelope.CorrelationId, now);
        return (planned, planned.Wake);
    }
}
