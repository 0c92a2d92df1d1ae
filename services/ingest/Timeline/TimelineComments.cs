using Auxo.Contracts;
using Auxo.ServiceDefaults.Timeline;

using Npgsql;

namespace Auxo.Ingest.Timeline;

/// <summary>Where the comments of builds are: on the patch, on their way, or given up.</summary>
internal static class TimelineComments
{
    public static async Task<IReadOnlyList<TimelineEntry>> ReadAsync(
        NpgsqlDataSource source, Rid? rid, PatchId? patch, Guid[] builds, string[] traces, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select build_id, final, state, reason, attempts, comment_id, coalesce(posted_at, updated_at), trace_id, confirm_at, patch_id
            from ingest.comment_outbox
            where rid = $1 and patch_id = $2 or build_id = any ($3) or trace_id = any ($4)
            """);
        foreach (var value in (object[])[rid?.Value ?? "", patch?.Value ?? "", builds, traces]) command.Parameters.Add(new NpgsqlParameter
        {
            Value = value,
        });
        var entries = new List<TimelineEntry>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = new Row(
                reader.GetBoolean(1), reader.GetString(2), await TextAsync(3), reader.GetInt32(4), await TextAsync(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                await reader.IsDBNullAsync(8, ct) ? null : reader.GetFieldValue<DateTimeOffset>(8), reader.GetString(9));
            entries.Add(Entry(row, now) with { Build = reader.GetGuid(0), Trace = await TextAsync(7) });
        }

        return entries;

        async Task<string?> TextAsync(int column) => await reader.IsDBNullAsync(column, ct) ? null : reader.GetString(column);
    }

    private static TimelineEntry Entry(Row row, DateTimeOffset now)
    {
        var what = row.Final ? "the verdict" : "an interim word";
        return row.State switch
        {
            "posted" => new TimelineEntry(
                row.At, "comment_posted", TimelineState.Done,
                $"{what} stands on the patch as comment "
                    + $"{row.Comment?[..7]}{(row.ConfirmAt is null ? "" : "; looked for once more in a few seconds")}")
            { Next = $"rad patch show {row.Patch[..7]}" },
            "dropped" => new TimelineEntry(row.At, "comment_dropped", TimelineState.Failed, $"{what} was not written: {row.Reason}")
            {
                Next = "auxo outbox --all",
            },
            // It is so at this moment, however long ago it began.
            _ => new TimelineEntry(
                now, "comment_waiting", TimelineState.Open,
                $"{what} is not on the patch yet: "
                    + $"{row.Reason ?? "it is being written"}{(row.Attempts > 0 ? $" (tried {row.Attempts} times)" : "")}")
            { Next = "auxo outbox" },
        };
    }

    private sealed record Row(bool Final, string State, string? Reason, int Attempts, string? Comment,
        DateTimeOffset At, DateTimeOffset? ConfirmAt, string Patch);
}
