using System.Text.Json.Serialization;

using Auxo.Notify.Notifications;
using Auxo.Notify.Times;

namespace Auxo.Notify.Readers;

/// <summary>A person who reads notifications: the fold of her stream.</summary>
public sealed record Reader
{
    /// <summary>In routes: who did it.</summary>
    public const string Author = "author";

    /// <summary>In routes: whose the changed files are.</summary>
    public const string Owners = "owners";

    /// <summary>In routes: all that are known.</summary>
    public const string Everyone = "everyone";

    /// <summary>The key of her stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>What she signs in with.</summary>
    public string Name { get; init; } = "";

    /// <summary>Her Radicle keys.</summary>
    public IReadOnlyList<string> Dids { get; init; } = [];

    /// <summary>How CODEOWNERS names her, and the groups she is in.</summary>
    public IReadOnlyList<string> Handles { get; init; } = [];

    /// <summary>Addresses by which CODEOWNERS may name her.</summary>
    public IReadOnlyList<string> Emails { get; init; } = [];

    /// <summary>The channels that she may choose from.</summary>
    public IReadOnlyList<string> Offered { get; init; } = [];

    /// <summary>How she wants to hear of things.</summary>
    public Preferences Preferences { get; init; } = Preferences.Usual;

    /// <summary>When anything of it was last said.</summary>
    public DateTimeOffset ConfiguredAt { get; init; }

    /// <summary>False when she was removed.</summary>
    public bool Exists { get; init; }

    /// <summary>Her clocks; where this machine does not know her zone any more, UTC.</summary>
    [JsonIgnore]
    public TimeZoneInfo Zone => LocalTime.Zone(Preferences.Zone) ?? TimeZoneInfo.Utc;

    /// <summary>The key of a reader's stream.</summary>
    public static string StreamKey(string name) => $"reader/{name}";

    /// <summary>The state after one more event.</summary>
    public Reader Apply(ReaderEvent e) => e switch
    {
        ReaderEvent.Configured x => new Reader
        {
            Name = x.Name, Dids = x.Dids, Handles = x.Handles, Emails = x.Emails, Offered = x.Offered, Preferences = x.Preferences,
            ConfiguredAt = x.At, Exists = true,
        },
        ReaderEvent.Removed => this with { Exists = false },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether CODEOWNERS means her, or a group that she is in.</summary>
    public bool IsCalled(string owner)
    {
        var bare = owner.TrimStart('@');
        return Handles.Contains(bare, StringComparer.Ordinal) || bare == Name || Dids.Contains(owner, StringComparer.Ordinal)
            || Emails.Contains(owner, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether somebody that a route names is she.</summary>
    public bool IsMeant(string person, Notification n) => person switch
    {
        Author => n.Author is { } author && Dids.Contains(author, StringComparer.Ordinal),
        Owners => n.Owners?.Any(IsCalled) is true,
        Everyone => true,
        _ => person == Name,
    };
}
