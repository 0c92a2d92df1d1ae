using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Auxo.Testing.Radicle;

/// <summary>
/// Lays out and signs a repository in Radicle's storage format from given files, with keys of its own, so that everything that
/// reads storage can be tested where no <c>rad</c> is. It shares no code with the reader. Time moves one second per operation,
/// so the order is certain.
/// </summary>
public sealed class RadicleStorage
{
    private const string PatchType = "xyz.radicle.patch";
    private const string IdentityType = "xyz.radicle.id";
    private static readonly JsonSerializerOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Dictionary<string, Dictionary<string, byte[]>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _parents = new(StringComparer.Ordinal);
    private readonly LooseObjects _git;
    private readonly string _defaultBranch;
    private readonly string _name;
    private readonly List<RadicleTestKey> _delegates;
    private string _identity = "";
    private string _root = "";
    private string _visibility = "private";

    private RadicleStorage(string storageFolder, string name, string defaultBranch, RadicleTestKey founder)
    {
        (_name, _defaultBranch, _delegates) = (name, defaultBranch, [founder]);
        Rid = "rad:" + RadicleTestKey.Multibase(Convert.FromHexString(LooseObjects.BlobId(Document(threshold: 1))));
        Path = System.IO.Path.Combine(storageFolder, Rid["rad:".Length..]);
        _git = new LooseObjects(Path);
    }

    /// <summary>The bare repository; its folder is named by its RID.</summary>
    public string Path { get; }

    /// <summary>With <c>rad:</c>.</summary>
    public string Rid { get; }

    /// <summary>The identity operation that holds now.</summary>
    public string Identity => _identity;

    /// <summary>The head of the canonical default branch.</summary>
    public string Head => _git.Ref("refs/heads/" + _defaultBranch) ?? throw new InvalidOperationException("Nothing was pushed yet.");

    /// <summary>The time of the next operation.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>A private repository with one commit on its default branch, made and pushed by its only delegate.</summary>
    /// <param name="storageFolder">Where storage folders lie, such as <c>$RAD_HOME/storage</c>.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="founder">The first delegate.</param>
    /// <param name="files">Path → content.</param>
    /// <param name="defaultBranch">Short name.</param>
    public static async Task<RadicleStorage> CreateAsync(
        string storageFolder, string name, RadicleTestKey founder, IReadOnlyDictionary<string, string> files, string defaultBranch = "main")
    {
        var storage = new RadicleStorage(storageFolder, name, defaultBranch, founder);
        Directory.CreateDirectory(storageFolder);
        using (var init = Process.Start("git", ["init", "--quiet", "--bare", "--initial-branch", defaultBranch, storage.Path]))
        {
            await init.WaitForExitAsync();
            if (init.ExitCode != 0) throw new InvalidOperationException("git init failed.");
        }

        await File.AppendAllTextAsync(
            System.IO.Path.Combine(storage.Path, "config"), $"[user]\n\tname = {founder.Name}\n\temail = {founder.Name}@{founder.Nid}\n");
        storage._root = storage._identity = storage.WriteIdentity(
            founder, storage.Document(threshold: 1), parent: null, "Initial revision");
        storage._git.Ref("refs/rad/id", storage._identity);
        storage.PublishIdentity();
        storage.Push(founder, storage.Commit(files, "Start " + name, parent: null));
        return storage;
    }

    /// <summary>A commit of these files on top of <paramref name="parent"/>'s. It is in no branch yet.</summary>
    public string Commit(IReadOnlyDictionary<string, string> files, string message, string? parent, string author = "someone")
    {
        var all = parent is null ? [] : new Dictionary<string, byte[]>(_files[parent], StringComparer.Ordinal);
        foreach (var (path, content) in files) all[path] = Encoding.UTF8.GetBytes(content);

        var who = $"{author} <{author}@example.org> {Tick()} +0000";
        var commit = _git.Commit(
            $"tree {_git.Tree(all)}\n{(parent is null ? "" : $"parent {parent}\n")}author {who}\ncommitter {who}\n\n{message}\n");
        _files[commit] = all;
        return commit;
    }

    /// <summary>
    /// Pushes a commit to the default branch of somebody's namespace. A delegate's push moves the canonical head, too
    /// (threshold 1).
    /// </summary>
    public void Push(RadicleTestKey by, string commit) => PushBranch(by, _defaultBranch, commit);

