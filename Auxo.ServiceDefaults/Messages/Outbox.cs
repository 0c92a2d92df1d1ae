using Marten;

using Wolverine.Marten.Publishing;
using Wolverine.Runtime;

namespace Auxo.ServiceDefaults.Messages;

/// <summary>Opens units of work outside of message handlers: events, rows and messages commit together or not at all.</summary>
public sealed class Outbox(OutboxedSessionFactory sessions, IWolverineRuntime runtime)
{
    /// <summary>A session whose messages leave with its commit.</summary>
    /// <param name="correlationId">The trace id of what began it all; left out, the current one.</param>
    public OutboxSession Open(string? correlationId = null)
    {
        var context = new MessageContext(runtime);
        if (correlationId is not null) context.CorrelationId = correlationId;
        return new OutboxSession(sessions.OpenSession(context), context);
    }
}

/// <summary>One unit of work of <see cref="Outbox"/>.</summary>
public sealed class OutboxSession : IAsyncDisposable
{
    private readonly MessageContext _context;

    internal OutboxSession(IDocumentSession session, MessageContext context) => (Session, _context) = (session, context);

    /// <summary>What is stored.</summary>
    public IDocumentSession Session { get; }

    /// <summary>Says what began it all where that is known only from what was read; to be said before the first message.</summary>
    /// <param name="correlationId">Its trace id.</param>
    public void Trace(string correlationId) => Session.CorrelationId = _context.CorrelationId = correlationId;

    /// <summary>Sends a message with the next commit to the services that <c>MessageRoutes</c> names.</summary>
    public ValueTask PublishAsync(object message) => _context.PublishAsync(message);

    /// <summary>Commits all in one transaction; the messages leave right after it.</summary>
    public Task SaveChangesAsync(CancellationToken ct) => Session.SaveChangesAsync(ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
