using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>
/// Which deployment brought what a revert takes back: that one failed. The commits that a revert names settle it; where it
/// names none, the title that its own title quotes does (docs/dora.md).
/// </summary>
internal sealed class RevertLedger
{
    private readonly Dictionary<Oid, RevertFact> _reverts = [];
    private readonly Dictionary<Oid, bool> _takesBack = [];
    private readonly HashSet<Oid> _taken = [];
    private readonly HashSet<Oid> _known = [];
    private readonly Dictionary<Oid, DeploymentFact> _deploymentOf = [];
    private readonly Dictionary<string, DeploymentFact> _deploymentOfTitle = new(StringComparer.Ordinal);

    public RevertLedger(IReadOnlyCollection<BranchAdvancedFact> heads)
    {
        // A branch that was written again may bring a commit twice: the first look counts, in whatever order they come.
        foreach (var revert in heads.Where(static h => h.Brought?.Reverts.Count > 0).OrderBy(static h => (h.SeenAt, h.Commit))
            .SelectMany(static h => h.Brought!.Reverts))
        {
            _reverts.TryAdd(revert.Commit, revert);
            _taken.UnionWith(revert.Takes);
        }

        if (_taken.Count > 0) _known.UnionWith(heads.SelectMany(static h => h.Commits).Where(_taken.Contains));
    }

    /// <summary>These commits are live by this deployment, unless an earlier one brought them.</summary>
    public void Bring(IEnumerable<Oid> commits, DeploymentFact deployment)
    {
        foreach (var commit in commits.Where(_taken.Contains)) _deploymentOf.TryAdd(commit, deployment);
    }

    /// <summary>What is called so is live by this deployment.</summary>
    public void Bring(string title, DeploymentFact deployment) => _deploymentOfTitle[title] = deployment;

    /// <summary>The failures that the reverts of a head tell of.</summary>
    /// <param name="head">The head.</param>
    /// <param name="patches">Titles of the patches that came with it, and when they were opened.</param>
    /// <param name="live">The deployment that brought it; null while none did: what it takes back still fails.</param>
    public IReadOnlyList<Failure> Of(
        BranchAdvancedFact head, IReadOnlyList<(string Title, DateTimeOffset OpenedAt)> patches, DeploymentFact? live)
    {
        var proposed = patches.Select(static p => p.OpenedAt).Append(head.At).Min();
        var reverts = (head.Brought?.Reverts ?? []).Reverse().ToList();
        if (reverts.Exists(static r => r.Takes.Count > 0))
            return [.. reverts.SelectMany(r => ById(r, r.AuthoredAt < proposed ? r.AuthoredAt : proposed, live))];

        // Rewritten history repeats what was taken back long ago.
        if (head.Brought?.Gap == BroughtGap.HistoryRewritten) return [];
        return patches.Concat(reverts.Select(static r => (r.Title, r.AuthoredAt))).Append((head.Title, head.At))
            .Select(t => ByTitle(head, t.Item1, t.Item2 < head.At ? t.Item2 : head.At, live)).OfType<Failure>().Take(1).ToList();
    }

    private IEnumerable<Failure> ById(RevertFact revert, DateTimeOffset noticed, DeploymentFact? live)
    {
        if (!TakesBack(revert.Commit))
        {
            // Once more live, and once more to be answered for: by the deployment that brings it again.
            if (live is not null)
            {
                foreach (var again in revert.Takes.SelectMany(r => _reverts.GetValueOrDefault(r)?.Takes ?? []))
                    _deploymentOf[again] = live;
            }

            yield break;
        }

        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var taken in revert.Takes.Where(t => !TakesBack(t)))
        {
            var cause = _deploymentOf.GetValueOrDefault(taken);
            // What no deployment brought yet hurt no user; what the branch had before anything was counted did.
            if (cause is null ? _known.Contains(taken) : cause.Id == live?.Id) continue;
            if (!failed.Add(cause?.Id ?? "")) continue;
            var id = $"revert:{revert.Commit.Short}{(failed.Count > 1 ? $":{taken.Short}" : "")}";
            yield return Failed(id, revert.Title, noticed, cause, live);
        }
    }

    private Failure? ByTitle(BranchAdvancedFact head, string title, DateTimeOffset noticed, DeploymentFact? live)
        => RevertTitle.Taken(title) is { } taken && _deploymentOfTitle.TryGetValue(taken, out var cause) && cause.Id != live?.Id
            ? Failed($"revert:{head.Commit.Short}", title, noticed, cause, live)
            : null;

    /// <summary>From the first sign on, but not before there was something to fail, until it is live.</summary>
    private static Failure Failed(string id, string title, DateTimeOffset noticed, DeploymentFact? cause, DeploymentFact? live)
    {
        if (cause?.At > noticed) noticed = cause.At;
        return Failure.Inferred(id, cause?.Id, title, live?.At < noticed ? live.At : noticed, live?.At, live?.Id);
    }

    /// <summary>False for a commit that brings again what another took back, and for every commit that is no revert.</summary>
    private bool TakesBack(Oid commit)
    {
        if (_takesBack.TryGetValue(commit, out var known)) return known;
        if (!_reverts.TryGetValue(commit, out var revert)) return false;
        if (revert.Takes.Count == 0) return RevertTitle.Taken(revert.Title) is not null;
        // Ids of git cannot name each other in a circle; damaged messages can.
        _takesBack[commit] = false;
        return _takesBack[commit] = revert.Takes.Any(t => !TakesBack(t));
    }
}

/// <summary>git's own words for taking something back.</summary>
internal static class RevertTitle
{
    private const string Prefix = "Revert \"";

    /// <summary>
    /// The title of what is taken back; null for any other title, and for a revert of a revert, which brings something again.
    /// Three times taken back is taken back.
    /// </summary>
    public static string? Taken(string title)
    {
        var depth = 0;
        while (title.AsSpan(depth * Prefix.Length).StartsWith(Prefix, StringComparison.Ordinal)) depth++;
        return depth % 2 == 1 && title.EndsWith('"') && title.Length > Prefix.Length + 1 ? title[Prefix.Length..^1] : null;
    }
}
