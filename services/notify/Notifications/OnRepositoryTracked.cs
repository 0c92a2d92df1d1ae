using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>Remembers what a repository is called.</summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Keeps the name.</summary>
    public static void Handle(RepositoryTracked message, IDocumentSession session)
        => session.QueueSqlCommand(KnownNames.Remember(message.Rid, message.Name));
}