    /// <summary>Pushes a commit to a branch of somebody's namespace.</summary>
    public void PushBranch(RadicleTestKey by, string branch, string commit)
    {
        SetRef(by, "refs/heads/" + branch, commit);
        if (branch == _defaultBranch && _delegates.Contains(by)) _git.Ref("refs/heads/" + branch, commit);
        SignRefs(by);
    }

    /// <summary>Opens a patch with these files on top of the default branch; returns patch and head.</summary>
    public (string Patch, string Head) OpenPatch(
        RadicleTestKey by, string title, IReadOnlyDictionary<string, string> files, string description = "",
        bool draft = false, string? onto = null)
    {
        var target = onto ?? Head;
        var head = Commit(files, title, target, by.Name);
        List<JsonObject> actions =
            [Revision(description, target, head), new() { ["type"] = "edit", ["title"] = title, ["target"] = "delegates" }];
        if (draft) actions.Add(Lifecycle("draft"));
        var patch = WriteOperation(by, PatchType, null, actions, [target, head]);
        SetRef(by, "refs/heads/patches/" + patch, head);
        SignRefs(by);
        return (patch, head);
    }

    /// <summary>Adds a revision with these files on top of <paramref name="previous"/>; returns revision and head.</summary>
    public (string Revision, string Head) RevisePatch(
        RadicleTestKey by, string patch, string previous, IReadOnlyDictionary<string, string> files, string description = "Next revision")
    {
        var head = Commit(files, description, previous, by.Name);
        var revision = WriteOperation(by, PatchType, patch, [Revision(description, Head, head)], [Head, head]);
        SetRef(by, "refs/heads/patches/" + patch, head);
        SignRefs(by);
        return (revision, head);
    }

    /// <summary>Comments on a revision; returns the comment.</summary>
    public string Comment(RadicleTestKey by, string patch, string revision, string body, string? replyTo = null)
    {
        var action = new JsonObject { ["type"] = "revision.comment", ["revision"] = revision, ["body"] = body };
        if (replyTo is not null) action["replyTo"] = replyTo;
        return Act(by, patch, action);
    }

    /// <summary>Edits a comment.</summary>
    public string EditComment(RadicleTestKey by, string patch, string revision, string comment, string body)
        => Act(by, patch, new()
        {
            ["type"] = "revision.comment.edit", ["revision"] = revision, ["comment"] = comment, ["body"] = body,
            ["embeds"] = new JsonArray(),
        });

    /// <summary>Redacts a revision.</summary>
    public string RedactRevision(RadicleTestKey by, string patch, string revision)
        => Act(by, patch, new() { ["type"] = "revision.redact", ["revision"] = revision });

    /// <summary>Sets a patch to <c>open</c>, <c>draft</c> or <c>archived</c>.</summary>
    public string SetStatus(RadicleTestKey by, string patch, string status) => Act(by, patch, Lifecycle(status));

    /// <summary>
    /// Pushes a commit that contains the revision's head to the default branch and says so on the patch, as a delegate's push
    /// does.
    /// </summary>
    public string Merge(RadicleTestKey by, string patch, string revision, string commit)
    {
        SetRef(by, "refs/heads/" + _defaultBranch, commit);
        if (_delegates.Contains(by)) _git.Ref("refs/heads/" + _defaultBranch, commit);
        var operation = WriteOperation(
            by, PatchType, patch, [new() { ["type"] = "merge", ["revision"] = revision, ["commit"] = commit }], [commit]);
        DeleteRef(by, "refs/heads/patches/" + patch);
        SignRefs(by);
        return operation;
    }

    /// <summary>Makes somebody a delegate, by the only delegate there is so far; he has the default branch, too.</summary>
    public void AddDelegate(RadicleTestKey by, RadicleTestKey newcomer, int threshold = 1)
    {
        _delegates.Add(newcomer);
        _identity = WriteIdentity(by, Document(threshold), _identity, "Another delegate");
        _git.Ref("refs/rad/id", _identity);
        SetRef(newcomer, "refs/heads/" + _defaultBranch, Head);
        PublishIdentity();
    }

    /// <summary>Lets everybody read it, or only its delegates; by the only delegate there is.</summary>
    public void SetVisibility(RadicleTestKey by, bool isPublic)
    {
        _visibility = isPublic ? "public" : "private";
        _identity = WriteIdentity(by, Document(threshold: 1), _identity, "Who may read it");
        _git.Ref("refs/rad/id", _identity);
        PublishIdentity();
    }

