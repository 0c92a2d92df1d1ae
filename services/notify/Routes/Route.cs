using Auxo.Notify.Notifications;

namespace Auxo.Notify.Routes;

/// <summary>Which notifications go to which channels: the fold of its stream.</summary>
public sealed record Route
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name; routes are looked at in the order of their names.</summary>
    public string Name { get; init; } = "";

    /// <summary>Patterns of types.</summary>
    public IReadOnlyList<string> On { get; init; } = [];

    /// <summary>Patterns of ids or names of repositories; none means all.</summary>
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>What is less is not sent.</summary>
    public Level MinLevel { get; init; }

    /// <summary>What it asks besides.</summary>
    public RouteConditions When { get; init; } = RouteConditions.None;

    /// <summary>Where it speaks, no route after it is asked.</summary>
    public bool IsLast { get; init; }

    /// <summary>The channels that get it.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>
    /// The people that get it, each in her own way: names of readers, <c>author</c>, <c>owners</c> and <c>everyone</c>.
    /// </summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>People get it in their digests only.</summary>
    public bool IsForDigest { get; init; }

    /// <summary>When it was last set up.</summary>
    public DateTimeOffset ConfiguredAt { get; init; }

    /// <summary>False when it was removed.</summary>
    public bool Exists { get; init; }

    /// <summary>The key of a route's stream.</summary>
    public static string StreamKey(string name) => $"route/{name}";

    /// <summary>The state after one more event.</summary>
    public Route Apply(RouteEvent e) => e switch
    {
        RouteEvent.Configured x => new Route
        {
            Name = x.Name, On = x.On, Repositories = x.Repositories, MinLevel = x.MinLevel, Channels = x.Channels,
            When = x.When ?? RouteConditions.None, IsLast = x.IsLast, People = x.People ?? [], IsForDigest = x.IsForDigest,
            ConfiguredAt = x.At, Exists = true,
        },
        RouteEvent.Removed => this with { Exists = false },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Why this route does not speak of a notification, for people; null when it does.</summary>
    public string? Silence(Notification notification, Circumstances circumstances)
    {
        if (!On.Any(p => Pattern.Matches(p, notification.Type))) return $"it does not listen to {notification.Type}";
        if (notification.Level < MinLevel) return $"{Words.Of(notification.Level)} is less than {Words.Of(MinLevel)}";
        if (Repositories.Count > 0)
        {
            if (notification.Repository is not { } repository) return "it is about certain repositories, and this is about none";
            if (!Repositories.Any(p => Pattern.Matches(p, repository.Rid) || Pattern.Matches(p, repository.Name)))
                return $"it is not about {repository.Name}";
        }

        return When.Miss(circumstances);
    }

    /// <summary>Why it speaks of one of which it does, for people.</summary>
    public string Reason(Notification notification, Circumstances circumstances)
        => string.Join(", ", (string[])
        [
            $"it listens to {On.First(p => Pattern.Matches(p, notification.Type))}",
            .. Repositories.Count > 0 ? new[] { $"in {notification.Repository?.Name}" } : [],
            .. MinLevel > Level.Info ? new[] { $"from {Words.Of(MinLevel)} on" } : [],
            .. When.Hits(circumstances),
        ]);
}
