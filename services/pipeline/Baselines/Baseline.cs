using System.Text.Json.Serialization;

using Marten.Schema;

namespace Auxo.Pipeline.Baselines;

/// <summary>What of a repository is known and blocks nothing, folded from its events; kept as a document in the same transaction.</summary>
public sealed record Baseline
{
    /// <summary>Of acceptances the newest are kept at hand; all of them are in the stream.</summary>
    private const int MaxAcceptances = 100;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The number of its last event that is in the store.</summary>
    [Version]
    public long Version { get; init; }

    /// <summary>When a build of the default branch set it; null when none has yet, or not since it was reset.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The default branch's commit that it was last compared with; null before the first one.</summary>
    public CommitId? Commit { get; init; }

    /// <summary>With which programs, rules and settings the checks were made.</summary>
    public string Ruling { get; init; } = "";

    /// <summary>Checks that could not be made so far.</summary>
    public IReadOnlyList<string> Unmeasured { get; init; } = [];

    /// <summary>What is known, by file.</summary>
    public IReadOnlyList<KnownFile> Files { get; init; } = [];

    /// <summary>Who accepted what, oldest first.</summary>
    public IReadOnlyList<Acceptance> Acceptances { get; init; } = [];

    /// <summary>How many findings are known.</summary>
    [JsonIgnore]
    public int Known => Files.Sum(static file => file.Findings.Sum(static finding => finding.Count));

    /// <summary>The stream of a repository's baseline.</summary>
    public static string StreamKey(Rid rid) => $"baseline/{rid.Value}";

    /// <summary>The first event.</summary>
    public static Baseline Create(BaselineEvent.Taken e) => new Baseline().Apply(e);

    /// <inheritdoc cref="Create(BaselineEvent.Taken)"/>
    public static Baseline Create(BaselineEvent.Accepted e) => new Baseline().Apply(e);

    /// <summary>One more event.</summary>
    public Baseline Apply(BaselineEvent.Taken e)
        => this with { TakenAt = e.At, ChangedAt = e.At, Commit = e.Commit, Ruling = e.Ruling, Unmeasured = e.Unmeasured, Files = e.Files };

    /// <inheritdoc cref="Apply(BaselineEvent.Taken)"/>
    public Baseline Apply(BaselineEvent.Followed e)
        => this with { ChangedAt = e.At, Commit = e.Commit, Ruling = e.Ruling, Unmeasured = e.Unmeasured, Files = With(e.Changed) };

    /// <inheritdoc cref="Apply(BaselineEvent.Taken)"/>
    public Baseline Apply(BaselineEvent.Accepted e)
        => this with
        {
            ChangedAt = e.At, Files = With(e.Changed),
            Acceptances = [.. Acceptances.TakeLast(MaxAcceptances - 1), new(e.BuildId, e.Commit, e.By, e.Findings, e.At)],
        };

    /// <inheritdoc cref="Apply(BaselineEvent.Taken)"/>
    public Baseline Apply(BaselineEvent.Reset e)
        => this with { TakenAt = null, ChangedAt = e.At, Ruling = "", Unmeasured = [], Files = [], Acceptances = [] };

    /// <summary>The baseline after an event that was just decided; null is one that has none yet.</summary>
    public static Baseline After(Baseline? before, BaselineEvent e)
    {
        var baseline = before ?? new Baseline();
        return e switch
        {
            BaselineEvent.Taken taken => baseline.Apply(taken),
            BaselineEvent.Followed followed => baseline.Apply(followed),
            BaselineEvent.Accepted accepted => baseline.Apply(accepted),
            BaselineEvent.Reset reset => baseline.Apply(reset),
            _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} is no event of a baseline."),
        };
    }

    private IReadOnlyList<KnownFile> With(IReadOnlyList<KnownFile> changed)
    {
        if (changed.Count == 0) return Files;
        var paths = changed.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. Files.Where(file => !paths.Contains(file.Path)).Concat(changed.Where(static file => file.Findings.Count > 0))
            .OrderBy(static file => file.Path, StringComparer.Ordinal)];
    }
}

/// <summary>Somebody said that what a build found is known.</summary>
/// <param name="BuildId">The build.</param>
/// <param name="Commit">What it built.</param>
/// <param name="By">Who.</param>
/// <param name="Findings">How many findings were new until then.</param>
/// <param name="At">When.</param>
public sealed record Acceptance(Guid BuildId, CommitId Commit, string By, int Findings, DateTimeOffset At);
