using Auxo.Metrics.Deployments;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Changes;

/// <summary>The streams of a part of the past that are there already, and how the repository is counted.</summary>
/// <param name="Changes">Of changes, by their keys.</param>
/// <param name="Deployments">Keys of deployments that were reported.</param>
/// <param name="Policy">How it is counted.</param>
public sealed record KnownPast(
    IReadOnlyDictionary<string, IEventStream<Change>> Changes, IReadOnlySet<string> Deployments, CountingPolicy Policy);

/// <summary>
/// Records what happened before a repository was followed, by the same decisions as what is told when it happens. A part that comes again
/// changes nothing.
/// </summary>
public static class RecordHistoryHandler
{
    /// <summary>Most of it is new; what is there is loaded.</summary>
    public static async Task<KnownPast> LoadAsync(HistoryFound message, IDocumentSession session, CancellationToken ct)
    {
        var keys = Told(message).Select(static t => t.Key).Distinct(StringComparer.Ordinal).ToArray();
        var deployments = message.Heads.Select(h => Deployment.StreamKey(h.Rid, IdOf(h))).ToArray();
        var there = await session.QueryAsync<string>(
            "select id from metrics.mt_streams where id = any(?)", ct, (object)(string[])[.. keys, .. deployments]);
        var known = there.ToHashSet(StringComparer.Ordinal);
        var changes = new Dictionary<string, IEventStream<Change>>(StringComparer.Ordinal);
        foreach (var key in keys.Where(known.Contains)) changes[key] = await session.Events.FetchForWriting<Change>(key, ct);
        var repository = await session.Events.AggregateStreamAsync<Repository>(Repository.StreamKey(message.Rid), token: ct);
        return new KnownPast(changes, known, repository?.Policy ?? CountingPolicy.Default);
    }

    /// <summary>A part of the past.</summary>
    public static AppendedHistory Handle(HistoryFound message, KnownPast known)
        => new(known, Decide(message, known.Changes.ToDictionary(
            static s => s.Key, static s => s.Value.Aggregate, StringComparer.Ordinal)), Deployed(message, known));

    /// <summary>What is new in each stream.</summary>
    /// <param name="message">A part of the past.</param>
    /// <param name="known">What is recorded of its changes; those that are missing are new.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<ChangeEvent>> Decide(
        HistoryFound message, IReadOnlyDictionary<string, Change?> known)
    {
        var (states, events) = (new Dictionary<string, Change>(StringComparer.Ordinal),
            new Dictionary<string, IReadOnlyList<ChangeEvent>>(StringComparer.Ordinal));
        foreach (var (key, e) in Told(message))
        {
            var state = states.GetValueOrDefault(key) ?? known.GetValueOrDefault(key) ?? new Change();
            if (!state.Learns(e)) continue;
            states[key] = state.Apply(e);
            events[key] = [.. events.GetValueOrDefault(key, []), e];
        }

        return events;
    }

    /// <summary>A head that was live when it landed, where nobody reports what is.</summary>
    internal static IReadOnlyList<DeploymentEvent.Deployed> Deployed(HistoryFound message, KnownPast known)
        => !message.HeadsWereLive || known.Policy.Deployments != DeploymentRule.PassedBuild ? []
            :
            [
                .. message.Heads.Where(h => !known.Deployments.Contains(Deployment.StreamKey(h.Rid, IdOf(h))))
                    .Select(static h => RecordDeploymentHandler.Event(new DeploymentReported(
                        h.Rid, IdOf(h), "production", h.New, [], Succeeded: true, DeploymentKind.Planned, null, null, h.SeenAt))),
            ];

    private static string IdOf(DefaultBranchAdvanced head) => $"backfill/{head.New}";

    private static IEnumerable<(string Key, ChangeEvent Event)> Told(HistoryFound m)
        => m.Heads.Select(static h => (RecordChangeHandler.KeyOfDefaultBranchAdvanced(h), RecordChangeHandler.Event(h)))
            .Concat(m.Opened.Select(static o => (RecordChangeHandler.KeyOfPatchOpened(o), RecordChangeHandler.Event(o))))
            .Concat(m.Revised.Select(static r => (RecordChangeHandler.KeyOfPatchRevised(r), RecordChangeHandler.Event(r))))
            .Concat(m.Merged.Select(static p => (RecordChangeHandler.KeyOfPatchMerged(p), RecordChangeHandler.Event(p))));
}

/// <summary>Appends it to the streams.</summary>
/// <param name="Known">The streams that are there.</param>
/// <param name="Events">What is new, by stream.</param>
/// <param name="Deployed">Deployments that are new.</param>
public sealed record AppendedHistory(
    KnownPast Known, IReadOnlyDictionary<string, IReadOnlyList<ChangeEvent>> Events, IReadOnlyList<DeploymentEvent.Deployed> Deployed)
    : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        foreach (var (key, events) in Events)
        {
            if (Known.Changes.TryGetValue(key, out var stream)) stream.AppendMany(events);
            else session.Events.StartStream<Change>(key, events);
        }

        foreach (var deployed in Deployed)
            session.Events.StartStream<Deployment>(Deployment.StreamKey(deployed.Rid, deployed.DeploymentId), deployed);
    }
}
