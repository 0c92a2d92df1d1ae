namespace Auxo.Metrics.Health;

/// <summary>
/// What became known of a repository's health. Stored in stream <c>health/{rid}</c>: facts, and the score that they gave.
/// </summary>
public abstract record HealthEvent
{
    private HealthEvent()
    {
    }

    /// <summary>Its default branch was read: see <see cref="RepositorySurveyed"/>.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Head">The commit that was read.</param>
    /// <param name="Ruling">How it was read.</param>
    /// <param name="Tree">Its files.</param>
    /// <param name="Objects">What git keeps; null until it was looked through for the first time.</param>
    /// <param name="At">When it was read.</param>
    public sealed record Surveyed(
        string Name, CommitId Head, string Ruling, TreeSurvey Tree, ObjectSurvey? Objects, DateTimeOffset At) : HealthEvent;

    /// <summary>It was looked how it stands on its node and among its branches: see <see cref="StandingObserved"/>.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Node">Its node and the others; null without Radicle.</param>
    /// <param name="Branches">Branches that the default branch does not contain, the oldest first.</param>
    /// <param name="BranchCount">How many there are.</param>
    /// <param name="ForcedHead">True when anybody who can push may rewrite the default branch.</param>
    /// <param name="At">When it was looked at.</param>
    public sealed record Stood(
        string Name, NodeStanding? Node, IReadOnlyList<LooseBranch> Branches, int BranchCount, bool? ForcedHead, DateTimeOffset At)
        : HealthEvent;

    /// <summary>What it uses was compared with the newest that mirrors know: see <see cref="DependenciesCompared"/>.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Head">The commit whose lock files were read.</param>
    /// <param name="Files">How many of them could be read.</param>
    /// <param name="Count">How many packages it uses itself.</param>
    /// <param name="Known">Of how many of them a newest version is known.</param>
    /// <param name="Newest">How many are that.</param>
    /// <param name="MinorBehind">How many are older, and have its first number.</param>
    /// <param name="MajorBehind">How many have a lower first number.</param>
    /// <param name="Oldest">Of these the ones that are furthest behind; at most twenty.</param>
    /// <param name="At">When it was compared.</param>
    public sealed record Compared(
        string Name, CommitId Head, int Files, int Count, int Known, int Newest, int MinorBehind, int MajorBehind,
        IReadOnlyList<OldPackage> Oldest, DateTimeOffset At) : HealthEvent;

    /// <summary>It was scored: when the score or a check changed, and once a day.</summary>
    /// <param name="Score">0 to 100.</param>
    /// <param name="Ruling">By which checks: scores of another ruling are not comparable.</param>
    /// <param name="Categories">The points of each category.</param>
    /// <param name="Lost">The checks that did not earn all their points.</param>
    /// <param name="Told">The band that people were told of last.</param>
    /// <param name="At">When.</param>
    public sealed record Scored(
        int Score, int Ruling, IReadOnlyList<CategoryScore> Categories, IReadOnlyList<string> Lost, HealthBand Told, DateTimeOffset At)
        : HealthEvent;
}

/// <summary>The points of one category.</summary>
/// <param name="Category">Which.</param>
/// <param name="Points">Earned; null when nothing of it is known.</param>
/// <param name="Max">What it is worth.</param>
public sealed record CategoryScore(HealthCategory Category, double? Points, double Max);

/// <summary>What the checks are about.</summary>
public enum HealthCategory
{
    /// <summary>Findings, secrets, scans.</summary>
    Security,

    /// <summary>How builds go.</summary>
    Ci,

    /// <summary>The node, its peers, replicas.</summary>
    Radicle,

    /// <summary>What git keeps, branches, patches.</summary>
    Git,

    /// <summary>What readers look for.</summary>
    Documentation,

    /// <summary>The code itself.</summary>
    Quality,
}

/// <summary>A word for a score.</summary>
public enum HealthBand
{
    /// <summary>Less than 50.</summary>
    Critical,

    /// <summary>50 and more.</summary>
    NeedsAttention,

    /// <summary>70 and more.</summary>
    Good,

    /// <summary>90 and more.</summary>
    Excellent,
}
