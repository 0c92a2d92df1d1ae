using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// Applies the operations of an identity. It needs to trust nobody: the repository's id is the hash of the first document, the
/// first document names its delegates, and each later one must be signed by a majority of the delegates before it.
/// </summary>
public sealed class IdentityFold
{
    private readonly CobGraph _graph;
    private readonly IReadOnlyDictionary<CommitId, IdentityDocument> _documents;
    private readonly Dictionary<CommitId, IdentityRevision?> _revisions = [];
    private readonly Dictionary<Did, CommitId> _heads = [];
    private readonly List<CommitId> _timeline = [];
    private CommitId _current;

    private IdentityFold(CobGraph graph, IReadOnlyDictionary<CommitId, IdentityDocument> documents)
    {
        _graph = graph;
        _documents = documents;
    }

    private IdentityRevision Current => _revisions[_current]!;

    /// <summary>The blobs that the operations propose as documents.</summary>
    public static IEnumerable<CommitId> ProposedBlobs(IEnumerable<CobOperation> operations)
        => operations.SelectMany(o => o.Actions).Select(a => CobJson.TryOid(a, "blob")).OfType<CommitId>().Distinct();

    /// <summary>The identity that the operations make.</summary>
    /// <param name="root">The first operation.</param>
    /// <param name="operations">All operations, the root included.</param>
    /// <param name="documents">The documents among <see cref="ProposedBlobs"/> that could be read.</param>
    /// <exception cref="CobFormatException">The first operation does not found a repository.</exception>
    public static RadicleIdentity Fold(
        CommitId root, IEnumerable<CobOperation> operations, IReadOnlyDictionary<CommitId, IdentityDocument> documents)
    {
        var fold = new IdentityFold(new CobGraph(root, operations), documents);
        fold.Found();
        var dropped = fold._graph.Fold(fold.Apply);
        var rid = Rid.Parse("rad:" + Base58.Encode(Convert.FromHexString(fold._revisions[root]!.Document.Blob.Value)));
        return new RadicleIdentity(
            rid, root, fold._current, fold.Current.Document,
            [.. fold._timeline.Distinct().Select(id => fold._revisions.GetValueOrDefault(id)).OfType<IdentityRevision>()],
            fold._timeline, dropped);
    }

    private void Found()
    {
        var root = _graph.Root;
        if (root.Problem is not null
            || root.TypeName != CobTypes.Identity || root.Actions is not [var action] || CobJson.Text(action, "type") != "revision"
            || CobJson.Optional(action, "parent") is not null)
            throw new CobFormatException("The first operation is not that of an identity.");
        var revision = Propose(root, action);
        if (revision.Document.Delegates[0] != root.Author) throw new CobFormatException("The founder is not the first delegate.");
        VerifyVote(revision.Document, root.Author, revision.Document.Blob, revision.Votes[0].Signature!);
        _revisions[root.Id] = revision with { State = IdentityRevisionState.Accepted };
        _current = root.Id;
        foreach (var did in revision.Document.Delegates) _heads[did] = root.Id;
        _timeline.Add(root.Id);
    }

    private string? Apply(CobOperation by)
    {
        if (by.Problem is not null) return by.Problem;
        if (by.TypeName != CobTypes.Identity) return $"It is of type {by.TypeName}.";
        foreach (var action in by.Actions)
        {
            try
            {
                var refusal = Act(by, action);
                if (refusal is not null && !(refusal.Late && _graph.HasConcurrent(by))) return refusal.Reason;
            }
            catch (CobFormatException e)
            {
                return e.Message;
            }

            _timeline.Add(by.Id);
        }

        return null;
    }

