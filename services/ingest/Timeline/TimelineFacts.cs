using System.Text.Json;

using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Timeline;

using Npgsql;

namespace Auxo.Ingest.Timeline;

/// <summary>The entry of a stored event, and what it says of a commit.</summary>
internal sealed record TimelineFact(TimelineEntry Entry, CommitId? Commit, DetectedBy? DetectedBy);

/// <summary>What became facts: patches, revisions, merges, new heads of branches.</summary>
internal static class TimelineFacts
{
    public static async Task<IReadOnlyList<TimelineFact>> ReadAsync(
        NpgsqlDataSource source, Rid? rid, PatchId? patch, CommitId? commit, IReadOnlyList<string> traces, CancellationToken ct)
    {
        // By stream, where the question names one; a bare trace id is rare enough to look through everything.
        await using var command = rid is { } of
            ? Command(
                source,
                """
                select type, data::text, correlation_id, stream_id from ingest.mt_events where stream_id = $1
                union all
                select type, data::text, correlation_id, stream_id from ingest.mt_events
                where stream_id = $2 and type = 'branch_advanced'
                    and (data->>'new' = $3 or data->'patches' ? $4 or correlation_id = any ($5))
                """,
                patch is { } p
                    ? Patch.StreamKey(of, p)
                    : "", Repository.StreamKey(of), commit?.Value ?? "", patch?.Value ?? "", traces.ToArray())
            : Command(
                source, "select type, data::text, correlation_id, stream_id from ingest.mt_events where correlation_id = any ($1)",
                // As one value: an array of references would be taken for all of them.
                (object)traces.ToArray());
        var facts = new List<TimelineFact>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (Entry(reader.GetString(0), reader.GetString(1), reader.GetString(3)) is { } fact)
                facts.Add(fact with { Entry = fact.Entry with { Trace = await reader.IsDBNullAsync(2, ct) ? null : reader.GetString(2) } });
        }

        return facts;
    }

    /// <summary>Who reported first, in words. Only Radicle has a node; of plain git the folder is watched.</summary>
    public static string Words(DetectedBy detectedBy, bool radicle) => detectedBy switch
    {
        DetectedBy.Event => radicle ? "a node event" : "a change in its folder",
        DetectedBy.Webhook => "a webhook",
        DetectedBy.Sweep => "the sweep",
        _ => "'repo track'",
    };

    private static TimelineFact? Entry(string type, string data, string stream) => type switch
    {
        "patch_opened" => Opened(JsonSerializer.Deserialize(data, StoredJson.Default.PatchOpened)!),
        "patch_revised" => Revised(JsonSerializer.Deserialize(data, StoredJson.Default.PatchRevised)!.Revision),
        "patch_status_changed" => Status(JsonSerializer.Deserialize(data, StoredJson.Default.PatchStatusChanged)!),
        "patch_merged" => Merged(JsonSerializer.Deserialize(data, StoredJson.Default.PatchMerged)!),
        "branch_advanced" => Advanced(
            JsonSerializer.Deserialize(data, StoredJson.Default.RepositoryBranchAdvanced)!,
            radicle: stream.Contains("rad:", StringComparison.Ordinal)),
        _ => null,
    };

    private static TimelineFact Opened(PatchEvent.Opened e)
        => new(new TimelineEntry(e.SeenAt, "patch_opened", TimelineState.Done,
            $"patch {e.PatchId.Short} opened{Late(e.OpenedAt, e.SeenAt)}"), null, null);

    private static TimelineFact Revised(SeenRevision r)
    {
        var whyNot = WhyNotBuilt.Of(r.Disposition);
        var entry = new TimelineEntry(
            r.SeenAt, "patch_revised", whyNot is null ? TimelineState.Done : TimelineState.Note,
            $"revision {r.Id.Short} at commit {r.Head.Short}, first reported by {Words(r.DetectedBy, radicle: true)}"
                + (whyNot is null ? "" : $". {whyNot}"));
        return new TimelineFact(entry, r.Head, r.DetectedBy);
    }

    private static TimelineFact Status(PatchEvent.StatusChanged e)
        => new(new TimelineEntry(e.SeenAt, "patch_status_changed", TimelineState.Done,
            $"the patch is {e.Status.ToString().ToLowerInvariant()} now"), null, null);

    private static TimelineFact Merged(PatchEvent.Merged e)
        => new(
            new TimelineEntry(e.SeenAt, "patch_merged", TimelineState.Done,
                $"merged as {e.Commit.Short}{(e.Signed ? "" : ", as the default branch's commits say")}{Late(e.At, e.SeenAt)}"),
                e.Commit, null);

    private static TimelineFact Advanced(RepositoryEvent.BranchAdvanced e, bool radicle)
        => new(
            new TimelineEntry(
                e.SeenAt, "branch_advanced", TimelineState.Done,
                $"{e.Branch} is at {e.New.Short} now{(e.Old is { } old ? $", before at {old.Short}" : "")}, "
                    + $"first reported by {Words(e.DetectedBy, radicle)}"),
            e.New, e.DetectedBy);

    /// <summary>Radicle's times are whole seconds of somebody's clock, so a small difference says nothing.</summary>
    private static string Late(DateTimeOffset at, DateTimeOffset seenAt)
        => (seenAt - at).TotalSeconds is > 5 and var late ? $", {Duration(late)} after Radicle's time of it" : "";

    private static string Duration(double seconds) => seconds switch
    {
        < 120 => $"{seconds:0} s",
        < 7200 => $"{seconds / 60:0} min",
        < 172_800 => $"{seconds / 3600:0} h",
        _ => $"{seconds / 86_400:0} days",
    };

    private static NpgsqlCommand Command(NpgsqlDataSource source, string sql, params object[] values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
