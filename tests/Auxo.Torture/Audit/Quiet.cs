using System.Diagnostics;
using Auxo.Contracts;

using Auxo.Torture.Load;

namespace Auxo.Torture.Audit;

/// <summary>Waits until nothing is left to do: then what is missing is lost.</summary>
internal static class Quiet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private static readonly (string What, string Sql)[] Questions =
    [
        .. KnownServices.Names.Select(Messages),
        ("builds", "select count(*) from pipeline.builds where state = 'ready'"),
        ("deliveries", "select count(*) from notify.deliveries where state in ('waiting', 'sending')"),
        ("publications", "select count(*) from registry.publications where state = 'waiting'"),
        ("projections",
            "select count(*) from metrics.mt_event_progression where name = 'FactDays:All' "
                + "and last_seq_id < (select max(seq_id) from metrics.mt_events)"),
    ];

    private static (string What, string Sql) Messages(string service)
        => ($"messages for {service}",
            $"select (select count(*) from queues.wolverine_queue_{service}) "
                + $"+ (select count(*) from {service}.wolverine_incoming_envelopes where status <> 'Handled')");

    /// <summary>Returns null, or what is still going on after minutes.</summary>
    public static async Task<string?> WaitAsync(World world, InstanceDatabase database, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        for (var still = 0; ;)
        {
            var left = await LeftAsync(world, database);
            still = left.Count == 0 ? still + 1 : 0;
            // Between two steps of a chain all may look quiet for a moment.
            if (still == 4) return null;
            if (Stopwatch.GetElapsedTime(began) > Limit || ct.IsCancellationRequested) return string.Join(", ", left);
            await Task.Delay(Poll, TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<List<string>> LeftAsync(World world, InstanceDatabase database)
    {
        var left = new List<string>();
        foreach (var (what, sql) in Questions)
        {
            if (await database.CountAsync(sql) is > 0 and var count) left.Add($"{count} {what}");
        }

        // Comments are written where a real node holds the patch; elsewhere they wait for one, forever.
        var rid = world.NodeRepository?.Rid ?? "";
        if (await database.CountAsync($"select count(*) from ingest.comment_outbox where (rid = '{rid}' and state in "
            + "('waiting', 'posting') or confirm_at is not null)") is > 0 and var comments)
            left.Add($"{comments} comments");
        var known = (await database.TextsAsync("select stream_id from pipeline.mt_events where type = 'build_queued'"))
            .ToHashSet(StringComparer.Ordinal);
        if (world.Ledger.Patches.Count(p => !known.Contains($"build/{p.Build}")) is > 0 and var patches) left.Add(
            $"{patches} patches without a build");
        foreach (var (storage, _) in world.Storages)
        {
            if (!known.Contains($"build/{new PushedCommit(storage.Rid, storage.Head).Build}")) left.Add(
                $"the head of {storage.Rid} without a build");
        }

        // A cancelled build has its end at once; its step is given a moment to end, too.
        if (LeftoverAudit.Temporary(world) is { Count: > 0 } temporary) left.Add($"files of {temporary.Count} builds");
        return left;
    }
}
