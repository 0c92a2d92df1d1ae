namespace Auxo.Notify.Readers;

/// <summary>What happened to what is known of a person who reads notifications. Stored in stream <c>reader/{name}</c>.</summary>
public abstract record ReaderEvent
{
    private ReaderEvent()
    {
    }

    /// <summary>It was said who she is, or how she wants to hear of things.</summary>
    /// <param name="Name">What she signs in with.</param>
    /// <param name="Dids">Her Radicle keys.</param>
    /// <param name="Handles">How CODEOWNERS names her, and the groups she is in, without the sign in front.</param>
    /// <param name="Emails">Addresses by which CODEOWNERS may name her.</param>
    /// <param name="Offered">The channels that she may choose from.</param>
    /// <param name="Preferences">How she wants to hear of things.</param>
    /// <param name="By">The name of the token that asked.</param>
    /// <param name="At">When.</param>
    public sealed record Configured(
        string Name, IReadOnlyList<string> Dids, IReadOnlyList<string> Handles, IReadOnlyList<string> Emails,
        IReadOnlyList<string> Offered, Preferences Preferences, string By, DateTimeOffset At) : ReaderEvent;

    /// <summary>Nothing is known of her any more, and what waited for her is gone.</summary>
    public sealed record Removed(string By, DateTimeOffset At) : ReaderEvent;
}
