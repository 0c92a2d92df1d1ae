using System.Collections.Immutable;
using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// Applies the operations of a patch under Radicle's rules: delegates may do everything, the author edits and closes his own
/// patch, everybody may revise, comment, review and react. Pure: what the rules need from outside is in
/// <see cref="PatchContext"/>.
/// </summary>
public sealed class PatchFold
{
    private readonly PatchContext _context;
    private readonly Dictionary<CommitId, RevisionDraft> _revisions = [];
    private readonly Dictionary<CommitId, (CommitId Revision, Did Author)?> _reviews = [];
    private readonly SortedDictionary<string, PatchMerge> _merges = new(StringComparer.Ordinal);
    private readonly List<CommitId> _timeline = [];
    private readonly List<DroppedOperation> _inert = [];
    private readonly CobOperation _root;
    private string _title = "";
    private string _target = "";
    private PatchState _state = PatchState.Of(PatchStatus.Open);
    private ImmutableSortedSet<string> _labels = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    private ImmutableSortedSet<string> _assignees = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private PatchFold(CobOperation root, PatchContext context)
    {
        _root = root;
        _context = context;
    }

    /// <summary>The merges that operations claim: the context must say which of them are true.</summary>
    public static IReadOnlySet<(Did Delegate, CommitId Commit)> ClaimedMerges(IEnumerable<CobOperation> operations)
        => (from operation in operations
            from action in operation.Actions
            where action.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("merge")
            let commit = CobJson.TryOid(action, "commit")
            where commit is not null
            select (operation.Author, commit.Value)).ToHashSet();

    /// <summary>The patch that the operations make.</summary>
    /// <exception cref="CobFormatException">The first operation is not that of a patch.</exception>
    public static RadiclePatch Fold(CommitId id, IEnumerable<CobOperation> operations, PatchContext context)
    {
        var graph = new CobGraph(id, operations);
        var fold = new PatchFold(graph.Root, context);
        fold.Open();
        var dropped = graph.Fold(fold.Apply);
        return fold.ToPatch([.. fold._inert, .. dropped]);
    }

    private void Open()
    {
        var actions = Read(_root) ?? throw new CobFormatException(_inert[^1].Reason);
        if (actions is not [PatchAction.Revise revision, PatchAction.EditTitle edit, ..])
            throw new CobFormatException("The first operation of a patch must be a revision and its title.");
        (_title, _target) = (edit.Title, edit.Target);
        _timeline.Add(_root.Id);
        _revisions[_root.Id] = new RevisionDraft(_root, revision);
        foreach (var action in actions.Skip(2))
        {
            if (TryAct(_root, action) is { } reason) throw new CobFormatException($"The first operation of the patch is refused: {reason}");
        }
    }

    private string? Apply(CobOperation operation)
    {
        _timeline.Add(operation.Id);
        if (operation.Resource is null) return "It names no identity.";
        foreach (var action in Read(operation) ?? [])
        {
            if (TryAct(operation, action) is { } reason) return reason;
        }

        return null;
    }

    /// <summary>
    /// Null when the actions are not readable or of a newer Radicle. Such an operation has no effect but keeps its place: what
    /// builds on it, a later revision perhaps, must not vanish because of it.
    /// </summary>
    private List<PatchAction>? Read(CobOperation operation)
    {
        try
        {
            if (operation.Problem is not null) throw new CobFormatException(operation.Problem);
            if (operation.TypeName != CobTypes.Patch) throw new CobFormatException($"It is of type {operation.TypeName}.");
            var actions = operation.Actions.Select(PatchAction.Parse).ToList();
            if (actions.OfType<PatchAction.Unknown>().FirstOrDefault() is { } unknown)
                _inert.Add(new DroppedOperation(operation.Id, $"The action '{unknown.Type}' is unknown."));
            return actions;
        }
        catch (CobFormatException e)
        {
            _inert.Add(new DroppedOperation(operation.Id, e.Message));
            return null;
        }
    }

    private string? TryAct(CobOperation by, PatchAction action)
    {
        var rights = this.RightsOf(by, action, _context.DocumentOf(by)?.IsDelegate(by.Author) ?? false);
        return rights switch
        {
            PatchRights.Allowed => Act(by, action),
            PatchRights.Unknown => null,
            PatchRights.Missing => "It refers to something that is not there.",
            _ => $"{by.Author} has no right to it.",
        };
    }

