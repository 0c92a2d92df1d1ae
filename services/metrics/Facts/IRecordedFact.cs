namespace Auxo.Metrics.Facts;

/// <summary>A stored event: all of them say of which repository something became known, and when it happened.</summary>
public interface IRecordedFact
{
    /// <summary>The repository.</summary>
    Rid Rid { get; }

    /// <summary>When it happened.</summary>
    DateTimeOffset At { get; }
}
