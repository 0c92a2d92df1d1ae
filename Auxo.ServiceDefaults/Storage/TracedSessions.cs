using Marten;
using Marten.Services;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>Sessions whose events carry the trace id of what began it all, also outside of message handlers.</summary>
internal sealed class TracedSessions(IDocumentStore store) : ISessionFactory
{
    public IQuerySession QuerySession() => store.QuerySession();

    public IDocumentSession OpenSession()
    {
        var session = store.OpenSession(new SessionOptions { Tracking = DocumentTracking.None });
        session.StampTrace();
        return session;
    }
}
