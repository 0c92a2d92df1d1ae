using System.Diagnostics;

using Marten;

using Npgsql;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>What Auxo's services need of Marten's sessions beside Marten's own words.</summary>
public static class SessionExtensions
{
    /// <summary>A session without change tracking whose events carry the current trace and span as correlation and causation.</summary>
    public static IDocumentSession TracedSession(this IDocumentStore store)
    {
        var session = store.LightweightSession();
        session.StampTrace();
        return session;
    }

    /// <summary>Adds a statement with positional parameters (<c>$1</c>) and their types to the session's next commit.</summary>
    public static void QueueSqlCommand(this IDocumentOperations session, NpgsqlBatchCommand command)
        => session.QueueOperation(SqlOperation.Of(command));

    internal static void StampTrace(this IDocumentSession session)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } activity) return;
        session.CorrelationId ??= activity.TraceId.ToString();
        session.CausationId ??= activity.SpanId.ToString();
    }
}
