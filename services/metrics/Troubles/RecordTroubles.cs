using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Troubles;

/// <summary>Records what went past the rules; the same again changes nothing.</summary>
public static class RecordTroublesHandler
{
    /// <summary>A patch was merged without a pass.</summary>
    public static Events Handle(
        MergedWithoutPass message,
        [WriteAggregate(FromMethod = nameof(KeyOfMergedWithoutPass), Required = false)] RepositoryTroubles? troubles)
        => troubles?.Merges.Any(merge => merge.PatchId == message.PatchId && merge.Commit == message.Commit) is true
            ? []
            : [new TroubleEvent.MergedUnchecked(
                message.Rid, PlainText.Of(message.RepositoryName), message.PatchId, message.Commit, PlainText.Of(message.Reason),
                message.At)];

    /// <summary>A schedule was missed.</summary>
    public static Events Handle(
        ScheduleMissed message,
        [WriteAggregate(FromMethod = nameof(KeyOfScheduleMissed), Required = false)] RepositoryTroubles? troubles)
        => troubles?.Missed.Any(missed => missed.Schedule == PlainText.Of(message.Schedule) && missed.At == message.At) is true
            ? []
            : [new TroubleEvent.SlotsMissed(
                message.Rid, PlainText.Of(message.RepositoryName), PlainText.Of(message.Schedule), message.Count,
                PlainText.Of(message.Reason), message.At)];

    /// <summary>The repository's stream.</summary>
    public static string KeyOfMergedWithoutPass(MergedWithoutPass message) => RepositoryTroubles.StreamKey(message.Rid);

    /// <inheritdoc cref="KeyOfMergedWithoutPass"/>
    public static string KeyOfScheduleMissed(ScheduleMissed message) => RepositoryTroubles.StreamKey(message.Rid);
}