    private string? Act(CobOperation by, PatchAction action)
    {
        switch (action)
        {
            case PatchAction.EditTitle edit:
                (_title, _target) = (edit.Title, edit.Target);
                return null;
            case PatchAction.Lifecycle lifecycle:
                if (_state.Status != PatchStatus.Merged && _state.Conflicts.Count == 0) _state = PatchState.Of(lifecycle.Status);
                return null;
            case PatchAction.Label label:
                _labels = label.Labels.ToImmutableSortedSet(StringComparer.Ordinal);
                return null;
            case PatchAction.Assign assign:
                _assignees = assign.Assignees.Select(a => a.Nid).ToImmutableSortedSet(StringComparer.Ordinal);
                return null;
            case PatchAction.Merge merge:
                return Merge(by, merge);
            case PatchAction.Revise revise:
                _revisions[by.Id] = new RevisionDraft(by, revise);
                return null;
            case PatchAction.RevisionEdit edit:
                return With(edit.Revision, r
                    => r.Descriptions = r.Descriptions.Add(new TextEdit(by.Author, by.At, edit.Description, edit.Embeds)));
            case PatchAction.RevisionRedact redact:
                if (redact.Revision == _root.Id) return "The first revision cannot be redacted.";
                return With(redact.Revision, r => r.Redacted = !_merges.Values.Any(m => m.Revision.Value == redact.Revision.Value));
            case PatchAction.RevisionReact react:
                return With(react.Revision, r =>
                {
                    var reaction = new Reaction(by.Author, react.Emoji, react.Location);
                    r.Reactions = react.Active ? r.Reactions.Add(reaction) : r.Reactions.Remove(reaction);
                });
            case PatchAction.Review review:
                return AddReview(by, review);
            case PatchAction.ReviewEdit edit:
                if (edit.Summary is null && edit.Verdict is null) return "The review is empty.";
                return WithReview(edit.Id, r =>
                {
                    if (edit.Summary is not null) r.Summaries = r.Summaries.Add(new TextEdit(by.Author, by.At, edit.Summary, []));
                    (r.Verdict, r.Labels) = (edit.Verdict, edit.Labels);
                    return null;
                });
            case PatchAction.ReviewRedact redact:
                return RedactReview(redact.Id);
            case PatchAction.Thread { OfReview: false } thread:
                return _revisions.TryGetValue(thread.Of, out var revision)
                    ? revision.Redacted ? null : Act(by, revision.Discussion, thread.Action)
                    : $"The revision {thread.Of.Short} is not there.";
            case PatchAction.Thread thread:
                return WithReview(thread.Of, r => Act(by, r.Discussion, thread.Action));
            default:
                return null;
        }
    }

    private static string? Act(CobOperation by, DiscussionFold discussion, ThreadAction action)
        => action switch
        {
            ThreadAction.Comment c => discussion.Add(by, c.Body, c.ReplyTo, c.Location, c.Embeds),
            ThreadAction.Edit e => discussion.Edit(by, e.Id, e.Body, e.Embeds),
            ThreadAction.Redact r => discussion.Redact(by, r.Id),
            ThreadAction.React r => discussion.React(by, r.Id, r.Emoji, r.Active),
            ThreadAction.Resolve r => discussion.Resolve(by, r.Id, r.Resolved),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private string? Merge(CobOperation by, PatchAction.Merge merge)
    {
        if (!_revisions.TryGetValue(merge.Revision, out var revision)) return $"The revision {merge.Revision.Short} is not there.";

        // The delegate's branch may have moved away since: then the merge does not count, but neither is it an error.
        if (revision.Redacted || !_context.IsMerged(by.Author, merge.Commit)) return null;
        _merges[by.Author.Nid] = new PatchMerge(by.Author, RevisionId.Parse(merge.Revision.Value), merge.Commit, by.At);
        var threshold = _context.DocumentOf(by)!.Threshold;
        var quorum = _merges.Values.GroupBy(m => (m.Revision, m.Commit)).Where(g => g.Count() >= threshold).Select(g => g.Key).ToList();
        _state = quorum switch
        {
            [] => _state,
            [var (merged, commit)] => new PatchState(PatchStatus.Merged, merged, commit, []),
            _ => new PatchState(PatchStatus.Open, null, null, quorum),
        };
        return null;
    }

    private string? AddReview(CobOperation by, PatchAction.Review review)
    {
        // A second review by the same person and one of a redacted revision are ignored, as Radicle does.
        if (!_revisions.TryGetValue(review.Revision, out var revision)
            || revision.Redacted || revision.Reviews.ContainsKey(by.Author.Nid)) return null;
        revision.Reviews[by.Author.Nid] = new ReviewDraft(by, review);
        _reviews[by.Id] = (review.Revision, by.Author);
        return null;
    }

    private string? RedactReview(CommitId id)
    {
        if (!_reviews.TryGetValue(id, out var place)) return $"The review {id.Short} is not there.";
        if (place is not { } known || _revisions[known.Revision].Redacted) return null;
        _revisions[known.Revision].Reviews.Remove(known.Author.Nid);
        _reviews[id] = null;
        return null;
    }

    private string? With(CommitId revision, Action<RevisionDraft> change)
    {
        if (!_revisions.TryGetValue(revision, out var draft)) return $"The revision {revision.Short} is not there.";
        if (!draft.Redacted) change(draft);
        return null;
    }

    private string? WithReview(CommitId id, Func<ReviewDraft, string?> change)
        => !_reviews.ContainsKey(id) ? $"The review {id.Short} is not there." : FindReview(id) is { } found ? change(found.Review) : null;

    internal bool HasReview(CommitId id) => _reviews.ContainsKey(id);

    internal (RevisionDraft Revision, ReviewDraft Review)? FindReview(CommitId id)
        => _reviews.GetValueOrDefault(id) is { } place && _revisions[place.Revision] is { Redacted: false } revision
            ? (revision, revision.Reviews[place.Author.Nid])
            : null;

    internal RevisionDraft? FindRevision(CommitId id) => _revisions.GetValueOrDefault(id);

    internal Did Author => _root.Author;

    internal bool HasLabels(IReadOnlyList<string> labels) => _labels.SetEquals(labels);

    private RadiclePatch ToPatch(IReadOnlyList<DroppedOperation> dropped)
        => new(
            PatchId.Parse(_root.Id.Value), _title, _root.Author, _root.Alias, _target, _state, _labels,
            [.. _assignees.Select(n => Did.Parse(n))],
            [.. _merges.Values], [.. _timeline.Where(_revisions.ContainsKey).Select(id => _revisions[id].ToRevision())],
            _timeline, dropped);
}
