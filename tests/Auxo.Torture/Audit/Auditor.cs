using System.Globalization;

using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>Compares what was acknowledged with what is there.</summary>
internal static class Auditor
{
    /// <summary>Looks at everything.</summary>
    public static async Task<Findings> RunAsync(World world, InstanceDatabase database, string? notQuiet)
    {
        var findings = new Findings();
        if (notQuiet is not null) findings.Wrong("instance", $"not quiet after minutes: {notQuiet}");
        foreach (var refusal in world.Ledger.Refusals) findings.Wrong("door", refusal);
        await WebhooksAsync(world, database, findings);
        var builds = await BuildAudit.RunAsync(world, database, findings);
        await NotificationAudit.RunAsync(world, database, builds, findings);
        await RegistryAudit.RunAsync(world, database, builds, findings);
        await MetricsAudit.RunAsync(world, database, builds, findings);
        await LeftoverAudit.RunAsync(world, database, findings);
        return findings;
    }

    private static async Task WebhooksAsync(World world, InstanceDatabase database, Findings findings)
    {
        var receipts = await database.TextsAsync("select encode(content_key, 'hex') from ingest.receipts");
        findings.Once("ingest", world.Ledger.Webhooks.Keys, receipts, "receipt of webhook");
        var facts = await database.TextsAsync(
            "select type || ' ' || stream_id || ' ' || coalesce(data->>'new', data->>'head', '') from ingest.mt_events "
                + "where type in ('patch_opened', 'branch_advanced')");
        findings.Once("ingest", world.Ledger.Patches.Select(static p => $"patch_opened patch/{p.Rid}/{p.Patch} "), facts, "fact");
    }

    /// <summary>A number as the reports print it.</summary>
    public static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
