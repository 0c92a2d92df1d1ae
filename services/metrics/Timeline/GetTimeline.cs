using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;
using Auxo.ServiceDefaults.Timeline;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Timeline;

/// <summary>
/// <c>GET /timeline?rid=&amp;patch=&amp;commit=&amp;build=</c>: what was counted, and what it did to DORA's numbers: the
/// deployment, the lead time, the failures.
/// </summary>
public static class GetTimeline
{
    internal static void Map(IEndpointRouteBuilder app)
        => app.MapGet("/timeline", HandleAsync).WithName("GetMetricsTimeline").RequireScope(MetricsScopes.Read);

    private static async Task<Ok<TimelineAnswer>> HandleAsync(
        IQuerySession session, HistoryCache histories, TimeProvider time, CancellationToken ct, Rid? rid = null,
        PatchId? patch = null, CommitId[]? commit = null, Guid[]? build = null)
    {
        var keys = (build ?? []).Take(50).Select(Build.StreamKey).ToList();
        if (rid is { } of)
        {
            if (patch is { } id) keys.Add(Change.StreamKey(of, id));
            keys.AddRange((commit ?? []).Take(50).Select(c => Change.StreamKey(of, c)));
        }

        var entries = new List<TimelineEntry>();
        foreach (var key in keys.Distinct(StringComparer.Ordinal))
        {
            foreach (var e in await session.Events.FetchStreamAsync(key, token: ct))
            {
                if (Entry(e.Data) is { } entry) entries.Add(entry with { At = e.Timestamp, Trace = e.CorrelationId });
            }
        }

        var now = time.GetUtcNow();
        if (rid is { } repository && await histories.GetHistoryAsync(repository, now, position: null, ct) is { } history)
            entries.AddRange(TimelineDeployments.Entries(
                repository, Evidence.Of(history, new Window(DateTimeOffset.UnixEpoch, now.AddTicks(1))), patch, commit ?? [], build ?? []));
        return TypedResults.Ok(TimelineAnswer.Of(entries));
    }

    /// <summary>The time is the caller's to set: when it was counted, which is later than when it happened.</summary>
    private static TimelineEntry? Entry(object e) => e switch
    {
        ChangeEvent.Proposed x
            => Entry("change_proposed",
                $"counted: revision {x.RevisionId.Short} proposed; its first commit is of "
                    + $"{x.FirstCommitAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
        ChangeEvent.Merged x => Entry("change_merged", $"counted: merged as {x.Commit.Short}"),
        ChangeEvent.Archived => Entry("change_archived", "counted: archived"),
        ChangeEvent.BranchAdvanced x => Entry("change_landed", $"counted: {x.Commit.Short} landed on {x.Branch}"),
        BuildEvent.Finished x
            => Entry("build_counted", $"counted: build {BuildId.Short(x.BuildId)} {Words(x.Outcome)}") with { Build = x.BuildId },
        _ => null,
    };

    private static string Words(Outcome outcome) => outcome == Outcome.TimedOut ? "timed out" : outcome.ToString().ToLowerInvariant();

    private static TimelineEntry Entry(string what, string text) => new(default, what, TimelineState.Done, text);
}
