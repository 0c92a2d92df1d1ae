using System.Collections.Frozen;

using Marten.Schema;

namespace Auxo.Pipeline.Findings;

/// <summary>Which builds of a default branch have moved the record of its findings, folded from its events.</summary>
public sealed record FindingsRecord
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The number of its last event in the store: of two builds that end at once, one decides again.</summary>
    [Version]
    public long Version { get; init; }

    /// <summary>The newest look of each check.</summary>
    public IReadOnlyDictionary<string, CheckLook> Looks { get; init; } = FrozenDictionary<string, CheckLook>.Empty;

    /// <summary>The stream of a repository's record.</summary>
    public static string StreamKey(Rid rid) => $"findings/{rid.Value}";

    /// <summary>The first event.</summary>
    public static FindingsRecord Create(FindingsEvent.Moved e) => new FindingsRecord().Apply(e);

    /// <summary>One more event.</summary>
    public FindingsRecord Apply(FindingsEvent.Moved e)
    {
        var looks = new Dictionary<string, CheckLook>(Looks, StringComparer.Ordinal);
        foreach (var check in e.Looked) looks[check] = new CheckLook(e.BuildId, e.Commit, e.QueuedAt, e.At);
        foreach (var check in e.Off) looks[check] = new CheckLook(e.BuildId, e.Commit, e.QueuedAt, e.At, IsOff: true);
        return this with { Looks = looks };
    }
}

/// <summary>When a check last looked at a default branch, or was last seen switched off.</summary>
/// <param name="BuildId">In which build.</param>
/// <param name="Commit">At what.</param>
/// <param name="QueuedAt">When the build was queued.</param>
/// <param name="At">When the build ended.</param>
/// <param name="IsOff">True when the pipeline file switches the check off.</param>
public sealed record CheckLook(
    Guid BuildId, CommitId Commit, DateTimeOffset QueuedAt, DateTimeOffset At, bool IsOff = false);
