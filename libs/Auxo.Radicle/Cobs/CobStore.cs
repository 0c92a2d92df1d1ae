using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>The operations of an object, and what could not be read.</summary>
internal sealed record CobLoad(IReadOnlyList<CobOperation> Operations, IReadOnlyList<DroppedOperation> Problems);

/// <summary>Reads operations and the objects around them from one storage; each is read and verified once.</summary>
internal sealed class CobStore(GitObjects objects)
{
    /// <summary>More operations than this behind one tip are not read.</summary>
    public const int MaxOperations = 20_000;

    /// <summary>As many operations are read ahead at once; they fit into the cache.</summary>
    private const int MostAhead = 8_000;

    private const int MaxHeaderBytes = 1 << 20;
    private const int MaxCachedBytes = 16 << 10;
    private const int MaxManifestBytes = 4 << 10;
    private readonly OperationCache<Loaded> _operations = new(8_192);
    private readonly OperationCache<IdentityDocument> _documents = new(256);
    private readonly OperationCache<GitObject> _manifests = new(64);

    public GitObjects Objects { get; } = objects;

    /// <summary>
    /// All operations of an object, from its tips down. Commits on the way that are no operations are left out, as Radicle
    /// does; a tip with too many operations behind it is left out as a whole, so that nobody can make an object of others
    /// unreadable.
    /// </summary>
    public async Task<CobLoad> LoadAsync(IEnumerable<CommitId> tips, CancellationToken cancellationToken)
    {
        var operations = new Dictionary<CommitId, CobOperation>();
        var problems = new List<DroppedOperation>();
        foreach (var tip in tips)
        {
            var (own, unreadable, complete) = await WalkAsync(tip, operations, cancellationToken);
            if (!complete)
            {
                problems.Add(new DroppedOperation(tip, $"More than {MaxOperations} operations are behind it."));
                continue;
            }

            foreach (var operation in own) operations.TryAdd(operation.Id, operation);
            problems.AddRange(unreadable);
        }

        return new CobLoad([.. operations.Values], problems);
    }

    /// <summary>
    /// Reads what is behind many tips, before <see cref="LoadAsync"/> asks for one after the other: git is asked for all operations of the
    /// same depth at once, and signatures are checked on all processors. What cannot be read so is left to whoever asks for it alone.
    /// </summary>
    public async Task ReadAheadAsync(IEnumerable<CommitId> tips, CancellationToken cancellationToken)
    {
        var seen = new HashSet<CommitId>();
        for (var next = Unknown(tips); next.Count > 0 && seen.Count <= MostAhead;)
        {
            var commits = new List<(CommitId Id, CommitObject Commit)>(next.Count);
            foreach (var (name, data) in await ManyAsync(next.Select(static id => id.Value), MaxHeaderBytes))
            {
                if (data.Type == "commit" && Try(() => CommitObject.Parse(data.Data.Span)) is { } commit)
                    commits.Add((CommitId.Parse(name), commit));
            }

            var trees = await ManyAsync(commits.Select(static c => c.Commit.Tree.Value), MaxHeaderBytes);
            var read = commits.Select(c => (c.Id, c.Commit, Entries: trees.TryGetValue(c.Commit.Tree.Value, out var tree)
                && tree.Type == "tree" ? Try(() => ParseTree(tree)) : null)).Where(static o => o.Entries is not null).ToList();
            var blobs = await ManyAsync(
                read.SelectMany(static o => CobOperation.ActionEntries(o.Entries!)).Select(static entry => entry.Oid), MaxCachedBytes);
            var found = new CobOperation?[read.Count];
            foreach (var manifest in read.Select(static o => Manifest(o.Entries!)).OfType<string>().Distinct())
                await TryAsync(() => ReadManifestAsync(CommitId.Parse(manifest), cancellationToken));
            Parallel.For(0, read.Count, new ParallelOptions { CancellationToken = cancellationToken }, i
                => found[i] = Try(() => Put(read[i].Id, read[i].Commit, read[i].Entries!, blobs)));
            foreach (var operation in found.OfType<CobOperation>()) _operations.Add(operation.Id, new Loaded(operation, Problem: null));
            next = Unknown(found.OfType<CobOperation>().SelectMany(static operation => operation.Parents));
        }

        List<CommitId> Unknown(IEnumerable<CommitId> ids) => [.. ids.Where(id => seen.Add(id) && !_operations.TryGet(id, out _))];

        Task<IReadOnlyDictionary<string, GitObject>> ManyAsync(IEnumerable<string> ids, long maxBytes)
            => Objects.ReadManyAsync([.. ids.Distinct(StringComparer.Ordinal)], maxBytes, cancellationToken);
    }

