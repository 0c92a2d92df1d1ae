using System.Diagnostics.CodeAnalysis;

using Auxo.EventStore;

namespace Auxo.Messaging;

/// <summary>Everything that one run of a handler may be given; the compiled delegates read their arguments from it.</summary>
internal sealed class HandlerInvocation(
    object message, Envelope envelope, IDocumentSession session, IServiceProvider services, DateTimeOffset now,
    CancellationToken cancellationToken)
{
    public object Message { get; } = message;

    public Envelope Envelope { get; } = envelope;

    public IDocumentSession Session { get; } = session;

    public IServiceProvider Services { get; } = services;

    public DateTimeOffset Now { get; } = now;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The aggregate's stream in an aggregate handler, fetched before anything else runs.</summary>
    public IEventStream<object>? Stream { get; set; }

    /// <summary>What <c>Load</c> returned, by type.</summary>
    public Dictionary<Type, object?> Loaded { get; } = [];

    // The members below are called by the compiled expressions.
    public object? Load(Type type) => Loaded.GetValueOrDefault(type);

    [SuppressMessage("Design", "MA0038", Justification = "Called on the invocation by compiled expressions.")]
    public object? Aggregate => Stream?.Aggregate;
}
