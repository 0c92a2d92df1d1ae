using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Exposition;

/// <summary>
/// Names of the old world and of dashboards to come for which Auxo has no facts yet. They have a type and a meaning and no
/// sample: an alert on them stays silent, and nobody mistakes the absence of scans for the absence of findings.
/// </summary>
internal static class OtherNames
{
    public static void AddTo(MetricsPage page)
    {
        page.Gauge("radicle_ci_runners", "Runners, by state.");
        page.Gauge("radicle_repo_sync_lag_seconds", "How far a seed is behind.");
        page.Gauge("radicle_node_boot_time_timestamp_seconds", "When the machine started.");
        page.Counter("radicle_notify_deliveries", "Notifications, by channel and outcome.");
        page.Histogram("radicle_notify_delivery_duration_seconds", "Time of a delivery.", 0.05, 0.1, 0.5, 1, 5, 10, 30);
        page.Gauge("radicle_notify_queue_depth", "Notifications that wait, by channel.");
        page.Gauge("radicle_notify_oldest_pending_timestamp_seconds", "Since when the oldest notification waits.");
        page.Counter("radicle_events_appended", "Events appended, by kind of stream.");
    }
}
