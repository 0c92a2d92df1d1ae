using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>
/// What waits to be delivered, and what each deployment takes along: the patches it names; else the heads of the default branch
/// up to its commit, with what came with them; and merges that no head accounts for (squashed ones), which go with the next
/// deployment.
/// </summary>
internal sealed class ChangeLedger
{
    private readonly Dictionary<Oid, Proposal> _proposals = [];
    private readonly Dictionary<Oid, MergeFact> _merges = [];
    private readonly Dictionary<Oid, BranchAdvancedFact> _heads = [];
    private readonly Dictionary<Oid, List<Oid>> _withHead = [];
    private readonly Queue<MergeFact> _loose;
    private readonly HashSet<Oid> _deliveredHeads = [];
    private readonly HashSet<Oid> _deliveredPatches = [];
    private readonly Dictionary<string, string> _deploymentOfTitle = new(StringComparer.Ordinal);
    private readonly List<DeployedChange> _changes = [];
    private readonly bool _revertsFail;

    public ChangeLedger(RepositoryFacts facts)
    {
        _revertsFail = facts.Policy.RevertIsFailure;
        foreach (var r in facts.Revisions)
        {
            _proposals[r.Patch] = _proposals.TryGetValue(r.Patch, out var p)
                ? new Proposal(Min(p.StartedAt, r.FirstCommitAt, r.At), Min(p.OpenedAt, r.At, r.At), r.At > p.TitledAt
                    ? r.Title
                    : p.Title, r.At > p.TitledAt ? r.At : p.TitledAt)
                : new Proposal(Min(r.FirstCommitAt, r.At, r.At), r.At, r.Title, r.At);
        }

        foreach (var m in facts.Merges)
        {
            if (!_merges.TryGetValue(m.Patch, out var known) || m.At < known.At) _merges[m.Patch] = m;
        }

        foreach (var l in facts.BranchAdvances)
        {
            if (!_heads.TryGetValue(l.Commit, out var known) || l.SeenAt < known.SeenAt) _heads[l.Commit] = l;
        }

        _loose = new Queue<MergeFact>(Assign().OrderBy(static m => m.At).ThenBy(static m => m.Patch));
    }

    public List<UntimedChange> Untimed { get; } = [];

    /// <summary>The failures that delivered reverts tell of.</summary>
    public List<Failure> Reverts { get; } = [];

    public bool IsDelivered(Oid head) => _deliveredHeads.Contains(head);

    /// <summary>Hands the deployment what it brings; true when that takes back something that was live.</summary>
    public bool AssignChanges(DeploymentFact deployment)
    {
        var takesBack = false;
        foreach (var patch in deployment.Patches)
        {
            if (_merges.ContainsKey(patch)) Deliver(patch, deployment, head: null);
        }

        var heads = new List<BranchAdvancedFact>();
        for (var head = _heads.GetValueOrDefault(deployment.Commit); head is not null
            && _deliveredHeads.Add(head.Commit); head = head.Old is { } old ? _heads.GetValueOrDefault(old) : null)
            heads.Add(head);
        // Oldest first, so that a revert finds what it takes back.
        for (var i = heads.Count - 1; i >= 0; i--) takesBack |= AssignHead(heads[i], deployment);
        if (deployment.Patches.Count > 0 || deployment.Kind == DeploymentKind.Rollback) return takesBack;
        while (_loose.TryPeek(out var merge) && merge.At <= deployment.At) Deliver(_loose.Dequeue().Patch, deployment, head: null);
        return takesBack;
    }

    public IReadOnlyList<DeployedChange> Delivered() => _changes;

    /// <summary>Reverts on the default branch that are not live yet: what they take back still fails.</summary>
    public IEnumerable<Failure> PendingReverts()
        => _heads.Values.Where(l => !_deliveredHeads.Contains(l.Commit))
            .OrderBy(static l => l.Commit).Select(l => RevertOf(l, recoveredAt: null, by: null)).OfType<Failure>();

