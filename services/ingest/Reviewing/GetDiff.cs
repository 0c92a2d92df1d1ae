using System.Security.Claims;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Reviewing;

/// <summary>What a revision changes.</summary>
/// <param name="Base">The commit that it is compared with; null where the histories have nothing in common, and all is new.</param>
/// <param name="Head">The commit that the revision proposes.</param>
/// <param name="From">The revision that it is compared with; null for where its history leaves the default branch.</param>
/// <param name="FileCount">How many files differ.</param>
/// <param name="Files">Those files; of very many the first.</param>
public sealed record DiffAnswer(CommitId? Base, CommitId Head, RevisionId? From, int FileCount, IReadOnlyList<DiffFile> Files);

/// <summary>
/// <c>GET /repositories/{rid}/patches/{patch}/revisions/{revision}/diff</c>: what a revision changes against the commit where its
/// history leaves the default branch, or with <c>?from=</c> against another revision of the same patch. No other commits are read.
/// What its author says of its base counts only once the default branch has it all: a base further ahead would hide commits from
/// those who look before they approve.
/// </summary>
public static class GetDiff
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Maps the route.</summary>
    public static void MapGetDiff(this IEndpointRouteBuilder app)
        => app.MapGet("/repositories/{rid}/patches/{patch}/revisions/{revision}/diff", HandleAsync)
            .WithName("GetDiff").RequireScopeOrPublic(IngestScopes.Read);

    private static async Task<Ok<DiffAnswer>> HandleAsync(
        Rid rid, PatchId patch, RevisionId revision, ClaimsPrincipal user, KnownRepositories known, RepositoryFolders folders,
        DiffTurns turns,
        TimeProvider time, CancellationToken ct, RevisionId? from = null)
    {
        var repository = await known.FindAsync(rid, ct) ?? throw new NotTrackedException(rid.Value);
        var to = Find(repository, patch, revision);
        var other = from is { } earlier ? Find(repository, patch, earlier) : null;
        var isReader = user.HasScope(IngestScopes.Read);
        return TypedResults.Ok(await turns.RunAsync(() => CompareAsync(repository, other, to, isReader, folders, time, ct), ct));
    }

    private static async Task<DiffAnswer> CompareAsync(
        KnownRepository repository, SeenRevision? from, SeenRevision to, bool isReader, RepositoryFolders folders, TimeProvider time,
        CancellationToken ct)
    {
        var folder = folders.FolderOf(repository.Repository.Source);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            var start = from is not null
                ? from.Head.Value
                : await StartAsync(folder, repository.Repository.Tip(repository.Repository.DefaultBranch)?.Commit, to, either.Token);
            var diff = await GitDiff.ReadAsync(folder, start ?? GitDiff.EmptyTree, to.Head.Value, DiffLimits.Readable, either.Token);
            return new DiffAnswer(start is null ? null : CommitId.Parse(start), to.Head, from?.Id, diff.FileCount, diff.Files);
        }
        catch (GitException e)
        {
            // git's own words name a folder of this machine.
            throw new PatchUnreadableException(isReader
                ? $"git cannot compare the commits of {to.Id.Short}: {e.Message} "
                    + $"Get all commits with `rad sync --fetch {repository.Repository.Rid}`."
                : $"The commits of {to.Id.Short} cannot be compared here: some of them are missing.", e);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested)
        {
            throw new PatchUnreadableException(
                $"To compare the commits of {to.Id.Short} takes longer than {Patience.TotalSeconds:0} seconds. "
                    + $"Look at it in a clone: git diff {to.Base.Short}...{to.Head.Short}", e);
        }
    }

    private static async Task<string?> StartAsync(string folder, CommitId? main, SeenRevision revision, CancellationToken ct)
    {
        if (main is { } canonical)
        {
            var leaves = await GitDiff.MergeBaseAsync(folder, canonical.Value, revision.Head.Value, ct);
            if (leaves != revision.Head.Value) return leaves;
        }

        return await GitDiff.MergeBaseAsync(folder, revision.Base.Value, revision.Head.Value, ct);
    }

    private static SeenRevision Find(KnownRepository repository, PatchId patch, RevisionId revision)
        => (repository.Patches.GetValueOrDefault(patch) ?? throw new NoPatchException($"No patch {patch.Short} of it is known."))
            .Find(revision) ?? throw new NoPatchException($"The patch {patch.Short} has no revision {revision.Short}.");
}

/// <summary>There is no such patch or revision.</summary>
public sealed class NoPatchException(string detail) : AuxoException("patch/not-found", 404, detail);

/// <summary>A patch is known and cannot be read now; the message says what to do.</summary>
public sealed class PatchUnreadableException(string detail, Exception? inner = null)
    : AuxoException("patch/unreadable", 409, detail, inner);
