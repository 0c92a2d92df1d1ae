using System.Collections.Immutable;
using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Ingest.Radicle.Cob;

/// <summary>An issue as its signed operations say.</summary>
/// <param name="Id">The issue.</param>
/// <param name="Title">Its present title.</param>
/// <param name="Author">Who opened it.</param>
/// <param name="IsOpen">False when closed.</param>
/// <param name="CloseReason"><c>solved</c> or <c>other</c>; null while open.</param>
/// <param name="Labels">Sorted.</param>
/// <param name="Assignees">Who cares.</param>
/// <param name="Thread">The description, which is the first comment, and the others.</param>
/// <param name="Dropped">Operations that do not count, and why.</param>
public sealed record RadicleIssue(
    CommitId Id, string Title, Did Author, bool IsOpen, string? CloseReason, IReadOnlyList<string> Labels,
    IReadOnlyList<Did> Assignees, Discussion Thread,
    IReadOnlyList<DroppedOperation> Dropped);

/// <summary>Applies the operations of an issue: everybody may comment, the author edits and closes, delegates may do everything.</summary>
public sealed class IssueFold
{
    private readonly PatchContext _context;
    private readonly CobOperation _root;
    private readonly DiscussionFold _thread = new();
    private readonly List<DroppedOperation> _inert = [];
    private string _title = "";
    private (bool IsOpen, string? Reason) _state = (true, null);
    private ImmutableSortedSet<string> _labels = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    private ImmutableSortedSet<string> _assignees = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private IssueFold(CobOperation root, PatchContext context)
    {
        _root = root;
        _context = context;
    }

    /// <summary>The issue that the operations make.</summary>
    /// <exception cref="CobFormatException">The first operation is not that of an issue.</exception>
    public static RadicleIssue Fold(CommitId id, IEnumerable<CobOperation> operations, PatchContext context)
    {
        var graph = new CobGraph(id, operations);
        var fold = new IssueFold(graph.Root, context);
        if (graph.Root.TypeName != CobTypes.Issue
            || graph.Root.Problem is not null || CobJson.Text(graph.Root.Actions[0], "type") != "comment")
            throw new CobFormatException("The first operation of an issue must be a comment.");
        if (fold.Apply(graph.Root) is { } reason) throw new CobFormatException($"The first operation of the issue is refused: {reason}");
        var dropped = graph.Fold(fold.Apply);
        return new RadicleIssue(
            id, fold._title, graph.Root.Author, fold._state.IsOpen, fold._state.Reason, fold._labels,
            [.. fold._assignees.Select(n => Did.Parse(n))],
            fold._thread.ToDiscussion(), [.. fold._inert, .. dropped]);
    }

    private string? Apply(CobOperation by)
    {
        if (by.Resource is null) return "It names no identity.";
        if (by.Problem is not null)
        {
            _inert.Add(new DroppedOperation(by.Id, by.Problem));
            return null;
        }

        try
        {
            foreach (var action in by.Actions)
            {
                if (Act(by, action, _context.DocumentOf(by)?.IsDelegate(by.Author) ?? false) is { } reason) return reason;
            }
        }
        catch (CobFormatException e)
        {
            _inert.Add(new DroppedOperation(by.Id, e.Message));
        }

        return null;
    }

    private string? Act(CobOperation by, JsonElement action, bool isDelegate)
    {
        var type = CobJson.Text(action, "type");
        var mayEdit = isDelegate || by.Author == _root.Author;
        switch (type)
        {
            case "edit" or "lifecycle" when !mayEdit:
                return $"{by.Author} has no right to it.";
            case "edit":
                _title = CobJson.Text(action, "title");
                return null;
            case "lifecycle":
                var state = CobJson.Member(action, "state");
                var isOpen = CobJson.Text(state, "status") == "open";
                _state = (isOpen, isOpen ? null : CobJson.OptionalText(state, "reason"));
                return null;
            case "label":
                var labels = CobJson.List(CobJson.Member(action, "labels"), CobJson.Text);
                if (!isDelegate && !_labels.SetEquals(labels)) return $"{by.Author} has no right to it.";
                _labels = labels.ToImmutableSortedSet(StringComparer.Ordinal);
                return null;
            case "assign":
                var assignees = CobJson.List(CobJson.Member(action, "assignees"), CobJson.Did).Select(d => d.Nid).ToList();
                if (!isDelegate && !_assignees.SetEquals(assignees)) return $"{by.Author} has no right to it.";
                _assignees = assignees.ToImmutableSortedSet(StringComparer.Ordinal);
                return null;
            default:
                return ThreadAction.Parse(action, type, "replyTo", comment: "id") is { } thread
                    ? ActOnThread(by, thread, isDelegate)
                    : Unknown(by, type);
        }
    }

    private string? ActOnThread(CobOperation by, ThreadAction action, bool isDelegate)
    {
        var about = action switch { ThreadAction.Edit e => e.Id, ThreadAction.Redact r => r.Id, _ => default(CommitId?) };
        if (about is { } id && !isDelegate)
        {
            if (!_thread.TryGet(id, out var comment)) return $"The comment {id.Short} is not there.";
            if (comment is null) return null;
            if (comment.Author != by.Author) return $"{by.Author} has no right to it.";
        }

        return action is ThreadAction.Redact
            && about == _root.Id ? "The first comment cannot be redacted." : PatchFold.Act(by, _thread, action);
    }

    private string? Unknown(CobOperation by, string type)
    {
        _inert.Add(new DroppedOperation(by.Id, $"The action '{type}' is unknown."));
        return null;
    }
}