    /// <summary>An identity revision by which somebody makes himself the only delegate, unasked. Nobody refers to it yet.</summary>
    public string ForgeIdentity(RadicleTestKey by)
    {
        var delegates = _delegates.ToList();
        _delegates.Clear();
        _delegates.Add(by);
        var forged = WriteIdentity(by, Document(threshold: 1), _identity, "Mine");
        _delegates.Clear();
        _delegates.AddRange(delegates);
        return forged;
    }

    /// <summary>The identity revision that the next operations name.</summary>
    public void UseIdentity(string identity) => _identity = identity;

    /// <summary>One action on a patch, signed refs included; returns the operation.</summary>
    public string Act(RadicleTestKey by, string patch, JsonObject action)
    {
        var operation = WriteOperation(by, PatchType, patch, [action], []);
        SignRefs(by);
        return operation;
    }

    /// <summary>Writes an operation on top of all tips and moves the author's ref of the object; the refs are not signed yet.</summary>
    /// <param name="by">The author.</param>
    /// <param name="type">Such as <c>xyz.radicle.patch</c>.</param>
    /// <param name="id">The object; null for a new one.</param>
    /// <param name="actions">In order.</param>
    /// <param name="related">Code commits.</param>
    /// <param name="forge">Gives other bytes to sign than the tree's id; for wrong signatures.</param>
    /// <param name="parents">Other parents than the tips; for operations at the same time.</param>
    public string WriteOperation(
        RadicleTestKey by, string type, string? id, IReadOnlyList<JsonObject> actions, IReadOnlyList<string> related,
        Func<byte[], byte[]>? forge = null,
        IReadOnlyList<string>? parents = null)
        => WriteRawOperation(
            by, type, id, [.. actions.Select(a => Encoding.UTF8.GetBytes(Sorted(a)!.ToJsonString(Canonical)))], related, forge, parents);

    /// <summary>Like <see cref="WriteOperation"/>, with any bytes as actions.</summary>
    public string WriteRawOperation(
        RadicleTestKey by, string type, string? id, IReadOnlyList<byte[]> actions, IReadOnlyList<string> related,
        Func<byte[], byte[]>? forge = null,
        IReadOnlyList<string>? parents = null)
    {
        var files = actions.Select((a, i) => (i.ToString(), a))
            .Append(("manifest", Encoding.UTF8.GetBytes($$"""{"typeName":"{{type}}","version":1}""")));
        var tips = parents ?? (id is null ? [] : Tips(type, id));
        var sorted = related.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var operation = WriteSigned(
            by, files.ToDictionary(f => f.Item1, f => f.Item2, StringComparer.Ordinal), [.. tips, .. sorted, _identity],
            "Change\n\n" + string.Concat(sorted.Select(r => $"Rad-Related: {r}\n")) + $"Rad-Resource: {_identity}\n", forge);
        SetRef(by, $"refs/cobs/{type}/{id ?? operation}", operation);
        return operation;
    }

    /// <summary>Sets a ref in somebody's namespace; it is not signed yet.</summary>
    public void SetRef(RadicleTestKey owner, string name, string oid) => _git.Ref($"refs/namespaces/{owner.Nid}/{name}", oid);

    /// <summary>Deletes a ref in somebody's namespace; that is not signed yet.</summary>
    public void DeleteRef(RadicleTestKey owner, string name) => _git.DeleteRef($"refs/namespaces/{owner.Nid}/{name}");

