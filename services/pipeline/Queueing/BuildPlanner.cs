using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Queueing;

/// <summary>A commit that may be queued: all that the decision needs, read before it is made.</summary>
/// <param name="Id">Says what the build is: the same request twice is one build.</param>
/// <param name="Request">The wish.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Plan">What it will do.</param>
/// <param name="Refusal">Why it cannot be run at all; null when it can.</param>
/// <param name="Older">The unfinished builds of the same patch or ref.</param>
public sealed record PlannedBuild(Guid Id, BuildRequest Request, int Attempt, Plan Plan, string? Refusal, OpenBuilds Older);

/// <summary>Plans commits. Git is read here and now, so nothing stands between the plan and the start.</summary>
public sealed class BuildPlanner(GitSources sources, NpgsqlDataSource database)
{
    /// <summary>Plans an attempt at a commit.</summary>
    /// <returns>Null when the build is there already, or its repository was untracked since the commit was seen.</returns>
    public async Task<PlannedBuild?> PlanAsync(IQuerySession session, BuildRequest request, int attempt, CancellationToken ct)
    {
        var id = BuildId.For(request.Rid, request.Commit, request.Trigger, request.SubjectKey, attempt);
        if (await session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct) is not null) return null;
        if (request.SeenAt is { } seen && await BuildTable.IsUntrackedAsync(database, request.Rid, seen, ct)) return null;

        var approved = request.Trust == Trust.Trusted || await BuildTable.IsApprovedAsync(database, request.Rid, request.Commit, ct);
        var (plan, refusal) = await ReadAsync(request, approved, ct);
        var older = await OpenBuilds.LoadAsync(session, database, request.Rid, request.SubjectKey, ct);
        return new PlannedBuild(id, request, attempt, plan, refusal, older);
    }

    private async Task<(Plan Plan, string? Refusal)> ReadAsync(BuildRequest request, bool approved, CancellationToken ct)
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
