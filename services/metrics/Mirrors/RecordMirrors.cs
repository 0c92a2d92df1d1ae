using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Mirrors;

/// <summary>Records how the mirrors are.</summary>
public static class RecordMirrorsHandler
{
    /// <summary>The registry names no more.</summary>
    private const int Most = 1000;

    /// <summary>It was looked. A late message changes nothing, and neither does that there are still none.</summary>
    public static Events Handle(
        MirrorsObserved message, [WriteAggregate(FromMethod = nameof(KeyOfMirrorsObserved), Required = false)] MirrorFacts? facts)
        => facts is not null && LateFact.Is(message.At, facts.At) || message.Mirrors.Count == 0 && facts is null or { Mirrors.Count: 0 }
            ? []
            : [new MirrorEvent.Observed(
                [.. message.Mirrors.Take(Most).Select(static mirror => mirror with
                    {
                        Repository = PlainText.Of(mirror.Repository), Format = PlainText.Of(mirror.Format),
                    })
                    .DistinctBy(static mirror => mirror.Repository, StringComparer.Ordinal)],
                message.At)];

    /// <summary>The only stream.</summary>
    public static string KeyOfMirrorsObserved(MirrorsObserved message) => MirrorFacts.StreamKey;
}
