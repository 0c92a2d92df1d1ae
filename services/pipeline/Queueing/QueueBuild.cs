using System.Diagnostics;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Verdict;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Queueing;

/// <summary>
/// Plans a commit and puts it before the runner. Planning reads git here and now, so nothing stands between the plan and the
/// start. The same request twice is one build: its id says what it is.
/// </summary>
public sealed class QueueBuild(GitSources sources, NpgsqlDataSource database, BuildWriter writer, BuildSignals signals, Links links)
{
    /// <summary>Adds the build to the session, and the end of the older ones that it makes pointless; the caller saves and sends.</summary>
    /// <returns>The build, or null when it is there already or the repository was untracked since it was seen; and the messages.</returns>
    public async Task<(Build? Build, OutgoingMessages Messages)> QueueAsync(
        IDocumentSession session, BuildRequest request, int attempt, DateTimeOffset now, CancellationToken ct)
    {
        var id = BuildId.For(request.Rid, request.Commit, request.Trigger, request.SubjectKey, attempt);
        if (await session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct) is not null) return (null, []);
        if (request.SeenAt is { } seen && await BuildTable.IsUntrackedAsync(database, request.Rid, seen, ct)) return (null, []);

        var approved = request.Trust == Trust.Trusted || await BuildTable.IsApprovedAsync(database, request.Rid, request.Commit, ct);
        var (plan, refusal) = await PlanAsync(request, approved, ct);
        var (events, messages) = Decide(id, request, attempt, plan, refusal, links, now);
        var trace = session.CorrelationId ?? Activity.Current?.TraceId.ToHexString();
        var build = Build.Of((BuildEvent.Queued)events[0]).After(events.Skip(1)) with { TraceId = trace };
        session.Events.StartStream<Build>(Build.StreamKey(id), [.. events]);
        session.QueueSqlCommand(BuildTable.Insert(build));
        foreach (var older in await BuildTable.OpenAsync(database, request.Rid, request.SubjectKey, ct))
        {
            if (older == id) continue;
            messages.AddRange(
                await writer.AppendAsync(session, older, existing => SupersedeBuild.Decide(existing, build, links, now), ct));
        }

        session.AfterCommit(() =>
        {
            CrashPoint.Hit("pipeline.build.queued");
            signals.Ring();
        });
        return (build, messages);
    }

    /// <summary>The first events of a build: queued, and at once finished when it cannot be run at all.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(
        Guid id, BuildRequest request, int attempt, Plan plan, string? refusal, Links links, DateTimeOffset now)
    {
        var subject = new BuildSubject(
            id, request.Rid, request.RepositoryName, request.Trigger, request.PatchId, request.RevisionId, request.Ref,
            request.Commit, request.Title, request.Author);
        var queued = new BuildEvent.Queued(
            subject, request.Source, attempt, request.Trust, request.Canonical, plan, request.RequestedBy, now);
        OutgoingMessages messages = [new BuildQueued(subject, plan.StepNames(), now)];
        if (refusal is null && plan.StepNames().Count > 0) return ([queued], messages);

        var (finished, more) = FinishBuild.Decide(
            Build.Of(queued), refusal is null
                ? Outcome.Skipped
                : Outcome.Errored, refusal ?? "every check is off and there are no steps", by: null, links, now);
        return ([queued, .. finished], [.. messages, .. more]);
    }

    private async Task<(Plan Plan, string? Refusal)> PlanAsync(BuildRequest request, bool approved, CancellationToken ct)
    {
        var nothing = new Plan([], CheckSettings.Default, [], NeedsApproval: false, [], []);
        if (!Directory.Exists(request.Source)) return (nothing, $"the repository is not at {request.Source} any more");
        await using var source = sources.Open(request.Source);
        try
        {
            if (await source.Objects.ReadAsync($"{request.Commit}^{{commit}}", ct) is null)
                return (nothing, $"the commit {request.Commit.Short} is not in {request.Source}; it was removed, or was never pushed");
            var head = await DefinitionFilesReader.ReadAsync(source.Objects, request.Commit, ct);
            var canonical = request.Trust == Trust.Stranger
                && request.Canonical is { } main ? await DefinitionFilesReader.ReadAsync(source.Objects, main, ct) : null;
            return (Plan.Decide(request.Trust, approved, head, canonical), null);
        }
        catch (GitException e)
        {
            return (nothing, PlainText.OneLine(e.Message));
        }
    }
}