    /// <summary>
    /// Which merges came with which head: those it lists, those whose commit it is, those that were seen in the same look. The
    /// first head seen is where counting begins, and lists what was merged long before. Returns the merges that no head
    /// accounts for.
    /// </summary>
    private List<MergeFact> Assign()
    {
        var bySight = _heads.Values.GroupBy(static l => l.SeenAt)
            .ToDictionary(static g => g.Key, static g => g.MinBy(static l => l.Commit)!);
        var listed = new Dictionary<Oid, BranchAdvancedFact>();
        foreach (var l in _heads.Values)
        {
            foreach (var patch in l.Patches.Where(p => l.Old is not null || _merges.ContainsKey(p)))
            {
                if (!listed.TryGetValue(patch, out var other)
                    || (l.SeenAt, l.Commit).CompareTo((other.SeenAt, other.Commit)) < 0) listed[patch] = l;
            }
        }

        var loose = new List<MergeFact>();
        foreach (var m in _merges.Values.Where(m => !listed.ContainsKey(m.Patch)))
        {
            if ((_heads.GetValueOrDefault(m.Commit) ?? bySight.GetValueOrDefault(m.SeenAt)) is { } with) listed[m.Patch] = with;
            else loose.Add(m);
        }

        foreach (var (patch, with) in listed.OrderBy(static e => e.Key))
        {
            if (!_withHead.TryGetValue(with.Commit, out var patches)) _withHead[with.Commit] = patches = [];
            patches.Add(patch);
        }

        return loose;
    }

    private bool AssignHead(BranchAdvancedFact head, DeploymentFact deployment)
    {
        var takesBack = false;
        if (RevertOf(head, deployment.At, deployment.Id) is { } failure && failure.Deployment != deployment.Id)
        {
            Reverts.Add(failure);
            takesBack = true;
        }

        _deploymentOfTitle[head.Title] = deployment.Id;
        if (_withHead.TryGetValue(head.Commit, out var patches))
        {
            foreach (var patch in patches) Deliver(patch, deployment, head);
        }
        else if (head.Old is not null)
        {
            Add(new DeployedChange(head.Commit, head.Title, head.At, head.At, head.At, deployment.At, deployment.Id));
        }

        return takesBack;
    }

    private void Deliver(Oid patch, DeploymentFact deployment, BranchAdvancedFact? head)
    {
        if (!_deliveredPatches.Add(patch)) return;
        if (!_proposals.TryGetValue(patch, out var proposal))
        {
            Untimed.Add(new UntimedChange(patch.Value, deployment.At, deployment.Id, Gap.BeginningUnknown));
            return;
        }

        _deploymentOfTitle[proposal.Title] = deployment.Id;
        // Clamped into order, so that the stages add up to the lead time whatever the clocks said.
        var merged = _merges.TryGetValue(patch, out var merge) ? merge.At : head!.At;
        var opened = proposal.OpenedAt < deployment.At ? proposal.OpenedAt : deployment.At;
        Add(new DeployedChange(
            patch, proposal.Title, proposal.StartedAt, opened, merged < opened
                ? opened
                : merged > deployment.At ? deployment.At
                : merged, deployment.At, deployment.Id));
    }

    private void Add(DeployedChange change)
    {
        if (change.StartedAt > change.DeployedAt) Untimed.Add(
            new UntimedChange(change.Id.Value, change.DeployedAt, change.Deployment, Gap.ClockSkew));
        else _changes.Add(change);
    }

    /// <summary>The failure that a revert tells of; null when it is none, or takes back what was never live.</summary>
    private Failure? RevertOf(BranchAdvancedFact head, DateTimeOffset? recoveredAt, string? by)
    {
        if (!_revertsFail) return null;
        foreach (var patch in _withHead.GetValueOrDefault(head.Commit) ?? [])
        {
            if (_proposals.TryGetValue(patch, out var proposal)
                && FailureOf(proposal.Title, proposal.OpenedAt) is { } failure) return failure;
        }

        return FailureOf(head.Title, head.At);

        Failure? FailureOf(string title, DateTimeOffset noticed)
            => Revert.TitleOf(title) is { } taken && _deploymentOfTitle.TryGetValue(taken, out var deployment)
                ? Failure.Inferred($"revert:{head.Commit.Short}", deployment, title, recoveredAt < noticed
                    ? recoveredAt.Value
                    : noticed, recoveredAt, by)
                : null;
    }

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b, DateTimeOffset c) => a < b ? a < c ? a : c : b < c ? b : c;

    private readonly record struct Proposal(DateTimeOffset StartedAt, DateTimeOffset OpenedAt, string Title, DateTimeOffset TitledAt);
}

/// <summary>git's own words for taking something back.</summary>
internal static class Revert
{
    private const string Prefix = "Revert \"";

    /// <summary>
    /// The title of what is taken back; null for any other title, and for a revert of a revert, which brings something again.
    /// </summary>
    public static string? TitleOf(string title)
        => title.StartsWith(Prefix, StringComparison.Ordinal) && title.EndsWith('"') && title.Length > Prefix.Length + 1
            && title[Prefix.Length..^1] is var taken && !taken.StartsWith(Prefix, StringComparison.Ordinal) ? taken : null;
}
