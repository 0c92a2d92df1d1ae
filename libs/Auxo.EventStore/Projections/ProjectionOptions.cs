namespace Auxo.EventStore.Projections;

/// <summary>What is derived from events.</summary>
public sealed class ProjectionOptions
{
    private readonly StoreOptions _options;
    private readonly List<Projection> _all = [];

    internal ProjectionOptions(StoreOptions options) => _options = options;

    internal IReadOnlyList<Projection> All => _all;

    /// <summary>Events read at once by the daemon.</summary>
    public int PageSize { get; set; } = 1_000;

    /// <summary>
    /// How long the daemon trusts its wake-ups before it looks by itself. Jittered by a fifth, so that services do not march in
    /// step.
    /// </summary>
    public TimeSpan SlowPoll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Keeps the aggregate <typeparamref name="T"/> as a document, one per stream.</summary>
    public ProjectionOptions Snapshot<T>(SnapshotLifecycle lifecycle)
        where T : class
        => Add(new SnapshotProjection<T>(), lifecycle == SnapshotLifecycle.Inline ? ProjectionLifecycle.Inline : ProjectionLifecycle.Async);

    /// <summary>Declares an aggregate that is folded when it is read, so that what is wrong with it is said at start-up.</summary>
    public ProjectionOptions LiveStreamAggregation<T>()
        where T : class
        => Add(new SnapshotProjection<T>(), ProjectionLifecycle.Live);

    /// <summary>Adds a projection.</summary>
    public ProjectionOptions Add<TProjection>(ProjectionLifecycle lifecycle)
        where TProjection : Projection, new()
        => Add(new TProjection(), lifecycle);

    private ProjectionOptions Add(Projection projection, ProjectionLifecycle lifecycle)
    {
        if (_all.Exists(other => other.Name == projection.Name)) throw new InvalidOperationException(
            $"There are two projections named {projection.Name}.");
        projection.Lifecycle = lifecycle;
        projection.Register(_options.Schema);
        _all.Add(projection);
        return this;
    }
}