    private async Task<(List<CobOperation> Operations, List<DroppedOperation> Unreadable, bool Complete)> WalkAsync(
        CommitId tip, Dictionary<CommitId, CobOperation> known, CancellationToken cancellationToken)
    {
        var operations = new List<CobOperation>();
        var unreadable = new List<DroppedOperation>();
        var seen = new HashSet<CommitId> { tip };
        var stack = new Stack<CommitId>(seen);
        while (stack.TryPop(out var id))
        {
            if (seen.Count > MaxOperations) return (operations, unreadable, Complete: false);
            if (known.ContainsKey(id)) continue;
            var loaded = await LoadOneAsync(id, cancellationToken);
            if (loaded.Operation is not { } operation)
            {
                unreadable.Add(new DroppedOperation(id, loaded.Problem!));
                continue;
            }

            operations.Add(operation);
            foreach (var parent in operation.Parents)
            {
                if (seen.Add(parent)) stack.Push(parent);
            }
        }

        return (operations, unreadable, Complete: true);
    }

    /// <summary>The documents in these blobs, as far as they can be read.</summary>
    public async Task<IReadOnlyDictionary<CommitId, IdentityDocument>> DocumentsAsync(
        IEnumerable<CommitId> blobs, CancellationToken cancellationToken)
    {
        var documents = new Dictionary<CommitId, IdentityDocument>();
        foreach (var blob in blobs)
        {
            if (!_documents.TryGet(blob, out var document))
            {
                try
                {
                    if (await ReadAsync(blob.Value, "blob", CobOperation.MaxActionBytes, cancellationToken) is not { } data) continue;
                    document = IdentityDocument.Parse(blob, data.Data.Span);
                }
                catch (CobFormatException)
                {
                    // Whoever proposed it is refused for want of a document; the others are not concerned.
                    continue;
                }

                _documents.Add(blob, document);
            }

            documents[blob] = document!;
        }

        return documents;
    }

    /// <summary>A commit by id or ref name; null when there is none.</summary>
    /// <exception cref="CobFormatException">It is too large or damaged.</exception>
    public async Task<(CommitId Id, CommitObject Commit)?> CommitAsync(string name, CancellationToken cancellationToken)
        => await ReadAsync(name, "commit", MaxHeaderBytes, cancellationToken) is { } data
            ? (CommitId.Parse(data.Oid), CommitObject.Parse(data.Data.Span))
            : null;

