using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.ServiceDefaults.Stories;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Stories;

/// <summary>
/// <c>GET /story?rid=&amp;patch=&amp;commit=&amp;build=</c>: what was counted, and what it did to DORA's numbers: the
/// deployment, the lead time, the failures.
/// </summary>
public static class GetStory
{
    internal static void Map(IEndpointRouteBuilder app)
        => app.MapGet("/story", HandleAsync).WithName("GetMetricsStory").RequireScope(MetricsScopes.Read);

    private static async Task<Ok<StoryAnswer>> HandleAsync(
        IQuerySession session, HistoryCache histories, TimeProvider time, CancellationToken ct, Rid? rid = null,
        PatchId? patch = null, CommitId[]? commit = null, Guid[]? build = null)
    {
        var keys = (build ?? []).Take(50).Select(Build.StreamKey).ToList();
        if (rid is { } of)
        {
            if (patch is { } id) keys.Add(Change.StreamKey(of, id));
            keys.AddRange((commit ?? []).Take(50).Select(c => Change.StreamKey(of, c)));
        }

        var lines = new List<StoryLine>();
        foreach (var key in keys.Distinct(StringComparer.Ordinal))
        {
            foreach (var e in await session.Events.FetchStreamAsync(key, token: ct))
            {
                if (Tell(e.Data) is { } line) lines.Add(line with { At = e.Timestamp, Trace = e.CorrelationId });
            }
        }

        var now = time.GetUtcNow();
        if (rid is { } repository && await histories.GetHistoryAsync(repository, now, position: null, ct) is { } history)
            lines.AddRange(ToldDelivery.Tell(
                repository, Evidence.Of(history, new Window(DateTimeOffset.UnixEpoch, now.AddTicks(1))), patch, commit ?? [], build ?? []));
        return TypedResults.Ok(StoryAnswer.Of(lines));
    }

    /// <summary>The time is the caller's to set: when it was counted, which is later than when it happened.</summary>
    private static StoryLine? Tell(object e) => e switch
    {
        ChangeEvent.Proposed x
            => Line("change_proposed",
                $"counted: revision {x.RevisionId.Short} proposed; its first commit is of "
                    + $"{x.FirstCommitAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
        ChangeEvent.Merged x => Line("change_merged", $"counted: merged as {x.Commit.Short}"),
        ChangeEvent.Archived => Line("change_archived", "counted: archived"),
        ChangeEvent.BranchAdvanced x => Line("change_landed", $"counted: {x.Commit.Short} landed on {x.Branch}"),
        BuildEvent.Finished x
            => Line("build_counted", $"counted: build {BuildId.Short(x.BuildId)} {Words(x.Outcome)}") with { Build = x.BuildId },
        _ => null,
    };

    private static string Words(Outcome outcome) => outcome == Outcome.TimedOut ? "timed out" : outcome.ToString().ToLowerInvariant();

    private static StoryLine Line(string what, string text) => new(default, what, StoryState.Done, text);
}
