namespace Auxo.Metrics.Alerts;

/// <summary>What can happen to an alert. Stored in stream <c>alert/{rule}/{subject}</c>.</summary>
public abstract record AlertEvent
{
    private AlertEvent()
    {
    }

    /// <summary>Its rule holds, and not for long enough yet.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Subject">Of what.</param>
    /// <param name="Name">The same for people.</param>
    /// <param name="Rid">The repository; null when it is about none.</param>
    /// <param name="Value">What was measured.</param>
    /// <param name="Summary">One line for people.</param>
    /// <param name="At">Since when.</param>
    public sealed record Began(
        string Rule, string Subject, string Name, Rid? Rid, double Value, string Summary, DateTimeOffset At) : AlertEvent;

    /// <summary>It does not hold any more, and nobody was told.</summary>
    /// <param name="At">Since when.</param>
    public sealed record Calmed(DateTimeOffset At) : AlertEvent;

    /// <summary>It has held for long enough.</summary>
    /// <param name="Value">What was measured.</param>
    /// <param name="Summary">One line for people.</param>
    /// <param name="Told">True when notify was told.</param>
    /// <param name="At">When.</param>
    public sealed record Raised(double Value, string Summary, bool Told, DateTimeOffset At) : AlertEvent;

    /// <summary>It is over.</summary>
    /// <param name="Told">True when notify was told.</param>
    /// <param name="At">When.</param>
    public sealed record Cleared(bool Told, DateTimeOffset At) : AlertEvent;

    /// <summary>It goes up and down: nothing more is told until it is calm.</summary>
    /// <param name="Count">So many changes there were.</param>
    /// <param name="At">Since when.</param>
    public sealed record HeldBack(int Count, DateTimeOffset At) : AlertEvent;

    /// <summary>It has been calm, and is told again.</summary>
    /// <param name="Told">True when notify was told how it stands, since that is not what it was told last.</param>
    /// <param name="At">When.</param>
    public sealed record Released(bool Told, DateTimeOffset At) : AlertEvent;
}
