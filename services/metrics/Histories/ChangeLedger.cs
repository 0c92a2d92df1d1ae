using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Histories;

/// <summary>
/// What waits to be delivered, and what each deployment takes along: the patches it names; else the heads of the default branch
/// up to its commit, with what came with them; and merges that no head accounts for (squashed ones), which go with the next
/// deployment.
/// </summary>
internal sealed class ChangeLedger
{
    /// <summary>How far another clock may be ahead of ours before it is called wrong.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>No commit that is delivered now is older: its clock stood at zero.</summary>
    private static readonly DateTimeOffset Oldest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<Oid, Proposal> _proposals = [];
    private readonly Dictionary<Oid, MergeFact> _merges = [];
    private readonly Dictionary<Oid, BranchAdvancedFact> _heads = [];
    private readonly Dictionary<Oid, List<Oid>> _withHead = [];
    private readonly Queue<MergeFact> _loose;
    private readonly HashSet<Oid> _deliveredHeads = [];
    private readonly HashSet<Oid> _passedOver = [];
    private readonly HashSet<Oid> _deliveredPatches = [];
    private readonly Dictionary<Oid, (BranchAdvancedFact Head, int Index)> _inside = [];
    private readonly RevertLedger _reverts;
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

        _reverts = new RevertLedger(_heads.Values);
        LookInside(facts);
        _loose = new Queue<MergeFact>(Assign().OrderBy(static m => m.At).ThenBy(static m => m.Patch));
    }

    public List<UntimedChange> Untimed { get; } = [];

    /// <summary>The failures that delivered reverts tell of.</summary>
    public List<Failure> Reverts { get; } = [];

    /// <summary>True when it is live, or when what replaced it is.</summary>
    public bool IsDelivered(Oid head) => _deliveredHeads.Contains(head) || _passedOver.Contains(head);

    /// <summary>Hands the deployment what it brings; true when that takes back something that was live.</summary>
    public bool AssignChanges(DeploymentFact deployment)
    {
        var takesBack = false;
        foreach (var patch in deployment.Patches)
        {
            if (_merges.ContainsKey(patch)) Deliver(patch, deployment, head: null);
        }

        var heads = new List<BranchAdvancedFact>();
        foreach (var (head, dropped) in Waiting(HeadOf(deployment)))
        {
            if (dropped.Contains(head.Commit))
            {
                // Of a push whose head is gone the rest may have stayed.
                _passedOver.Add(head.Commit);
                _reverts.Bring(head.Commits.Where(c => !dropped.Contains(c)), deployment);
                foreach (var patch in PatchesWith(head).Where(p => _merges.TryGetValue(p, out var m) && !dropped.Contains(m.Commit)))
                    Deliver(patch, deployment, head);
            }
            else if (_deliveredHeads.Add(head.Commit))
            {
                heads.Add(head);
            }
        }

        // Oldest first, so that a revert finds what it takes back.
        for (var i = heads.Count - 1; i >= 0; i--) takesBack |= AssignHead(heads[i], deployment);
        if (deployment.Patches.Count > 0 || deployment.Kind == DeploymentKind.Rollback) return takesBack;
        while (_loose.TryPeek(out var merge) && merge.At <= deployment.At) Deliver(_loose.Dequeue().Patch, deployment, head: null);
        return takesBack;
    }

    public IReadOnlyList<DeployedChange> Delivered() => _changes;

    /// <summary>Reverts on the default branch that are not live yet: what they take back still fails.</summary>
    public IEnumerable<Failure> PendingReverts()
        => Waiting(_heads.Values.MaxBy(static h => (h.SeenAt, h.Commit))).Where(static w => !w.Dropped.Contains(w.Head.Commit))
            .OrderBy(static w => w.Head.Commit).SelectMany(w => RevertsOf(w.Head, live: null));

    /// <summary>
    /// A head and those before it that are not live yet, the newest first, with what the branch had lost since then when it was
    /// written again.
    /// </summary>
    private IEnumerable<(BranchAdvancedFact Head, IReadOnlySet<Oid> Dropped)> Waiting(BranchAdvancedFact? head)
    {
        var (dropped, seen) = (new HashSet<Oid>(), new HashSet<Oid>());
        while (head is not null && !_deliveredHeads.Contains(head.Commit) && seen.Add(head.Commit))
        {
            var before = head.Old is { } old ? _heads.GetValueOrDefault(old) : null;
            yield return (head, dropped);
            dropped.UnionWith(head.Brought?.Dropped ?? []);
            head = before;
        }
    }

    /// <summary>Finds the commits that matter among those that came with a head and are none: merges, and what was deployed.</summary>
    private void LookInside(RepositoryFacts facts)
    {
        var wanted = _merges.Values.Select(static m => m.Commit).Concat(facts.Deployments.Select(static d => d.Commit)).ToHashSet();
        wanted.ExceptWith(_heads.Keys);
        if (wanted.Count == 0) return;
        foreach (var head in _heads.Values.Where(static h => h.Brought is not null).OrderBy(static h => (h.SeenAt, h.Commit)))
        {
            foreach (var (index, commit) in head.Commits.Index())
            {
                if (wanted.Contains(commit)) _inside.TryAdd(commit, (head, index));
            }
        }
    }

    /// <summary>
    /// The newest head that a deployment brings whole. Of a push in whose middle its commit lies it brings the older part: what
    /// that breaks is its doing; the push as a change is delivered with the rest.
    /// </summary>
    private BranchAdvancedFact? HeadOf(DeploymentFact deployment)
    {
        if (_heads.TryGetValue(deployment.Commit, out var head)) return head;
        if (!_inside.TryGetValue(deployment.Commit, out var within)) return null;
        _reverts.Bring(within.Head.Commits.Skip(within.Index), deployment);
        return within.Head.Old is { } old ? _heads.GetValueOrDefault(old) : null;
    }

    /// <summary>
    /// Which merges came with which head: those it lists, those whose commit came with it, those that were seen in the same
    /// look. The first head seen is where counting begins, and lists what was merged long before. Returns the merges that no
    /// head accounts for.
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
            var head = _heads.GetValueOrDefault(m.Commit) ?? _inside.GetValueOrDefault(m.Commit).Head;
            if ((head ?? bySight.GetValueOrDefault(m.SeenAt)) is { } with) listed[m.Patch] = with;
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
        _reverts.Bring(head.Commits, deployment);
        var failures = RevertsOf(head, deployment);
        Reverts.AddRange(failures);
        _reverts.Bring(head.Title, deployment);
        var patches = PatchesWith(head);
        foreach (var patch in patches) Deliver(patch, deployment, head);
        if (patches.Count == 0 ? head.Brought is not { Commits.Count: 0 } : IsOlderThan(head, patches)) AddPush(head, deployment);

        return failures.Count > 0;
    }

    /// <summary>True when a push brought something beside its patches that is older than all of them.</summary>
    private bool IsOlderThan(BranchAdvancedFact head, List<Oid> patches)
        => head is { Old: not null, Brought: { Gap: null, FirstAuthoredAt: { } first } }
            && patches.TrueForAll(p => _proposals.TryGetValue(p, out var proposal) && first < proposal.StartedAt);

    /// <summary>A push as a change: it began when the first of its commits was written.</summary>
    private void AddPush(BranchAdvancedFact head, DeploymentFact deployment)
    {
        if (Unknown(head) is { } gap)
        {
            Untimed.Add(new UntimedChange(head.Commit.Value, deployment.At, deployment.Id, gap));
            return;
        }

        var started = head.Brought is null ? head.At : Earlier(head.Brought.FirstAuthoredAt ?? head.At, head.SeenAt);
        var pushed = Earlier(head.At < started ? started : head.At, deployment.At);
        Add(new DeployedChange(head.Commit, head.Title, started, pushed, pushed, deployment.At, deployment.Id));
    }

    private static Gap? Unknown(BranchAdvancedFact head)
        => head.Old is null ? Gap.BeginningUnknown
            : head.Brought?.FirstAuthoredAt > head.SeenAt + Ahead ? Gap.ClockSkew
            : head.Brought?.Gap switch
            {
                null => null,
                BroughtGap.FirstSeen => Gap.BeginningUnknown,
                BroughtGap.HistoryRewritten => Gap.HistoryRewritten,
                BroughtGap.ObjectsMissing => Gap.ObjectsMissing,
                _ => Gap.TooManyCommits,
            };

    private void Deliver(Oid patch, DeploymentFact deployment, BranchAdvancedFact? head)
    {
        if (!_deliveredPatches.Add(patch)) return;
        if (!_proposals.TryGetValue(patch, out var proposal))
        {
            Untimed.Add(new UntimedChange(patch.Value, deployment.At, deployment.Id, Gap.BeginningUnknown));
            return;
        }

        _reverts.Bring(proposal.Title, deployment);
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
        if (change.StartedAt > change.DeployedAt) Leave(Gap.ClockSkew);
        else if (change.StartedAt < Oldest) Leave(Gap.ImpossibleTime);
        else _changes.Add(change);

        void Leave(Gap gap) => Untimed.Add(new UntimedChange(change.Id.Value, change.DeployedAt, change.Deployment, gap));
    }

    private IReadOnlyList<Failure> RevertsOf(BranchAdvancedFact head, DeploymentFact? live)
        => !_revertsFail ? [] : _reverts.Of(
            head, [.. PatchesWith(head).Where(_proposals.ContainsKey).Select(p => (_proposals[p].Title, _proposals[p].OpenedAt))], live);

    private List<Oid> PatchesWith(BranchAdvancedFact head) => _withHead.GetValueOrDefault(head.Commit) ?? [];

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b, DateTimeOffset c) => a < b ? a < c ? a : c : b < c ? b : c;

    private readonly record struct Proposal(DateTimeOffset StartedAt, DateTimeOffset OpenedAt, string Title, DateTimeOffset TitledAt);
}