    private Refusal? Act(CobOperation by, JsonElement action)
    {
        if (!Current.Document.IsDelegate(by.Author)) return new Refusal($"{by.Author} is no delegate.", Late: true);
        var type = CobJson.Text(action, "type");
        if (type == "revision") return AddRevision(by, action);
        var id = CobJson.Oid(action, "revision");
        if (!_revisions.TryGetValue(id, out var revision)) return new Refusal($"The revision {id.Short} is not there.");
        if (revision is null) return null;
        switch (type)
        {
            case "revision.accept" or "revision.reject" or "revision.edit" when revision.State != IdentityRevisionState.Active:
                return type == "revision.edit" && id == _current
                    ? new Refusal("The document that holds cannot be edited.")
                    : new Refusal("The revision is not open for votes.", Late: true);
            case "revision.accept":
                var signature = CobJson.Text(action, "signature");
                VerifyVote(Current.Document, by.Author, revision.Document.Blob, signature);
                _heads[by.Author] = id;
                return Vote(revision, new IdentityVote(by.Author, signature));
            case "revision.reject":
                return Vote(revision, new IdentityVote(by.Author, Signature: null));
            case "revision.edit":
                if (revision.Author != by.Author) return new Refusal("Only its author may edit a revision.");
                _revisions[id] = revision with { Title = CobJson.Text(action, "title"),
                    Description = CobJson.OptionalText(action, "description") ?? "" };
                return null;
            case "revision.redact":
                if (revision.State == IdentityRevisionState.Accepted) return new Refusal(
                    "An accepted revision cannot be redacted.", Late: true);
                if (revision.Author != by.Author) return new Refusal("Only its author may redact a revision.");
                _revisions[id] = null;
                return null;
            default:
                return new Refusal($"The action '{type}' is unknown.");
        }
    }

    private Refusal? AddRevision(CobOperation by, JsonElement action)
    {
        var revision = Propose(by, action);
        if (revision.Parent is not { } parentId) return new Refusal("The revision has no parent.");
        if (!_revisions.TryGetValue(parentId, out var parent)) return new Refusal($"The revision {parentId.Short} is not there.");
        if (parent is null) return null;
        var isCurrent = parentId == _current;
        if (isCurrent && parent.Document.Blob == revision.Document.Blob) return new Refusal("The document did not change.");
        VerifyVote(parent.Document, by.Author, revision.Document.Blob, revision.Votes[0].Signature!);
        _heads[by.Author] = by.Id;
        _revisions[by.Id] = revision with { State = isCurrent ? IdentityRevisionState.Active : IdentityRevisionState.Stale };
        if (isCurrent) Adopt(by.Id);
        return null;
    }

    private Refusal? Vote(IdentityRevision revision, IdentityVote vote)
    {
        if (revision.Votes.Any(v => v.Delegate == vote.Delegate)) return new Refusal("Every delegate has one vote.");
        var votes = revision.Votes.Append(vote).OrderBy(v => v.Delegate.Nid, StringComparer.Ordinal).ToList();
        var hopeless = votes.Count(v => v.Signature is null) > revision.Document.Delegates.Count - revision.Document.Majority;
        _revisions[revision.Id] = revision with { Votes = votes, State = hopeless ? IdentityRevisionState.Rejected : revision.State };
        if (vote.Signature is not null) Adopt(revision.Id);
        return null;
    }

    private void Adopt(CommitId id)
    {
        if (_current == id || _heads.Values.Count(head => head == id) < Current.Document.Majority) return;
        _current = id;
        _revisions[id] = Current with { State = IdentityRevisionState.Accepted };
        foreach (var other in _revisions.Values.OfType<IdentityRevision>().Where(r => r.State == IdentityRevisionState.Active).ToList())
            _revisions[other.Id] = other with { State = IdentityRevisionState.Stale };
    }

    private IdentityRevision Propose(CobOperation by, JsonElement action)
    {
        var blob = CobJson.Oid(action, "blob");
        return new IdentityRevision(
            by.Id, by.Author, CobJson.Text(action, "title"), CobJson.OptionalText(action, "description") ?? "",
            _documents.TryGetValue(blob, out var document)
                ? document
                : throw new CobFormatException($"The document {blob.Short} is missing or not readable."),
            IdentityRevisionState.Active, CobJson.OptionalOid(action, "parent"), by.At,
            [new IdentityVote(by.Author, CobJson.Text(action, "signature"))]);
    }

    private static void VerifyVote(IdentityDocument decides, Did voter, CommitId blob, string signature)
    {
        if (!decides.IsDelegate(voter)
            || !Base58.TryDecode(signature, out var bytes) || !RadicleKey.Verifies(voter, Convert.FromHexString(blob.Value), bytes))
            throw new CobFormatException($"The signature of {voter} under the document {blob.Short} is wrong.");
    }

    /// <param name="Reason">Why.</param>
    /// <param name="Late">It came too late or too early because others wrote at the same time; then it is skipped instead of
    /// dropped.</param>
    private sealed record Refusal(string Reason, bool Late = false);
}
