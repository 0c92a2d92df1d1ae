using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Security;

/// <summary>Records how the findings of a repository were counted.</summary>
public static class RecordFindingsHandler
{
    /// <summary>They were counted; a late message changes nothing, and neither does the same once more on the same day.</summary>
    public static Events Handle(
        FindingsCounted message, [WriteAggregate(FromMethod = nameof(KeyOfFindingsCounted), Required = false)] SecurityFacts? facts)
        => facts is not null && (LateFact.Is(message.At, facts.At) || IsSame(message, facts))
            ? []
            : [new SecurityEvent.Counted(
                message.Rid, PlainText.Of(message.RepositoryName), message.Counts, message.Checks, message.Score, message.At)];

    /// <summary>The repository's stream.</summary>
    public static string KeyOfFindingsCounted(FindingsCounted message) => SecurityFacts.StreamKey(message.Rid);

    private static bool IsSame(FindingsCounted message, SecurityFacts facts)
        => message.At.UtcDateTime.Date == facts.At.UtcDateTime.Date && message.Score == facts.Score
            && message.Counts.SequenceEqual(facts.Counts) && message.Checks.SequenceEqual(facts.Checks);
}
