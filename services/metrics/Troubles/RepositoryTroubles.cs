namespace Auxo.Metrics.Troubles;

/// <summary>What lately went past the rules of a repository.</summary>
public sealed record RepositoryTroubles
{
    /// <summary>Older ones are in the events only.</summary>
    private const int Most = 200;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The repository.</summary>
    public Rid Rid { get; init; }

    /// <summary>For people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Merges without a pass, in the order in which they were told.</summary>
    public IReadOnlyList<UncheckedMerge> Merges { get; init; } = [];

    /// <summary>Missed schedules, in the order in which they were told.</summary>
    public IReadOnlyList<MissedSlots> Missed { get; init; } = [];

    /// <summary>The stream of a repository.</summary>
    public static string StreamKey(Rid rid) => $"troubles/{rid}";

    /// <summary>One more.</summary>
    public RepositoryTroubles Apply(TroubleEvent e) => e switch
    {
        TroubleEvent.MergedUnchecked x => this with
        {
            Rid = x.Rid, Name = x.Name, Merges = [.. Merges.Append(new UncheckedMerge(x.PatchId, x.Commit, x.At)).TakeLast(Most)],
        },
        TroubleEvent.SlotsMissed x => this with
        {
            Rid = x.Rid, Name = x.Name, Missed = [.. Missed.Append(new MissedSlots(x.Schedule, x.Count, x.At)).TakeLast(Most)],
        },
        _ => this,
    };
}

/// <summary>A merge without a pass.</summary>
public sealed record UncheckedMerge(PatchId PatchId, CommitId Commit, DateTimeOffset At);

/// <summary>Times of a schedule that were missed.</summary>
public sealed record MissedSlots(string Schedule, int Count, DateTimeOffset At);
