using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;
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
    GitSources sources, RepositoryFolders folders, IncludeReader includes, NpgsqlDataSource database, WorkspacesAhead ahead,
    TimeProvider time)
{
    /// <summary>Plans an attempt at a commit.</summary>
    /// <returns>Null when the build is there already, or its repository was untracked since the commit was seen.</returns>
    public async Task<PlannedBuild?> PlanAsync(IQuerySession session, BuildRequest request, int attempt, CancellationToken ct)
    {
        var id = request.BuildId(attempt);
        // The first command waits for both, so git and the database are asked side by side.
        var reading = ReadAsync(request, ct);
        var knowing = BuildTable.KnownAsync(database, request.Rid, request.Commit, request.SubjectKey, request.SeenAt, ct);
        var existing = session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct);
        await Task.WhenAll(reading, knowing, existing);
        var (untracked, approved, open) = await knowing;
        if (untracked || await existing is not null) return null;

        var (head, canonical, changed, owners, refusal) = await reading;
        var facts = new BuildFacts(request.Trigger, request.Ref, request.Trust, changed, request.Schedule)
        {
            Today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
        };
        var plan = refusal is null
            ? Plan.Decide(facts, request.Trust == Trust.Trusted || approved, head, canonical)
            : new Plan([], CheckSettings.Default, [], NeedsApproval: false, [], []);
        if (plan.Concurrency is { Group: not null } group)
            open = [.. open.Union(await BuildTable.OfGroupAsync(database, request.Rid, group.KeyOf(request.Subject(id)), ct))];
        if (refusal is null) ahead.Begin(id, request.Source, request.Commit, plan);
        return new PlannedBuild(id, request, attempt, plan, refusal, await OpenBuilds.LoadAsync(session, open, ct), owners);
    }

    /// <summary>The pipeline files of the commit and, for a stranger's, of the canonical head; or why they cannot be read.</summary>
    private async Task<(DefinitionFiles Head, DefinitionFiles? Canonical, IReadOnlyList<string>? Changed, PatchOwners? Owners,
        string? Refusal)>
        ReadAsync(BuildRequest request, CancellationToken ct)
    {
        var folder = folders.FolderOf(request.Source);
        if (!Directory.Exists(folder)) return Refused($"the repository is not at {folder} any more");
        await using var source = sources.Open(folder);
        try
        {
            if (await source.Objects.ReadAsync($"{request.Commit}^{{commit}}", ct) is null)
                return Refused($"the commit {request.Commit.Short} is not in {folder}; it was removed, or was never pushed");
            var head = await DefinitionFilesReader.ReadAsync(source.Objects, request.Commit, ct);
            var canonical = request.Trust == Trust.Stranger
                && request.Canonical is { } main ? await DefinitionFilesReader.ReadAsync(source.Objects, main, ct) : null;
            if (request.Trust == Trust.Trusted) head = await WithIncludedAsync(head);
            else if (canonical is not null) canonical = await WithIncludedAsync(canonical);
            var changed = head.MayAskForPaths || canonical?.MayAskForPaths == true ? await ChangedAsync(folder, request, ct) : null;
            var owners = request is { PatchId: not null, Canonical: { } branch }
                ? await PatchOwners.ReadAsync(
                    source.Objects, branch, async () => changed ?? await ChangedAsync(folder, request, ct), request.Author, ct)
                : null;
            return (head, canonical, changed, owners, null);
        }
        catch (Exception e) when (e is GitException or GitObjectTooLargeException or FormatException)
        {
            return Refused(PlainText.OneLine(e.Message));
        }

        async Task<DefinitionFiles> WithIncludedAsync(DefinitionFiles files)
            => files with { Included = await includes.ReadAsync(files, request.Rid, source.Objects, request.Included, ct) };

        static (DefinitionFiles, DefinitionFiles?, IReadOnlyList<string>?, PatchOwners?, string) Refused(string why)
            => (DefinitionFiles.None, null, null, null, why);
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