    /// <summary>An object of a given type; null when there is none or it is of another type.</summary>
    /// <exception cref="CobFormatException">It is too large.</exception>
    public async Task<GitObject?> ReadAsync(string name, string type, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await Objects.ReadAsync(name, cancellationToken, maxBytes) is { } data && data.Type == type ? data : null;
        }
        catch (GitObjectTooLargeException e)
        {
            throw new CobFormatException(e.Message, e);
        }
    }

    private async Task<Loaded> LoadOneAsync(CommitId id, CancellationToken cancellationToken)
    {
        if (_operations.TryGet(id, out var known)) return known!;
        try
        {
            var (operation, bytes) = await ReadOperationAsync(id, cancellationToken);
            var loaded = new Loaded(operation, Problem: null);

            // A few huge operations must not fill the memory: they are read again instead.
            if (bytes <= MaxCachedBytes) _operations.Add(id, loaded);
            return loaded;
        }
        catch (CobFormatException e)
        {
            // Not remembered: an object that is not here yet may come with the next fetch.
            return new Loaded(Operation: null, e.Message);
        }
    }

    private async Task<(CobOperation Operation, int Bytes)> ReadOperationAsync(CommitId id, CancellationToken cancellationToken)
    {
        var (_, commit) = await CommitAsync(id.Value, cancellationToken) ?? throw new CobFormatException("The commit is missing.");
        var tree = await ReadAsync(commit.Tree.Value, "tree", MaxHeaderBytes, cancellationToken)
            ?? throw new CobFormatException("The tree is missing.");
        var entries = ParseTree(tree);
        var manifest = Manifest(entries) ?? throw new CobFormatException("It has no manifest.");
        var manifestBlob = await ReadManifestAsync(CommitId.Parse(manifest), cancellationToken);
        var actions = new List<ReadOnlyMemory<byte>?>();
        var left = CobOperation.MaxActionBytes;
        foreach (var entry in CobOperation.ActionEntries(entries))
        {
            var action = await ReadActionAsync(entry, left, cancellationToken);
            actions.Add(action);
            left -= action?.Length ?? 0;
        }

        return (CobOperation.Create(id, commit, manifestBlob.Data.Span, actions), CobOperation.MaxActionBytes - left);
    }

    /// <summary>Almost all operations of a type share one manifest.</summary>
    private async Task<GitObject> ReadManifestAsync(CommitId oid, CancellationToken cancellationToken)
    {
        if (_manifests.TryGet(oid, out var known)) return known!;
        var manifest = await ReadAsync(oid.Value, "blob", MaxManifestBytes, cancellationToken)
            ?? throw new CobFormatException("The manifest is missing.");
        _manifests.Add(oid, manifest);
        return manifest;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadActionAsync(GitTreeEntry entry, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return (await Objects.ReadAsync(entry.Oid, cancellationToken, maxBytes)
                ?? throw new CobFormatException("An action is missing.")).Data;
        }
        catch (GitObjectTooLargeException)
        {
            return null;
        }
    }

    private static IReadOnlyList<GitTreeEntry> ParseTree(GitObject tree)
    {
        try
        {
            return GitTree.Parse(tree.Data.Span);
        }
        catch (FormatException e)
        {
            throw new CobFormatException(e.Message, e);
        }
    }

    private static string? Manifest(IReadOnlyList<GitTreeEntry> entries)
        => entries.FirstOrDefault(static e => e is { Name: "manifest", IsFile: true })?.Oid;

    /// <summary>The operation of what was read ahead; null when something of it is missing.</summary>
    private CobOperation? Put(
        CommitId id, CommitObject commit, IReadOnlyList<GitTreeEntry> entries, IReadOnlyDictionary<string, GitObject> blobs)
    {
        if (Manifest(entries) is not { } name || !_manifests.TryGet(CommitId.Parse(name), out var manifest)) return null;
        var actions = new List<ReadOnlyMemory<byte>?>();
        foreach (var entry in CobOperation.ActionEntries(entries))
        {
            if (!blobs.TryGetValue(entry.Oid, out var blob)) return null;
            actions.Add(blob.Data);
        }

        return actions.Sum(static action => action!.Value.Length) <= MaxCachedBytes
            ? CobOperation.Create(id, commit, manifest!.Data.Span, actions)
            : null;
    }

    private static T? Try<T>(Func<T> read)
        where T : class?
    {
        try
        {
            return read();
        }
        catch (CobFormatException)
        {
            // Whoever asks for it alone hears why.
            return null;
        }
    }

    private static async Task TryAsync(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (CobFormatException)
        {
            // The same.
        }
    }

    private sealed record Loaded(CobOperation? Operation, string? Problem);
}
