using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Backfilling;

/// <summary>What of the past shall be told.</summary>
/// <param name="Since">Nothing that landed before; null for all of it.</param>
/// <param name="HeadsWereLive">Each head counts as deployed, where passed builds count as deployments; true by default.</param>
/// <param name="DryRun">Only say what there is.</param>
public sealed record BackfillBody(DateTimeOffset? Since = null, bool? HeadsWereLive = null, bool? DryRun = null);

/// <summary>What there is of the past.</summary>
/// <param name="Heads">Heads of the default branch before the first that was seen live, that one included.</param>
/// <param name="Commits">The commits that came with them, of each head the first 2,000.</param>
/// <param name="Patches">Patches that were proposed.</param>
/// <param name="Merges">Patches that were merged.</param>
/// <param name="From">When the oldest head landed; null where there is none.</param>
/// <param name="To">When the newest one did.</param>
/// <param name="Told">False for a dry run.</param>
public sealed record BackfillAnswer(
    int Heads, int Commits, int Patches, int Merges, DateTimeOffset? From, DateTimeOffset? To, bool Told);

/// <summary>
/// <c>POST /repositories/{rid}/backfill</c>: tells metrics what happened before the repository was followed. Again, it tells the same,
/// which changes nothing.
/// </summary>
public static class BackfillRepository
{
    private const int MostOfMessage = 200;
    private const int MostCommitsOfMessage = 10_000;
    private const int MessagesOfCommit = 20;

    /// <summary>Maps the route.</summary>
    public static void MapBackfillRepository(this IEndpointRouteBuilder app)
        => app.MapPost("/repositories/{rid}/backfill", HandleAsync).WithName("BackfillRepository").RequireScope(IngestScopes.Write);

    private static async Task<Ok<BackfillAnswer>> HandleAsync(
        Rid rid, BackfillBody? body, IDocumentStore store, RepositoryFolders folders, Outbox outbox, CancellationToken ct)
    {
        var (repository, first) = await FirstSeenAsync(store, rid, ct);
        var past = first is null ? [] : await ReadAsync(repository, first, folders, body?.Since, ct);
        var told = body?.DryRun != true;
        if (told) await TellAsync(rid, past, body?.HeadsWereLive != false, outbox, ct);
        var heads = past.OfType<DefaultBranchAdvanced>().ToList();
        return TypedResults.Ok(new BackfillAnswer(
            heads.Count, heads.Sum(static h => h.Brought!.Commits.Count), past.OfType<PatchOpened>().Count(),
            past.OfType<PatchMerged>().Count(), heads.Count > 0 ? heads[0].SeenAt : null, heads.Count > 0 ? heads[^1].SeenAt : null, told));
    }

    /// <summary>The head with which following began; null when there was no commit yet.</summary>
    private static async Task<(Repository Repository, RepositoryEvent.BranchAdvanced? First)> FirstSeenAsync(
        IDocumentStore store, Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var repository = await session.LoadAsync<Repository>(Repository.StreamKey(rid), ct) is { IsTracked: true } tracked
            ? tracked : throw new NotTrackedException(rid.Value);
        var events = await session.Events.FetchStreamAsync(Repository.StreamKey(rid), token: ct);
        return (repository, events.Select(static e => e.Data).OfType<RepositoryEvent.BranchAdvanced>()
            .FirstOrDefault(e => e.Branch == repository.DefaultBranch && e.Old is null));
    }

    private static async Task<List<object>> ReadAsync(
        Repository repository, RepositoryEvent.BranchAdvanced first, RepositoryFolders folders, DateTimeOffset? since, CancellationToken ct)
    {
        try
        {
            await using var source = await RepositoryWatch.OpenAsync(repository, folders, ct);
            var heads = await HistoryReader.ReadAsync(source.Path, first.New, ct);
            // As if nothing was known: then the times of first commits are read too.
            var now = await source.ReadAsync(
                new KnownRepository(repository with { Tips = [] }, new Dictionary<PatchId, Patch>()), ct);
            return Within(Replay.Of(repository, heads, now.Patches, first.SeenAt), since);
        }
        catch (Exception e) when (e is SourceUnreadableException or NotRadicleException or GitException)
        {
            throw new CannotTrackException($"The past of {repository.Name} cannot be read: {e.Message}");
        }
    }

    /// <summary>Heads that landed since then, and patches of which something happened since then.</summary>
    private static List<object> Within(IEnumerable<object> all, DateTimeOffset? since)
    {
        var past = all.Where(static m => m is DefaultBranchAdvanced or PatchOpened or PatchRevised or PatchMerged).ToList();
        if (since is not { } from) return past;
        var touched = past.Where(m => SeenAt(m) >= from).Select(PatchOf).OfType<PatchId>().ToHashSet();
        return [.. past.Where(m => PatchOf(m) is { } patch ? touched.Contains(patch) : SeenAt(m) >= from)];
    }

    private static async Task TellAsync(Rid rid, List<object> past, bool headsWereLive, Outbox outbox, CancellationToken ct)
    {
        foreach (var messages in Parts(rid, past, headsWereLive).Chunk(MessagesOfCommit))
        {
            await using var work = outbox.Open();
            foreach (var message in messages) await work.PublishAsync(message);
            await work.SaveChangesAsync(ct);
        }
    }

    private static IEnumerable<HistoryFound> Parts(Rid rid, List<object> past, bool headsWereLive)
    {
        var (part, commits) = (new List<object>(), 0);
        foreach (var message in past)
        {
            part.Add(message);
            commits += (message as DefaultBranchAdvanced)?.Brought?.Commits.Count ?? 0;
            if (part.Count < MostOfMessage && commits < MostCommitsOfMessage) continue;
            yield return Part();
            (part, commits) = ([], 0);
        }

        if (part.Count > 0) yield return Part();
        HistoryFound Part() => new(
            rid, [.. part.OfType<DefaultBranchAdvanced>()], [.. part.OfType<PatchOpened>()], [.. part.OfType<PatchRevised>()],
            [.. part.OfType<PatchMerged>()], headsWereLive);
    }

    private static PatchId? PatchOf(object message) => message switch
    {
        PatchOpened m => m.Revision.PatchId, PatchRevised m => m.Revision.PatchId, PatchMerged m => m.PatchId, _ => null,
    };

    private static DateTimeOffset SeenAt(object message) => message switch
    {
        DefaultBranchAdvanced m => m.SeenAt, PatchOpened m => m.SeenAt, PatchRevised m => m.SeenAt, PatchMerged m => m.SeenAt,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
