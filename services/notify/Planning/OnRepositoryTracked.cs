using Auxo.Contracts;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Planning;

/// <summary>Remembers what a repository is called.</summary>
public static class OnRepositoryTrackedHandler
{
    /// <summary>Keeps the name.</summary>
    public static RememberNames Handle(RepositoryTracked message) => RememberNames.Of(message.Rid, message.Name);
}
