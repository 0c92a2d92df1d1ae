using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>
/// Every end of a build and every new patch is told once; what arrived more often arrived under the same id with the same body.
/// </summary>
internal static class NotificationAudit
{
    /// <summary>Audits.</summary>
    public static async Task RunAsync(World world, InstanceDatabase database, IReadOnlyList<AuditedBuild> builds, Findings findings)
    {
        var told = await database.RowsAsync(
            "select d.id, d.state, n.type, coalesce(n.body->'build'->>'id', n.body->'patch'->>'id', '') from "
                + "notify.notifications n left join notify.deliveries d on d.notification_id = n.id",
            static row
                => (Delivery: row.IsDBNull(0)
                    ? null
                    : row.GetString(0), State: row.IsDBNull(1) ? null : row.GetString(1), Type: row.GetString(2), About: row.GetString(3)));
        findings.Once("notify", builds.Where(static b => b.Outcome is not null).Select(static b => b.Id), told.Where(static t
            => t.Type.StartsWith("build.", StringComparison.Ordinal)).Select(static t => t.About), "notification of build");
        findings.Once("notify", world.Ledger.Patches.Select(static p => p.Patch),
            told.Where(static t => t.Type == "patch.opened").Select(static t => t.About), "notification of patch");

        var heard = await world.Receiver.HeardAsync();
        foreach (var one in told)
        {
            if (one.Delivery is null) findings.Lose("notify", $"delivery of {one.Type} {one.About}");
            else if (one.State != "delivered") findings.Lose("notify", $"delivery {one.Delivery} of {one.Type} {one.About} is {one.State}");
            else if (!heard.ContainsKey(one.Delivery)) findings.Lose(
                "notify", $"delivery {one.Delivery} of {one.Type} {one.About} counts as made, and nobody heard it");
        }

        var known = told.Select(static t => t.Delivery).ToHashSet(StringComparer.Ordinal);
        foreach (var stranger in heard.Keys.Where(id => !known.Contains(id))) findings.Wrong(
            "notify", $"{stranger} was told, and nobody planned it");
        foreach (var (id, _) in heard.Where(static h => h.Value.Bodies > 1)) findings.Wrong(
            "notify", $"{id} was told with different bodies");
        foreach (var (id, _) in heard.Where(static h => h.Value.Unsigned > 0)) findings.Wrong("notify", $"{id} had a wrong signature");
        (findings.Told, findings.Repeated) = (heard.Count, heard.Values.Sum(static h => h.Times - 1));
    }
}
