using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.ServiceDefaults.Timeline;

using Npgsql;

namespace Auxo.Ingest.Timeline;

/// <summary>
/// The webhooks that reported it: the one that was first, and those that came when it was known already and are only links.
/// </summary>
internal static class TimelineWebhooks
{
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);
    private static readonly TimeSpan After = TimeSpan.FromDays(1);

    public static async Task<IReadOnlyList<TimelineEntry>> ReadAsync(
        NpgsqlDataSource source, Rid rid, PatchId? patch, IReadOnlyList<TimelineFact> facts, CancellationToken ct)
    {
        if (facts.Count == 0) return [];
        // The window is for the index by time: receipts have no other.
        await using var command = source.CreateCommand("""
            select event, seeder, commit_id, trace_id, received_at from ingest.receipts
            where received_at between $1 and $2 and rid = $3 and (patch_id = $4 or commit_id = any ($5)) order by received_at limit 200
            """);
        foreach (var value in (object[])[
            facts.Min(static f => f.Entry.At) - Before, facts.Max(static f => f.Entry.At) + After, rid.Value, patch?.Value ?? "",
            facts.Select(static f => f.Commit?.Value).OfType<string>().ToArray()])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        var entries = new List<TimelineEntry>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            entries.Add(Entry(facts, rid, reader.GetString(0), await TextAsync(1), await TextAsync(2), await TextAsync(3),
                reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return entries;

        async Task<string?> TextAsync(int column) => await reader.IsDBNullAsync(column, ct) ? null : reader.GetString(column);
    }

    private static TimelineEntry Entry(
        IReadOnlyList<TimelineFact> facts, Rid rid, string kind, string? seeder, string? commit, string? trace, DateTimeOffset at)
    {
        var from = seeder is null ? "" : $" from {seeder}";
        if (trace is not null && facts.Any(f => f.Entry.Trace == trace && f.DetectedBy == DetectedBy.Webhook))
            return new TimelineEntry(at, "webhook_received", TimelineState.Done, $"webhook '{kind}'{from}: the first to report it")
            {
                Trace = trace,
            };
        var known = facts.LastOrDefault(f => commit is null ? f.Entry.At <= at : f.Commit?.Value == commit);
        var first = known?.DetectedBy is { } detectedBy
            ? $"{TimelineFacts.Words(detectedBy, rid.IsRadicle)} was first" : "its fact was known";
        return new TimelineEntry(at, "webhook_linked", TimelineState.Note, $"webhook '{kind}'{from}: {first}, so this one is only a link")
        {
            Trace = known?.Entry.Trace,
        };
    }
}
