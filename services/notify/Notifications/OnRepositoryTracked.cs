using Auxo.Contracts;

namespace Auxo.Notify.Notifications;

/// <summary>Remembers what a repository is called.</summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Keeps the name.</summary>
    public static RememberNames Handle(RepositoryTracked message) => RememberNames.Of(message.Rid, message.Name);
}
