namespace Auxo.Notify.Channels;

/// <summary>A channel as everybody may see it: the fold of its stream.</summary>
public sealed record Channel
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>How it delivers.</summary>
    public ChannelKind Kind { get; init; }

    /// <summary>Where it goes, so far as that is no secret.</summary>
    public string Target { get; init; } = "";

    /// <summary>Why it delivers no longer; null while it does.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Until when two secrets sign; null when none was ever exchanged.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>When it was last set up.</summary>
    public DateTimeOffset ConfiguredAt { get; init; }

    /// <summary>False when it was removed.</summary>
    public bool Exists { get; init; }

    /// <summary>The key of a channel's stream.</summary>
    public static string StreamKey(string name) => $"channel/{name}";

    /// <summary>The state after one more event.</summary>
    public Channel Apply(ChannelEvent e) => e switch
    {
        ChannelEvent.Configured x => new Channel
        {
            Name = x.Name, Kind = x.Kind, Target = x.Target, ConfiguredAt = x.At, OldSecretUntil = OldSecretUntil, Exists = true,
        },
        ChannelEvent.SecretRotated x => this with { OldSecretUntil = x.OldUntil },
        ChannelEvent.Disabled x => this with { DisabledReason = x.Reason },
        ChannelEvent.Removed => this with { Exists = false, OldSecretUntil = null },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
