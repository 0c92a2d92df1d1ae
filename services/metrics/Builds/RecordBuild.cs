using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Builds;

/// <summary>What is recorded of one build.</summary>
public sealed record Build
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>It waited for a runner.</summary>
    public bool IsQueued { get; init; }

    /// <summary>It began.</summary>
    public bool IsStarted { get; init; }

    /// <summary>It has its verdict.</summary>
    public bool IsFinished { get; init; }

    /// <summary>Its stream.</summary>
    public static string StreamKey(Guid buildId) => $"build/{buildId}";

    /// <summary>The state after one more event.</summary>
    public Build Apply(BuildEvent e) => e switch
    {
        BuildEvent.Queued => this with { IsQueued = true },
        BuildEvent.Started => this with { IsStarted = true },
        BuildEvent.Finished => this with { IsFinished = true },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Records builds. The end says all that is counted, so a beginning that comes after it is not even recorded.</summary>
public static class RecordBuildHandler
{
    /// <summary>No verdict needs more of them.</summary>
    private const int MostSteps = 20;

    /// <summary>A build waits.</summary>
    public static Events Handle(
        BuildQueued message, [WriteAggregate(FromMethod = nameof(KeyOfBuildQueued), Required = false)] Build? build)
        => build is { IsQueued: true }
            or { IsFinished: true } ? [] : [new BuildEvent.Queued(message.Subject.Rid, message.Subject.BuildId, message.At)];

    /// <summary>A build runs.</summary>
    public static Events Handle(
        BuildStarted message, [WriteAggregate(FromMethod = nameof(KeyOfBuildStarted), Required = false)] Build? build)
        => build is { IsStarted: true }
            or { IsFinished: true } ? [] : [new BuildEvent.Started(message.Subject.Rid, message.Subject.BuildId, message.At)];

    /// <summary>A build has its verdict.</summary>
    public static Events Handle(
        BuildFinished message, [WriteAggregate(FromMethod = nameof(KeyOfBuildFinished), Required = false)] Build? build)
    {
        if (build is { IsFinished: true }) return [];
        var (subject, failed) = (
            message.Subject, message.Steps.Where(s => s.Blocks && s.Outcome is Outcome.Failed or Outcome.TimedOut or Outcome.Errored));
        return
        [
            new BuildEvent.Finished(
                subject.Rid, subject.BuildId, subject.Trigger, PlainText.Of(subject.Ref), subject.Commit,
                subject.PatchId, message.Outcome, message.QueuedAt,
                message.StartedAt, message.FinishedAt,
                [.. failed.Take(MostSteps).Select(s => new FailedStep(PlainText.Of(s.Step), PlainText.Of(s.Kind), s.Outcome))],
                message.Held),
        ];
    }

    /// <summary>The build's stream.</summary>
    public static string KeyOfBuildQueued(BuildQueued message) => Build.StreamKey(message.Subject.BuildId);

    /// <inheritdoc cref="KeyOfBuildQueued"/>
    public static string KeyOfBuildStarted(BuildStarted message) => Build.StreamKey(message.Subject.BuildId);

    /// <inheritdoc cref="KeyOfBuildQueued"/>
    public static string KeyOfBuildFinished(BuildFinished message) => Build.StreamKey(message.Subject.BuildId);
}
