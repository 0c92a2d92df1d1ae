using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Running.Steps;
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
/// <param name="Owners">Who owns what it changes; null when it is no patch, or nobody says.</param>
public sealed record PlannedBuild(
    Guid Id, BuildRequest Request, int Attempt, Plan Plan, string? Refusal, OpenBuilds Older, PatchOwners? Owners = null);

/// <summary>Plans commits. Git is read here and now, so nothing stands between the plan and the start.</summary>
public sealed class BuildPlanner(
    GitSources sources, RepositoryFolders folders, IncludeReader includes, CommitJoiner joiner, NpgsqlDataSource database,
    WorkspacesAhead ahead, TimeProvider time)
{
    /// <summary>Plans an attempt at a commit.</summary>
    /// <returns>Null when the build is there already, or its repository was untracked since the commit was seen.</returns>
    public async Task<PlannedBuild?> PlanAsync(IQuerySession session, BuildRequest request, int attempt, CancellationToken ct)
    {
        var id = request.BuildId(attempt);
        // The first command waits for both, so git and the database are asked side by side.
        var reading = JoinAndReadAsync(request, ct);
        var knowing = BuildTable.KnownAsync(database, request.Rid, request.Commit, request.SubjectKey, request.SeenAt, ct);
        var existing = session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct);
        await Task.WhenAll(reading, knowing, existing);
        var (untracked, approved, open) = await knowing;
        if (untracked || await existing is not null) return null;

        var (head, canonical, changed, owners, refusal) = (await reading).Files;
        var joined = (await reading).Joined;
        request = (await reading).Request;
        // Whoever has approved the patch's own commit has not seen what is built with it.
        if (joined is not null) approved = await BuildTable.IsApprovedAsync(database, request.Rid, joined.Commit, ct);
        var facts = new BuildFacts(request.Trigger, request.Ref, request.Trust, changed, request.Schedule)
        {
            Today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
        };
        var plan = refusal is null
            ? Plan.Decide(facts, request.Trust == Trust.Trusted || approved, head, canonical)
            : new Plan([], CheckSettings.Default, [], NeedsApproval: false, [], []);
        plan = plan with
        {
            Joined = joined, Linked = request.Linked.Count > 0 ? request.Linked : null,
            Notes = [.. JoinWords.Of(request, joined), .. plan.Notes],
        };
        if (plan.Concurrency is { Group: not null } group)
            open = [.. open.Union(await BuildTable.OfGroupAsync(database, request.Rid, group.KeyOf(request.Subject(id)), ct))];
        if (refusal is null) ahead.Begin(id, request.Source, request.Commit, plan);
        return new PlannedBuild(id, request, attempt, plan, refusal, await OpenBuilds.LoadAsync(session, open, ct), owners);
    }

    /// <summary>
    /// A patch that needs others is joined with them first. What a stranger wrote makes all of it a stranger's, whoever asks for it.
    /// </summary>
    private async Task<(PlannedFiles Files, JoinedCommit? Joined, BuildRequest Request)> JoinAndReadAsync(
        BuildRequest request, CancellationToken ct)
    {
        if (request.Linked.Count == 0) return (await ReadAsync(request, null, ct), null, request);
        try
        {
            var (joined, refusal) = await joiner.JoinAsync(request.Source, request.Canonical, request.Linked, request.Commit, ct);
            if (refusal is not null) return (PlannedFiles.Refused(PlainText.OneLine(refusal)), null, request);
            if (joined?.Patches.Any(static p => p.Trust == Trust.Stranger) is true) request = request with { Trust = Trust.Stranger };
            return (await ReadAsync(request, joined, ct), joined, request);
        }
        catch (Exception e) when (e is GitException or WorkspaceException or FormatException or IOException)
        {
            return (PlannedFiles.Refused(PlainText.OneLine($"it could not be joined with the patches that it needs: {e.Message}")), null,
                request);
        }
    }

    /// <summary>The pipeline files of the commit and, for a stranger's, of the canonical head; or why they cannot be read.</summary>
    private async Task<PlannedFiles> ReadAsync(BuildRequest request, JoinedCommit? joined, CancellationToken ct)
    {
        var folder = joined is null ? folders.FolderOf(request.Source) : await joiner.FolderAsync(request.Source, ct);
        var built = joined?.Commit ?? request.Commit;
        if (!Directory.Exists(folder)) return Refused($"the repository is not at {folder} any more");
        await using var source = sources.Open(folder);
        try
        {
            if (await source.Objects.ReadAsync($"{request.Commit}^{{commit}}", ct) is null)
                return Refused($"the commit {request.Commit.Short} is not in {folder}; it was removed, or was never pushed");
            var head = await DefinitionFilesReader.ReadAsync(source.Objects, built, ct);
            var canonical = request.Trust == Trust.Stranger
                && request.Canonical is { } main ? await DefinitionFilesReader.ReadAsync(source.Objects, main, ct) : null;
            if (request.Trust == Trust.Trusted) head = await WithIncludedAsync(head);
            else if (canonical is not null) canonical = await WithIncludedAsync(canonical);
            var changed = head.MayAskForPaths || canonical?.MayAskForPaths == true
                ? await ChangedAsync(folder, request with { Commit = built }, ct) : null;
            var owners = request is { PatchId: not null, Canonical: { } branch }
                ? await PatchOwners.ReadAsync(
                    source.Objects, branch,
                    async () => (joined is null ? changed : null) ?? await ChangedAsync(folder, request, ct), request.Author, ct)
                : null;
            return new PlannedFiles(head, canonical, changed, owners, null);
        }
        catch (Exception e) when (e is GitException or GitObjectTooLargeException or FormatException)
        {
            return Refused(PlainText.OneLine(e.Message));
        }

        async Task<DefinitionFiles> WithIncludedAsync(DefinitionFiles files)
            => files with { Included = await includes.ReadAsync(files, request.Rid, source.Objects, request.Included, ct) };

        static PlannedFiles Refused(string why) => PlannedFiles.Refused(why);
    }

    /// <summary>
    /// The paths that a patch changes since it left the canonical branch, and a push since the head before it; null where there is
    /// nothing to compare with, such as the first push of a branch.
    /// </summary>
    private static async Task<IReadOnlyList<string>?> ChangedAsync(string folder, BuildRequest request, CancellationToken ct)
    {
        var range = request switch
        {
            { PatchId: not null, Canonical: { } canonical } => $"{canonical}...{request.Commit}",
            { PatchId: null, Before: { } before } => $"{before}..{request.Commit}",
            _ => null,
        };
        if (range is null) return null;
        try
        {
            var output = await GitCommand.RunBytesAsync(
                folder, ["diff", "--name-only", "-z", "--no-renames", range, "--"], ct, environment: GitCommand.LittleMemory);
            return System.Text.Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (GitException)
        {
            // No common commit, the head before was pushed away, or too much has changed: every path may have.
            return null;
        }
    }
}

/// <summary>What is read of a commit before its build is planned.</summary>
/// <param name="Head">Its pipeline files.</param>
/// <param name="Canonical">Those of the default branch, where they count.</param>
/// <param name="Changed">The paths that it changes; null where nobody asks, or it is not known.</param>
/// <param name="Owners">Who owns what it changes.</param>
/// <param name="Refusal">Why it cannot be built; null when it can.</param>
internal sealed record PlannedFiles(
    DefinitionFiles Head, DefinitionFiles? Canonical, IReadOnlyList<string>? Changed, PatchOwners? Owners, string? Refusal)
{
    public static PlannedFiles Refused(string why) => new(DefinitionFiles.None, null, null, null, why);
}
