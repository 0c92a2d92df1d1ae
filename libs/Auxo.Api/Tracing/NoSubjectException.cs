namespace Auxo.Api.Tracing;

/// <summary>Why nothing is found that a timeline could be about.</summary>
public enum NoSubject
{
    /// <summary>The text names nothing that has a timeline.</summary>
    Unreadable,

    /// <summary>More than one thing fits.</summary>
    Ambiguous,

    /// <summary>Nothing that Auxo knows fits.</summary>
    Unknown,

    /// <summary>Nothing fits, but a service that could know it does not answer.</summary>
    Unasked,
}

/// <summary>Nothing is found that a timeline could be about, or too much.</summary>
/// <param name="why">Which of these.</param>
/// <param name="message">For people.</param>
/// <param name="hint">What to do next.</param>
public sealed class NoSubjectException(NoSubject why, string message, string hint) : Exception(message)
{
    /// <summary>Which of these.</summary>
    public NoSubject Why { get; } = why;

    /// <summary>What to do next.</summary>
    public string Hint { get; } = hint;

    /// <summary>The things that fit, when they are several.</summary>
    public IReadOnlyList<TraceSubject> Fitting { get; init; } = [];

    /// <summary>First digits of what there is, for a guess at what was meant.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];
}
