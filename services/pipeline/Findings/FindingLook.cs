using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Findings;

/// <summary>Somebody has accepted a finding, by an entry of the suppressions file.</summary>
/// <param name="Until">The last day, in UTC; null for good.</param>
/// <param name="By">Who says so.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsFalseAlarm">True when the check is wrong, by that entry.</param>
public sealed record FindingAcceptance(DateOnly? Until, string By, string Reason, bool IsFalseAlarm = false);

/// <summary>Since when a finding has been known without a break, by the events of the baseline.</summary>
/// <param name="At">When.</param>
/// <param name="Commit">By which commit.</param>
/// <param name="BuildId">By which build.</param>
public sealed record KnownSince(DateTimeOffset At, CommitId Commit, Guid BuildId);

/// <summary>One finding that stands in the tree of a commit.</summary>
/// <param name="Mark">What it is known by.</param>
/// <param name="Blob">The content of its file; empty when it is about the whole tree.</param>
/// <param name="Line">From 1; null for the whole file.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Message">One line for people.</param>
public sealed record SeenFinding(Fingerprint Mark, string Blob, int? Line, Severity Severity, string Message)
{
    /// <summary>The commit need not be its cause: it counted as known, or its file is as it was before.</summary>
    public bool WasThere { get; init; }

    /// <summary>It counted as known: somebody has heard of it, whatever the commit did.</summary>
    public bool IsKnown { get; init; }

    /// <summary>How it is accepted; null when it is not.</summary>
    public FindingAcceptance? Accepted { get; init; }

    /// <summary>Only in the first look at a repository.</summary>
    public KnownSince? Since { get; init; }
}

/// <summary>A file of which a check could not see all: what it has found there before may still be there.</summary>
/// <param name="Check">The check.</param>
/// <param name="Path">The file.</param>
public sealed record UnreadFile(string Check, string Path);

/// <summary>A file with owners, by the CODEOWNERS of the commit.</summary>
/// <param name="Path">The file.</param>
/// <param name="Owners">As they are written there.</param>
public sealed record OwnedPath(string Path, IReadOnlyList<string> Owners);

/// <summary>The files that are not as they were when some checks last looked.</summary>
/// <param name="Checks">Those checks: they last looked at the same commit.</param>
/// <param name="Files">The files; none where it is the same commit.</param>
public sealed record TouchedFiles(IReadOnlyList<string> Checks, IReadOnlyList<string> Files);

/// <summary>What a build of a default branch saw; kept beside the build until it ends.</summary>
/// <param name="BuildId">The build.</param>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">What it built.</param>
/// <param name="QueuedAt">When it was queued.</param>
/// <param name="By">The author of the commit, as git names him; null when it cannot be read.</param>
/// <param name="Looked">The checks that looked at everything that they are for.</param>
/// <param name="Off">The checks that the pipeline file switches off.</param>
/// <param name="Findings">What they found in the tree.</param>
public sealed record FindingLook(
    Guid BuildId, Rid Rid, CommitId Commit, DateTimeOffset QueuedAt, string? By, IReadOnlyList<string> Looked,
    IReadOnlyList<string> Off, IReadOnlyList<SeenFinding> Findings)
{
    /// <summary>So many findings of a repository are followed.</summary>
    public const int Most = 100_000;

    /// <summary>The checks of which not all findings are here, for there are more than <see cref="Most"/>.</summary>
    public IReadOnlyList<string> Cut { get; init; } = [];

    /// <summary>Where something may have been overlooked.</summary>
    public IReadOnlyList<UnreadFile> Unread { get; init; } = [];

    /// <summary>What has changed since the look before; a check that is not named has none, or git cannot say.</summary>
    public IReadOnlyList<TouchedFiles> Touched { get; init; } = [];

    /// <summary>Who owns the files of severe findings.</summary>
    public IReadOnlyList<OwnedPath> Owners { get; init; } = [];

    /// <summary>The files that are not as they were when each check last looked.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlySet<string>> ByCheck(IReadOnlyList<TouchedFiles> touched)
    {
        var byCheck = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var part in touched)
        {
            var files = part.Files.ToHashSet(StringComparer.Ordinal);
            foreach (var check in part.Checks) byCheck[check] = files;
        }

        return byCheck;
    }

    /// <summary>With no more than <see cref="Most"/> findings, the worst of them.</summary>
    public FindingLook Limited(int most = Most)
    {
        if (Findings.Count <= most) return this;
        var kept = Findings.OrderByDescending(static seen => seen.Severity)
            .ThenBy(static seen => seen.Mark.Check, StringComparer.Ordinal)
            .ThenBy(static seen => seen.Mark.Path, StringComparer.Ordinal).ThenBy(static seen => seen.Line).ToList();
        return this with
        {
            Findings = [.. kept.Take(most)],
            Cut = [.. kept.Skip(most).Select(static seen => seen.Mark.Check).Distinct(StringComparer.Ordinal)],
        };
    }
}
