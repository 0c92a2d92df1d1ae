namespace Auxo.Metrics.Promises;

/// <summary>How a promise stands.</summary>
public enum PromiseState
{
    /// <summary>Too little was measured.</summary>
    NotKnown,

    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>It is not.</summary>
    Broken,
}

/// <summary>Whether promises are kept: a pure function of what was measured.</summary>
public static class ScorePromise
{
    /// <summary>With fewer values nothing is said.</summary>
    public const int Few = 5;

    /// <summary>With fewer values one miss alone uses all of the room: that is no reason to wake anybody.</summary>
    public const int EnoughToWarn = 20;

    /// <summary>The answer to what was measured.</summary>
    /// <param name="rule">What was promised.</param>
    /// <param name="measured">What was measured.</param>
    /// <param name="note">What is left out; null for nothing.</param>
    public static PromiseReport Of(PromiseRule rule, Measured measured, string? note = null)
    {
        var used = measured.N >= Few ? measured.Missed / rule.Room : null;
        var state = used switch { null => PromiseState.NotKnown, <= 1 => PromiseState.Kept, _ => PromiseState.Broken };
        return new PromiseReport(
            rule.Name, rule.Title, rule.Unit, rule.Bound, rule.Room, measured.N, rule.Of, 1 - measured.Missed, measured.P50Seconds,
            measured.P95Seconds, state, used, note);
    }
}
