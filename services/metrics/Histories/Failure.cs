using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>One failure, from all that was reported of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Deployment">The deployment that caused it; null when nobody said.</param>
/// <param name="Title">For people.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Over">The times in which it lasted and is over.</param>
/// <param name="OpenSince">Since when it lasts; null when it is over.</param>
/// <param name="IsDismissed">It was none.</param>
/// <param name="IsInferred">Nobody reported it: it follows from a revert or a red default branch.</param>
/// <param name="RecoveredBy">What ended it, where that is known.</param>
public sealed record Failure(
    string Id, string? Deployment, string? Title, DateTimeOffset StartedAt, IReadOnlyList<Interval> Over,
    DateTimeOffset? OpenSince, bool IsDismissed,
    bool IsInferred, string? RecoveredBy)
{
    /// <summary>A failure that nobody reported.</summary>
    public static Failure Inferred(
        string id, string? deployment, string? title, DateTimeOffset startedAt, DateTimeOffset? recoveredAt, string? by)
        => new(
            id, deployment, title, startedAt, recoveredAt is { } end
                ? [new Interval(startedAt, end)]
                : [], recoveredAt is null ? startedAt : null, IsDismissed: false,
            IsInferred: true, by);

    /// <summary>The reported failures, by id. A failure of which only the end was reported has no beginning yet and is left out.</summary>
    public static IReadOnlyList<Failure> Of(IEnumerable<FailureFact> facts)
        => [.. facts.GroupBy(static f => f.Id, StringComparer.Ordinal)
            .OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => FromFacts(g.Key, [.. g])).OfType<Failure>()];

    private static Failure? FromFacts(string id, List<FailureFact> facts)
    {
        var detections = facts.FindAll(static f => f.Transition == FailureTransition.Detected);
        if (detections.Count == 0) return null;
        var began = detections.Min(static f => f.StartedAt is { } start && start < f.At ? start : f.At);
        // The last word on the cause counts; two at once are taken by their text, so that the order of messages does not matter.
        var cause = detections.Where(static f => f.Deployment is not null).MaxBy(static f => (f.At, f.Deployment));
        DateTimeOffset? open = began;
        var dismissed = false;
        var over = new List<Interval>();
        foreach (var next in facts.Where(static f => f.Transition != FailureTransition.Detected)
                     .OrderBy(static f => f.At).ThenBy(static f => f.Transition))
        {
            switch (next.Transition)
            {
                case FailureTransition.Recovered when open is { } start && next.At >= start:
                    over.Add(new Interval(start, next.At));
                    open = null;
                    break;
                case FailureTransition.Reopened when next.At >= began:
                    open ??= next.At;
                    dismissed = false;
                    break;
                case FailureTransition.Dismissed:
                    dismissed = true;
                    break;
            }
        }

        return new Failure(id, cause?.Deployment, detections.MaxBy(static f => (f.At, f.Title))!.Title, began,
            over, open, dismissed, IsInferred: false, RecoveredBy: null);
    }
}

/// <summary>A time, its end not included.</summary>
public readonly record struct Interval(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How long any of them lasted: what overlaps counts once.</summary>
    public static TimeSpan Together(IEnumerable<Interval> intervals)
    {
        var total = TimeSpan.Zero;
        DateTimeOffset? reached = null;
        foreach (var (start, end) in intervals.OrderBy(static i => i.Start))
        {
            var from = reached > start ? reached.Value : start;
            if (end <= from) continue;
            total += end - from;
            reached = end;
        }

        return total;
    }
}

/// <summary>A deployment that failed.</summary>
/// <param name="Deployment">Which.</param>
/// <param name="Failures">What happened, dismissed ones left out.</param>
public sealed record FailedDeployment(LiveDeployment Deployment, IReadOnlyList<Failure> Failures)
{
    /// <summary>True while one of its failures lasts.</summary>
    public bool IsOpen { get; } = Failures.Any(static f => f.OpenSince is not null);

    /// <summary>When it first was seen to fail.</summary>
    public DateTimeOffset FailedAt { get; } = Failures.Min(static f => f.StartedAt);

    /// <summary>When the last of its failures ended; meaningless while it is open.</summary>
    public DateTimeOffset RecoveredAt { get; } = Failures.SelectMany(static f => f.Over)
        .Select(static i => i.End).DefaultIfEmpty(DateTimeOffset.MaxValue).Max();

    /// <summary>How long people were not served.</summary>
    public TimeSpan Recovery { get; } = Interval.Together(Failures.SelectMany(static f => f.Over));

    /// <summary>From the deployment to the end of its failures.</summary>
    public TimeSpan Exposure => RecoveredAt - Deployment.At;

    /// <summary>From the deployment to the first sign of its failure; not negative.</summary>
    public TimeSpan Detection => FailedAt > Deployment.At ? FailedAt - Deployment.At : TimeSpan.Zero;
}
