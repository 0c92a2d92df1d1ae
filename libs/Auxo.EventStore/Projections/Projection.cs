namespace Auxo.EventStore.Projections;

/// <summary>When a projection is computed.</summary>
public enum ProjectionLifecycle
{
    /// <summary>In the transaction that appends: always up to date.</summary>
    Inline,

    /// <summary>By the daemon, milliseconds after the commit.</summary>
    Async,

    /// <summary>When it is read; nothing is stored.</summary>
    Live,
}

/// <summary>When a snapshot is written.</summary>
public enum SnapshotLifecycle
{
    /// <summary>In the transaction that appends.</summary>
    Inline,

    /// <summary>By the daemon.</summary>
    Async,
}

/// <summary>
/// Folds events into documents of one type. Derive from <see cref="SingleStreamProjection{TDoc,TId}"/> or
/// <see cref="MultiStreamProjection{TDoc,TId}"/>.
/// </summary>
public abstract class Projection
{
    private protected Projection()
    {
    }

    /// <summary>
    /// What the progress is kept under and <c>auxo projections rebuild</c> is told; by default the projection's (or snapshot's)
    /// type name.
    /// </summary>
    public virtual string Name => GetType().Name;

    /// <summary>When it is computed.</summary>
    public ProjectionLifecycle Lifecycle { get; internal set; }

    internal abstract Type DocumentType { get; }

    /// <summary>One document per stream, whose id is the stream's key.</summary>
    internal abstract bool SingleStream { get; }

    internal abstract bool NeedsMetadata { get; }

    internal string ShardName => $"{Name}:All";

    internal abstract void Register(SchemaOptions schema);

    internal abstract void Validate(EventOptions events);

    internal abstract bool Handles(Type eventType);

    /// <summary>The ids of the documents that an event changes.</summary>
    internal abstract IEnumerable<string> Keys(IEvent @event);

    internal abstract object? Apply(object? state, IEvent @event);
}

/// <summary>
/// One document per stream, folded by <c>Create(E)</c>, <c>Apply(E, TDoc)</c> and <c>ShouldDelete(E, TDoc)</c> of the derived class, where
/// <c>E</c> may be <c>IEvent&lt;E&gt;</c>. They must be pure: a rebuild calls them again.
/// </summary>
public abstract class SingleStreamProjection<TDoc, TId> : Projection
    where TDoc : class
    where TId : notnull
{
    private Aggregator<TDoc>? _aggregator;

    internal override Type DocumentType => typeof(TDoc);

    internal override bool SingleStream => true;

    internal override bool NeedsMetadata => Aggregator.NeedsMetadata;

    private Aggregator<TDoc> Aggregator => _aggregator ??= CreateAggregator();

    internal override void Register(SchemaOptions schema)
    {
        if (Lifecycle != ProjectionLifecycle.Live) schema.EnsureFor<TDoc>();
    }

    internal override void Validate(EventOptions events) => Aggregator.Validate(events.Types);

    internal override bool Handles(Type eventType) => Aggregator.Handles(eventType);

    internal override IEnumerable<string> Keys(IEvent @event) => [@event.StreamKey];

    internal override object? Apply(object? state, IEvent @event) => Aggregator.Apply((TDoc?)state, @event);

    private protected virtual Aggregator<TDoc> CreateAggregator() => new(this);
}

/// <summary>The aggregate itself, by its own <c>Create</c>, <c>Apply</c> and <c>ShouldDelete</c>.</summary>
internal sealed class SnapshotProjection<T> : SingleStreamProjection<T, string>
    where T : class
{
    public override string Name => typeof(T).Name;

    private protected override Aggregator<T> CreateAggregator() => new();
}

/// <summary>
/// Documents that are fed from many streams: the derived class says in its constructor which document an event belongs to
/// (<see cref="Identity{TEvent}"/>, <see cref="Identities{TEvent}"/>) and folds as <see cref="SingleStreamProjection{TDoc,TId}"/> does.
/// An event of a type without identity is not looked at.
/// </summary>
public abstract class MultiStreamProjection<TDoc, TId> : Projection
    where TDoc : class
    where TId : notnull
{
    private readonly List<(Type EventType, Func<IEvent, IEnumerable<TId>> Keys)> _identities = [];
    private Aggregator<TDoc>? _aggregator;

    internal override Type DocumentType => typeof(TDoc);

    internal override bool SingleStream => false;

    internal override bool NeedsMetadata => true;

    private Aggregator<TDoc> Aggregator => _aggregator ??= new(this);

    /// <summary>
    /// An event belongs to one document. <typeparamref name="TEvent"/> is the event, a base of it, or <c>IEvent&lt;E&gt;</c>,
    /// of which only data and stream may be used here: position, version and time are not known yet when the projection is
    /// inline.
    /// </summary>
    protected void Identity<TEvent>(Func<TEvent, TId> identity)
        where TEvent : class
        => Identities<TEvent>(e => [identity(e)]);

    /// <summary>An event belongs to several documents.</summary>
    protected void Identities<TEvent>(Func<TEvent, IEnumerable<TId>> identities)
        where TEvent : class
    {
        if (typeof(TEvent) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(IEvent<>))
            _identities.Add((type.GetGenericArguments()[0], e => identities((TEvent)e)));
        else
            _identities.Add((typeof(TEvent), e => identities((TEvent)e.Data)));
    }

    internal override void Register(SchemaOptions schema)
    {
        if (Lifecycle == ProjectionLifecycle.Live) throw new InvalidOperationException(
            $"{Name} is fed from many streams and cannot be computed live; make it Inline or Async.");
        schema.EnsureFor<TDoc>();
    }

    internal override void Validate(EventOptions events)
    {
        Aggregator.Validate(events.Types);
        if (_identities.Count == 0) throw new InvalidOperationException(
            $"{GetType()} says nowhere which document an event belongs to: call Identity<E>(…) in its constructor.");
    }

    internal override bool Handles(Type eventType)
        => _identities.Exists(i => eventType.IsAssignableTo(i.EventType)) && Aggregator.Handles(eventType);

    internal override IEnumerable<string> Keys(IEvent @event)
    {
        var type = @event.Data.GetType();
        return _identities.Where(i => type.IsAssignableTo(i.EventType))
            .SelectMany(i => i.Keys(@event)).Select(id => id.ToString()!).Distinct(StringComparer.Ordinal);
    }

    internal override object? Apply(object? state, IEvent @event) => Aggregator.Apply((TDoc?)state, @event);
}
