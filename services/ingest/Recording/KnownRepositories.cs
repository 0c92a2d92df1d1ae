using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;

using JasperFx.Events;

namespace Auxo.Ingest.Recording;

/// <summary>Reads and writes what is known. One transaction per scan: events, views and messages, all or none.</summary>
public sealed class KnownRepositories(IDocumentStore store, Outbox outbox)
{
    /// <summary>All repositories that are tracked now.</summary>
    public async Task<IReadOnlyList<Repository>> TrackedAsync(CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.Query<Repository>().Where(r => r.IsTracked).OrderBy(r => r.Name).ThenBy(r => r.Id).ToListAsync(ct);
    }

    /// <summary>What is known of a repository; null when it was never tracked.</summary>
    public async Task<KnownRepository?> FindAsync(Rid rid, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Repository>(Repository.StreamKey(rid), ct) is { } repository
            ? new KnownRepository(repository, await PatchesAsync(session, rid, ct))
            : null;
    }

    /// <summary>A repository's patches.</summary>
    public static async Task<IReadOnlyDictionary<PatchId, Patch>> PatchesAsync(IQuerySession session, Rid rid, CancellationToken ct)
        => (await session.QueryAsync<Patch>("where data->>'rid' = ?", ct, rid.Value)).ToDictionary(p => p.PatchId);

    /// <summary>
    /// Decides on what is stored, not on what somebody remembers, and commits. Returns what is known afterwards; the same
    /// object when there was nothing new.
    /// </summary>
    /// <param name="remembered">What the caller remembers: it only says which streams to look at.</param>
    /// <param name="now">What stands in the storage.</param>
    /// <param name="detectedBy">What started the scan.</param>
    /// <param name="seenAt">When.</param>
    /// <param name="ct">Cancels; nothing is written then.</param>
    /// <exception cref="JasperFx.ConcurrencyException">Somebody else wrote meanwhile; read again (<see cref="LostRace"/>).</exception>
    public async Task<KnownRepository> ObserveAsync(
        KnownRepository remembered, RepositorySnapshot now, DetectedBy detectedBy, DateTimeOffset seenAt, CancellationToken ct)
    {
        var expected = Observe.Decide(remembered, now, detectedBy, seenAt);
        if (expected.Count == 0) return remembered;

        await using var work = outbox.Open();
        var events = work.Session.Events;
        var repository = await events.FetchForWriting<Repository>(Repository.StreamKey(remembered.Repository.Rid), ct);
        var streams = new Dictionary<PatchId, IEventStream<Patch>>();
        foreach (var patch in expected.Select(c => c.Patch).OfType<PatchId>())
            streams[patch] = await events.FetchForWriting<Patch>(Patch.StreamKey(remembered.Repository.Rid, patch), ct);

        var patches = new Dictionary<PatchId, Patch>(remembered.Patches);
        foreach (var (id, stream) in streams)
        {
            if (stream.Aggregate is { } patch) patches[id] = patch;
            else patches.Remove(id);
        }

        var stored = new KnownRepository(repository.Aggregate ?? remembered.Repository, patches);
        if (!stored.Repository.IsTracked) return stored;
        var changes = Observe.Decide(stored, now, detectedBy, seenAt).Where(c => c.Patch is not { } id || streams.ContainsKey(id)).ToList();
        foreach (var change in changes)
        {
            if (change.Patch is { } id) streams[id].AppendMany(change.Events);
            else repository.AppendMany(change.Events);
            foreach (var message in change.Messages) await work.PublishAsync(message);
        }

        CrashPoint.Hit("ingest.fact.before_commit");
        await work.SaveChangesAsync(ct);
        CrashPoint.Hit("ingest.fact.committed");
        return After(stored, changes);
    }

    /// <summary>What is known after these changes, as the store's own fold gives it.</summary>
    public static KnownRepository After(KnownRepository known, IReadOnlyList<StreamChange> changes)
    {
        var (repository, patches) = (known.Repository, new Dictionary<PatchId, Patch>(known.Patches));
        foreach (var change in changes)
        {
            if (change.Patch is { } id) patches[id] = change.Events.Cast<PatchEvent>()
                .Aggregate(patches.GetValueOrDefault(id) ?? new Patch(), static (p, e) => p.Apply(e));
            else repository = change.Events.Cast<RepositoryEvent>().Aggregate(repository, static (r, e) => r.Apply(e));
        }

        return new KnownRepository(repository, patches);
    }
}
