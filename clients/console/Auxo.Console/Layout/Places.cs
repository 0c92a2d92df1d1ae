namespace Auxo.Console.Layout;

/// <summary>A page that the navigation leads to.</summary>
/// <param name="Path">Its address.</param>
/// <param name="Key">Typed after <c>g</c>.</param>
/// <param name="Words">Its name.</param>
/// <param name="Also">Other words by which the command palette finds it: what the command line calls the same.</param>
internal sealed record Place(string Path, string Key, string Words, string Also = "");

/// <summary>Pages that belong together.</summary>
/// <param name="Name">Of the group; empty for the first, which needs none.</param>
/// <param name="Places">In the order in which they are shown.</param>
internal sealed record PlaceGroup(string Name, IReadOnlyList<Place> Places);

/// <summary>
/// Where the navigation, the keys and the command palette lead. A page is shown here once it is there: mirrors and mesh
/// belong to Auxo.
/// </summary>
internal static class Places
{
    /// <summary>All groups.</summary>
    public static readonly IReadOnlyList<PlaceGroup> Groups =
    [
        new("", [
            new("/", "o", "Overview", "auxo status home red"),
            new("/repositories", "r", "Repositories", "auxo repo list branches patches"),
            new("/queue", "q", "Queue", "auxo queue ci status running waiting approval runners machines"),
            new("/schedules", "t", "Schedules", "auxo schedule list times cron nightly scans audit"),
        ]),
        new("Numbers", [
            new("/dora", "d", "DORA", "auxo metrics dora deployments lead time failures"),
            new("/ci", "c", "CI", "auxo metrics ci flaky durations"),
            new("/health", "h", "Health", "auxo repo health score points fixes"),
            new("/security", "u", "Security", "auxo metrics security vulnerabilities secrets overdue score"),
            new("/coverage", "v", "Coverage", "auxo metrics coverage tests lines"),
            new("/promises", "e", "Promises", "auxo metrics promises slo uptime feedback budget"),
            new("/alerts", "l", "Alerts", "auxo alerts rules raised"),
            new("/reports", "b", "Reports", "auxo report daily weekly security audit briefing"),
            new("/wall", "w", "Wall", "screen on the wall big tv"),
        ]),
        new("Kept and sent", [
            new("/registry", "a", "Registry", "auxo artifacts raw files packages"),
            new("/notifications", "n", "Notifications", "auxo notify channels routes deliveries"),
        ]),
        new("Auxo", [
            new("/messages", "m", "Messages", "auxo queues dead-letters dead letters"),
            new("/nodes", "p", "Nodes", "auxo doctor outbox radicle peers comments"),
            new("/settings", "s", "Settings", "auxo token people settings api access secret secrets"),
        ]),
    ];
}
