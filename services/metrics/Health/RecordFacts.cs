using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Health;

/// <summary>Keeps what the other services saw of a repository, when it is news. A message that comes late changes nothing.</summary>
public static class RecordHealthFactsHandler
{
    /// <summary>The same facts are kept again after so long: what was not seen again for days is not known.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(20);

    /// <summary>Its default branch was read.</summary>
    public static Events Handle(
        RepositorySurveyed message,
        [WriteAggregate(FromMethod = nameof(KeyOfRepositorySurveyed), Required = false)] RepositoryHealth? health)
        => health?.Survey is { } known && known.At >= message.At ? [] : [new HealthEvent.Surveyed(
                PlainText.Of(message.RepositoryName), message.Head, message.Ruling, message.Tree, message.Objects, message.At)];

    /// <summary>It was looked how it stands.</summary>
    public static Events Handle(
        StandingObserved message,
        [WriteAggregate(FromMethod = nameof(KeyOfStandingObserved), Required = false)] RepositoryHealth? health)
    {
        var seen = new HealthEvent.Stood(
            PlainText.Of(message.RepositoryName), message.Node, message.Branches, message.BranchCount, message.ForcedHead, message.At);
        return health?.Standing is { } known && (known.At >= seen.At || seen.At - known.At < Again && Same(known, seen)) ? [] : [seen];
    }

    /// <summary>The packages of one repository that are named; the registry names no more.</summary>
    private const int MostOld = 20;

    /// <summary>What it uses was compared with what mirrors know. Numbers that cannot be are not kept.</summary>
    public static Events Handle(
        DependenciesCompared message,
        [WriteAggregate(FromMethod = nameof(KeyOfDependenciesCompared), Required = false)] RepositoryHealth? health)
    {
        if (message is not { Files: >= 0, Newest: >= 0, MinorBehind: >= 0, MajorBehind: >= 0 } || message.Known > message.Count
            || (long)message.Newest + message.MinorBehind + message.MajorBehind != message.Known) return [];
        var seen = new HealthEvent.Compared(
            PlainText.Of(message.RepositoryName), message.Head, message.Files, message.Count, message.Known, message.Newest,
            message.MinorBehind, message.MajorBehind,
            [.. message.Oldest.Take(MostOld).Select(static old => new OldPackage(
                PlainText.Of(old.Ecosystem), PlainText.Of(old.Name), PlainText.Of(old.Version), PlainText.Of(old.NewestVersion)))],
            message.At);
        return health?.Dependencies is { } known && (LateFact.Is(seen.At, known.At) || seen.At - known.At < Again && Same(known, seen))
            ? [] : [seen];
    }

    /// <summary>The stream of the repository's health.</summary>
    public static string KeyOfRepositorySurveyed(RepositorySurveyed message) => RepositoryHealth.StreamKey(message.Rid);

    /// <inheritdoc cref="KeyOfRepositorySurveyed"/>
    public static string KeyOfStandingObserved(StandingObserved message) => RepositoryHealth.StreamKey(message.Rid);

    /// <inheritdoc cref="KeyOfRepositorySurveyed"/>
    public static string KeyOfDependenciesCompared(DependenciesCompared message) => RepositoryHealth.StreamKey(message.Rid);

    private static bool Same(HealthEvent.Compared known, HealthEvent.Compared seen)
        => seen.At >= known.At && known with { At = default, Oldest = [] } == seen with { At = default, Oldest = [] }
            && known.Oldest.SequenceEqual(seen.Oldest);

    private static bool Same(HealthEvent.Stood known, HealthEvent.Stood seen)
        => known with { At = default, Branches = [] } == seen with { At = default, Branches = [] }
            && known.Branches.SequenceEqual(seen.Branches);
}