    /// <summary>Signs all refs of a namespace; returns the new commit of the signed refs.</summary>
    /// <param name="owner">Whose namespace.</param>
    /// <param name="signer">Who really signs; for forgeries.</param>
    /// <param name="root">The repository that it is signed for; this one when null.</param>
    public string SignRefs(RadicleTestKey owner, RadicleTestKey? signer = null, string? root = null)
    {
        const string sigrefs = "refs/rad/sigrefs";
        var folder = $"refs/namespaces/{owner.Nid}";
        _git.Ref($"{folder}/refs/rad/root", root ?? _root);
        var old = _git.Ref($"{folder}/{sigrefs}");
        var refs = _git.Refs(folder).Where(r => r.Name != sigrefs).ToList();
        if (old is not null) refs.Add((sigrefs + "-parent", old));
        var text = Encoding.UTF8.GetBytes(
            string.Concat(refs.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => $"{r.Oid} {r.Name}\n")));
        var tree = _git.Tree(new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["refs"] = text, ["signature"] = (signer ?? owner).Sign(text),
        });
        var who = $"radicle <{owner.Nid}> {Tick()} +0000";
        var commit = _git.Commit(
            $"tree {tree}\n{(old is null ? "" : $"parent {old}\n")}author {who}\ncommitter {who}\n\nUpdate signed refs\n");
        _git.Ref($"{folder}/{sigrefs}", commit);
        return commit;
    }

    private static JsonObject Revision(string description, string @base, string head)
        => new() { ["type"] = "revision", ["description"] = description, ["base"] = @base, ["oid"] = head };

    private static JsonObject Lifecycle(string status) => new()
    {
        ["type"] = "lifecycle", ["state"] = new JsonObject { ["status"] = status },
    };

    /// <summary>
    /// The newest operation of the object; this writer never branches by itself, so there is one tip that contains the others.
    /// </summary>
    private IReadOnlyList<string> Tips(string type, string id)
    {
        var tips = _git.Refs("refs/namespaces")
            .Where(r => r.Name.EndsWith($"/refs/cobs/{type}/{id}", StringComparison.Ordinal)).Select(r => r.Oid).Distinct().ToList();
        return [.. tips.Where(t => !tips.Any(other => other != t && Ancestors(other).Contains(t)))];
    }

    private HashSet<string> Ancestors(string operation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var stack = new Stack<string>(_parents.GetValueOrDefault(operation, []));
        while (stack.TryPop(out var next))
        {
            if (found.Add(next))
            {
                foreach (var parent in _parents.GetValueOrDefault(next, [])) stack.Push(parent);
            }
        }

        return found;
    }

    private byte[] Document(int threshold)
        => Encoding.UTF8.GetBytes(Sorted(new JsonObject
        {
            ["delegates"] = new JsonArray([.. _delegates.Select(d => (JsonNode)d.Did)]),
            ["payload"] = new JsonObject
            {
                ["xyz.radicle.project"] = new JsonObject { ["defaultBranch"] = _defaultBranch, ["description"] = _name, ["name"] = _name },
            },
            ["threshold"] = threshold,
            ["visibility"] = new JsonObject { ["type"] = _visibility },
        })!.ToJsonString(Canonical));

    private string WriteIdentity(RadicleTestKey by, byte[] document, string? parent, string title)
    {
        var blob = LooseObjects.BlobId(document);
        var action = new JsonObject
        {
            ["type"] = "revision", ["title"] = title, ["blob"] = blob, ["parent"] = parent,
            ["signature"] = RadicleTestKey.Multibase(by.Sign(Convert.FromHexString(blob))),
        };
        return WriteSigned(
            by,
            new Dictionary<string, byte[]>(StringComparer.Ordinal)
            {
                ["0"] = Encoding.UTF8.GetBytes(Sorted(action)!.ToJsonString(Canonical)),
                ["manifest"] = Encoding.UTF8.GetBytes($$"""{"typeName":"{{IdentityType}}","version":1}"""),
                ["embeds/radicle.json"] = document,
            },
            parent is null ? [] : [parent], title + "\n", forge: null);
    }

    private void PublishIdentity()
    {
        foreach (var someone in _delegates)
        {
            SetRef(someone, "refs/rad/id", _identity);
            SetRef(someone, $"refs/cobs/{IdentityType}/{_root}", _identity);
            SignRefs(someone);
        }
    }

    private string WriteSigned(
        RadicleTestKey by, IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<string> parents, string message,
        Func<byte[], byte[]>? forge)
    {
        var tree = _git.Tree(files.ToDictionary(f => f.Key, f => ("100644", _git.Blob(f.Value)), StringComparer.Ordinal));
        var signed = Convert.FromHexString(tree);
        var armour = by.Armour(forge is null ? signed : forge(signed));
        var who = $"{by.Name} <{by.Name}@{by.Nid}> {Tick()} +0000";
        var commit = _git.Commit(
            $"tree {tree}\n{string.Concat(parents.Select(p => $"parent {p}\n"))}author {who}\ncommitter {who}\ngpgsig "
                + $"{string.Join("\n ", armour)}\n\n{message}");
        _parents[commit] = parents;
        return commit;
    }

    private long Tick()
    {
        var at = Now.ToUnixTimeSeconds();
        Now = Now.AddSeconds(1);
        return at;
    }

    private static JsonNode? Sorted(JsonNode? node)
        => node switch
        {
            JsonObject o
                => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
            JsonArray a => new JsonArray([.. a.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
