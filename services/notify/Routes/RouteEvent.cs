using Auxo.Notify.Notifications;

namespace Auxo.Notify.Routes;

/// <summary>What happened to one route. Stored in stream <c>route/{name}</c>.</summary>
public abstract record RouteEvent
{
    private RouteEvent()
    {
    }

    /// <summary>It was set up, or set up again.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="On">Patterns of types, such as <c>build.failed</c> or <c>patch.*</c>.</param>
    /// <param name="Repositories">Patterns of ids or names; none means all.</param>
    /// <param name="MinLevel">What is less is not sent.</param>
    /// <param name="Channels">The channels that get it.</param>
    /// <param name="By">The name of the token that asked.</param>
    /// <param name="At">When.</param>
    /// <param name="When">What it asks besides; null for nothing.</param>
    /// <param name="IsLast">Where it speaks, no route after it is asked.</param>
    /// <param name="People">The people that get it, see <see cref="Route.People"/>; null for none.</param>
    /// <param name="IsForDigest">People get it in their digests only.</param>
    public sealed record Configured(
        string Name, IReadOnlyList<string> On, IReadOnlyList<string> Repositories, Level MinLevel,
        IReadOnlyList<string> Channels, string By, DateTimeOffset At, RouteConditions? When = null, bool IsLast = false,
        IReadOnlyList<string>? People = null, bool IsForDigest = false) : RouteEvent;

    /// <summary>It is gone.</summary>
    public sealed record Removed(string By, DateTimeOffset At) : RouteEvent;
}
