namespace Auxo.Notify.Channels;

/// <summary>How a channel reaches people or programs.</summary>
public enum ChannelKind
{
    /// <summary>An HTTP POST, signed as Standard Webhooks say.</summary>
    Webhook,

    /// <summary>E-mail through an SMTP server.</summary>
    Email,

    /// <summary>A notification on the desktop of the machine that Auxo runs on.</summary>
    Desktop,

    /// <summary>A channel in Slack, Mattermost or Rocket.Chat, by an incoming webhook.</summary>
    Slack,

    /// <summary>A channel in Discord, by a webhook.</summary>
    Discord,

    /// <summary>A topic at an ntfy server.</summary>
    Ntfy,

    /// <summary>A Matrix room.</summary>
    Matrix,

    /// <summary>A channel in Microsoft Teams, by a workflow.</summary>
    Teams,
}

/// <summary>What happened to one channel. Stored in stream <c>channel/{name}</c>; never with an address, a key or a password.</summary>
public abstract record ChannelEvent
{
    private ChannelEvent()
    {
    }

    /// <summary>It was set up, or set up again; it delivers from now on.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kind">How it delivers.</param>
    /// <param name="Target">Where it goes, so far as that is no secret.</param>
    /// <param name="By">The name of the token that asked.</param>
    /// <param name="At">When.</param>
    public sealed record Configured(string Name, ChannelKind Kind, string Target, string By, DateTimeOffset At) : ChannelEvent;

    /// <summary>It signs with a new secret.</summary>
    /// <param name="OldUntil">Until then it signs with the old one too.</param>
    /// <param name="By">The name of the token that asked.</param>
    /// <param name="At">When.</param>
    public sealed record SecretRotated(DateTimeOffset OldUntil, string By, DateTimeOffset At) : ChannelEvent;

    /// <summary>It delivers no longer, since its receiver wants nothing more.</summary>
    public sealed record Disabled(string Reason, DateTimeOffset At) : ChannelEvent;

    /// <summary>It is gone, and its settings with it.</summary>
    public sealed record Removed(string By, DateTimeOffset At) : ChannelEvent;
}
