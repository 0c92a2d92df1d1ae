using Auxo.Contracts;
using Auxo.Ingest.Listening;
using Auxo.Ingest.Receiving;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;
using Auxo.ServiceDefaults.Access;

using JasperFx.Events;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Ingest.Tracking;

/// <summary>Which repository to follow.</summary>
/// <param name="Location">A repository id, a path or a <c>file://</c> address.</param>
/// <param name="Name">For people; plain git only, Radicle's identity says it else.</param>
/// <param name="Branches">Further branches to build; plain git only.</param>
/// <param name="Trusted">Whose own steps run besides the delegates'.</param>
public sealed record TrackRequest(
    string? Location, string? Name = null, IReadOnlyList<string>? Branches = null, IReadOnlyList<string>? Trusted = null);

/// <summary>A followed repository and, the first time, its webhook secret, which is not shown again.</summary>
public sealed record TrackAnswer(RepositoryAnswer Repository, string? Secret);

/// <summary>
/// <c>POST /repositories</c>: follows a repository from now on. Its default branch becomes a fact in the same commit; the
/// patches that are there are only recorded, so a repository with two hundred of them does not start two hundred builds.
/// No command on the bus, since git's storage is read between the look at the stream and the commit.
/// </summary>
public static class TrackRepository
{
    /// <summary>Maps the route.</summary>
    public static void MapTrackRepository(this IEndpointRouteBuilder app)
        => app.MapPost("/repositories", HandleAsync).WithName("TrackRepository").RequireScope(IngestScopes.Write);

    private static async Task<Results<Created<TrackAnswer>, Ok<TrackAnswer>>> HandleAsync(
        TrackRequest request, NodeWatch node, Outbox outbox, RepositoryFolders folders, WebhookSecrets secrets,
        RepositoryAnswers answers, Observer observer, TimeProvider time, CancellationToken ct)
    {
        var location = await RepositoryLocation.ResolveAsync(request.Location?.Trim() ?? "", await node.HomeAsync(ct), ct);
        var trusted = ParseTrusted(request.Trusted);
        if (location.Kind == RepositoryKind.Radicle && request.Branches is { Count: > 0 })
            throw new CannotTrackException(
                "Of a Radicle repository the canonical default branch and the patches are built; further branches can "
                    + "be followed in plain git repositories only.");
        if (request.Branches?.FirstOrDefault(b => !IsBranchName(b)) is { } bad) throw new CannotTrackException(
            $"'{bad}' is no name of a branch.");
        if (request.Name is { Length: > 100 }) throw new CannotTrackException("The name has more than 100 characters.");

        return await LostRace.RetryAsync<Results<Created<TrackAnswer>, Ok<TrackAnswer>>>(async () =>
        {
            await using var work = outbox.Open();
            var stream = await work.Session.Events.FetchForWriting<Repository>(Repository.StreamKey(location.Rid), ct);
            if (stream.Aggregate is { IsTracked: true } already)
            {
                observer.Watch(already);
                return TypedResults.Ok(new TrackAnswer(await answers.OfAsync(already, ct), null));
            }

            var (repository, secret) = await TrackAsync(work, stream, location, folders, request, trusted, time.GetUtcNow(), ct);
            secrets.Remember(location.Rid, secret);
            observer.Watch(repository).Wake(DetectedBy.Sweep);
            return TypedResults.Created(
                $"/repositories/{location.Rid}", new TrackAnswer(await answers.OfAsync(repository, ct), secret));
        });
    }

    private static async Task<(Repository Repository, string Secret)> TrackAsync(
        OutboxSession work, IEventStream<Repository> stream, RepositoryLocation location, RepositoryFolders folders,
        TrackRequest request, IReadOnlyList<Did> trusted, DateTimeOffset now, CancellationToken ct)
    {
        var session = work.Session;
        var wanted = new RepositoryEvent.Tracked(
            location.Rid, string.IsNullOrWhiteSpace(request.Name)
                ? location.Name
                : request.Name.Trim(), location.Kind, folders.LocatorOf(location.Path), location.DefaultBranch,
            request.Branches ?? [], [], trusted, now);
        var before = stream.Aggregate;
        var patches = before is null ? new Dictionary<PatchId, Patch>() : await KnownRepositories.PatchesAsync(session, location.Rid, ct);
        var snapshot = await ReadAsync(new KnownRepository((before ?? new Repository()).Apply(wanted), patches), folders, ct);
        var tracked = wanted with { Name = snapshot.Name, DefaultBranch = snapshot.DefaultBranch, Delegates = snapshot.Delegates };

        var changes = Observe.Baseline(before, patches, tracked, snapshot);
        foreach (var change in changes)
        {
            if (change.Patch is null) stream.AppendMany(change.Events);
            else session.Events.Append(change.Key, change.Events);
            foreach (var message in change.Messages) await work.PublishAsync(message);
        }

        var secret = WebhookSecrets.Generate();
        session.QueueSqlCommand(WebhookSecrets.Write(location.Rid, secret, now));
        await work.SaveChangesAsync(ct);
        return (KnownRepositories.After(new KnownRepository(before ?? new Repository(), patches), changes).Repository, secret);
    }

    private static async Task<RepositorySnapshot> ReadAsync(KnownRepository known, RepositoryFolders folders, CancellationToken ct)
    {
        try
        {
            await using var source = await RepositoryWatch.OpenAsync(known.Repository, folders, ct);
            return await source.ReadAsync(known, ct);
        }
        catch (Exception e) when (e is SourceUnreadableException or NotRadicleException)
        {
            throw new CannotTrackException(e.Message);
        }
    }

    internal static IReadOnlyList<Did> ParseTrusted(IReadOnlyList<string>? trusted)
        => [.. (trusted ?? []).Select(text => Did.TryParse(text, provider: null, out var did)
            ? did
            : throw new CannotTrackException($"'{text}' is no DID; one looks like did:key:z6Mk…. `rad self --did` prints yours."))
                .Distinct()];

    /// <summary>What git allows, roughly, and nothing that could be an option or leave its folder.</summary>
    private static bool IsBranchName(string name)
        => name.Length is > 0 and < 200
            && name[0] is not ('-' or '/' or '.') && !name.EndsWith('/') && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains("//", StringComparison.Ordinal)
                && !name.Any(c => char.IsControl(c) || c is ' ' or '~' or '^' or ':' or '?' or '*' or '[' or '\\');
}
