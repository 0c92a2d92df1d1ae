using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Coverage;

/// <summary>Records the coverage of a default branch.</summary>
public static class RecordCoverageHandler
{
    /// <summary>More languages of one repository are put together: their names come from a runner.</summary>
    private const int MostLanguages = 40;

    /// <summary>It was measured; the same build again changes nothing.</summary>
    public static Events Handle(
        CoverageMeasured message, [WriteAggregate(FromMethod = nameof(KeyOfCoverageMeasured), Required = false)] CoverageFacts? facts)
        => facts?.Newest?.BuildId == message.BuildId || message.Lines <= 0
            ? []
            : [new CoverageEvent.Measured(
                message.Rid, PlainText.Of(message.RepositoryName), message.BuildId, message.Commit, message.Lines, message.Covered,
                message.ChangedLines, message.ChangedCovered, Languages(message.Languages), message.At)];

    /// <summary>The repository's stream.</summary>
    public static string KeyOfCoverageMeasured(CoverageMeasured message) => CoverageFacts.StreamKey(message.Rid);

    private static IReadOnlyList<LanguageCoverage> Languages(IReadOnlyList<LanguageCoverage> languages)
        => [.. languages.Select(static (language, i) => language with
            {
                Language = i < MostLanguages ? PlainText.Of(language.Language) : "other",
            })
            .GroupBy(static language => language.Language, StringComparer.Ordinal)
            .Select(static group => new LanguageCoverage(
                group.Key, group.Sum(static one => one.Lines), group.Sum(static one => one.Covered)))];
}
