namespace Auxo.Pipeline.Checks.Files;

/// <summary>The tree of one commit, listed once and shared by all checks of a batch; blobs are read when a check asks for them.</summary>
public sealed class SourceTree(
    GitObjects objects, CommitId commit, IReadOnlyList<GitTreeEntry> entries, string temporary) : IAsyncDisposable
{
    /// <summary>A larger file is no source text; the checks leave it out and say so.</summary>
    public const int MaxTextBytes = 1 << 20;

    /// <summary>How the limit is said.</summary>
    public const string MaxTextWords = "1 MiB";

    /// <summary>Of all paths and folders together: a few folders in one another, and many times, have very many.</summary>
    private const long MostPathCharacters = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Lazy<ILookup<string, GitTreeEntry>> _byName = new(() => entries.Where(entry => entry.IsFile)
        .ToLookup(entry => entry.Name[(entry.Name.LastIndexOf('/') + 1)..], StringComparer.Ordinal));

    private readonly Lazy<Dictionary<string, GitTreeEntry>> _byPath = new(() => entries
        .DistinctBy(static entry => entry.Name).ToDictionary(static entry => entry.Name, StringComparer.Ordinal));

    private Task<ShellFiles>? _shell;

    /// <summary>The commit.</summary>
    public CommitId Commit { get; } = commit;

    /// <summary>
    /// The head that its patch is for, or that its push moved; null when it is neither's. What lies between the two is searched for
    /// secrets too.
    /// </summary>
    public CommitId? Since { get; init; }

    /// <summary>Everything is looked at, however long it takes: the whole history is searched for secrets.</summary>
    public bool IsDeep { get; init; }

    /// <summary>The files that are judged; the others are only read where one of them needs that. Null for all.</summary>
    public IReadOnlySet<string>? Judged { get; init; }

    /// <summary>True for a path that is judged.</summary>
    public bool IsJudged(string path) => Judged is null || Judged.Contains(path);

    /// <summary>The path of its repository.</summary>
    public string Repository => objects.Repository;

    /// <summary>Where files are written for the tools that need them.</summary>
    internal string Temporary => temporary;

    /// <summary>Every file, link and submodule, with whole paths.</summary>
    public IReadOnlyList<GitTreeEntry> Entries { get; } = entries;

    /// <summary>Every path and every folder (without a trailing slash).</summary>
    public IReadOnlySet<string> Paths { get; } = AllPaths(objects.Repository, entries);

    /// <summary>Symbolic links and submodules: what lies behind them is not listed here.</summary>
    public IReadOnlySet<string> Portals { get; } = entries.Where(static e => e.IsSymlink || e.IsSubmodule).Select(static e => e.Name)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Lists the tree of <paramref name="commit"/>.</summary>
    /// <param name="objects">Of its repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="temporary">Where files are written for the tools that need them.</param>
    /// <param name="ct">Stops.</param>
    /// <param name="since">The head that its patch is for.</param>
    /// <param name="isDeep">Everything is to be looked at.</param>
    /// <exception cref="GitException">There is no such commit, or it has too many files.</exception>
    public static async Task<SourceTree> ReadAsync(
        GitObjects objects, CommitId commit, string temporary, CancellationToken ct, CommitId? since = null, bool isDeep = false)
        => new(objects, commit, await GitTree.ListAsync(objects.Repository, commit.Value, ct), temporary)
        {
            Since = since, IsDeep = isDeep,
        };

    /// <summary>The content of a file; null when it is larger than <see cref="MaxTextBytes"/> or looks binary.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadTextAsync(GitTreeEntry entry, CancellationToken ct)
    {
        var data = await ReadAsync(entry, ct);
        return data is { } bytes && LooksBinary(bytes.Span) ? null : data;
    }

    /// <summary>
    /// The text of a file by the rule of <see cref="OutsideText"/>; null when it is larger than <see cref="MaxTextBytes"/> or looks
    /// binary.
    /// </summary>
    public async Task<string?> ReadDecodedAsync(GitTreeEntry entry, CancellationToken ct)
        => await ReadAsync(entry, ct) is { } data && IsText(data.Span)
            ? OutsideText.Decode(data.Span)
            : null;

    /// <summary>
    /// How a text begins, all of it up to <see cref="MaxTextBytes"/> and of a larger one a few thousand bytes: enough to tell what it is.
    /// </summary>
    /// <returns>Null when it looks binary.</returns>
    public async Task<(ReadOnlyMemory<byte> Beginning, bool IsWhole)?> ReadBeginningAsync(string oid, CancellationToken ct)
    {
        try
        {
            if (await objects.ReadAsync(oid, ct, MaxTextBytes) is not { } found) throw Missing(oid);
            return IsText(found.Data.Span) ? (found.Data, true) : null;
        }
        catch (GitObjectTooLargeException e)
        {
            return IsText(e.Head.Span) ? (e.Head, false) : null;
        }
    }

    /// <summary>The content of a file, whatever it is; null when it is larger than <see cref="MaxTextBytes"/>.</summary>
    /// <exception cref="GitException">The repository lacks it: it is damaged, or a clone of a part.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(GitTreeEntry entry, CancellationToken ct) => ReadAsync(entry.Oid, ct);

    /// <inheritdoc cref="ReadAsync(GitTreeEntry, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string oid, CancellationToken ct, int maxBytes = MaxTextBytes)
    {
        try
        {
            return await objects.ReadAsync(oid, ct, maxBytes) is { } found
                ? found.Data
                : throw Missing(oid);
        }
        catch (GitObjectTooLargeException)
        {
            return null;
        }
    }

    /// <summary>The entry at a path; null when there is none.</summary>
    public GitTreeEntry? At(string path) => _byPath.Value.GetValueOrDefault(path);

    /// <summary>The files of that name, in whatever folder.</summary>
    public IEnumerable<GitTreeEntry> Named(string name) => _byName.Value[name];

    /// <summary>The shell scripts of the tree, found once for all checks.</summary>
    public Task<ShellFiles> ShellFilesAsync(CancellationToken ct)
    {
        lock (_gate) return _shell ??= ShellFiles.ReadAsync(this, Temporary, ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ShellFiles>? shell;
        lock (_gate) shell = _shell;
        if (shell is null) return;
        await shell.ContinueWith(
            static task => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (shell.IsCompletedSuccessfully) shell.Result.Delete();
    }

    /// <summary>True when a file can be written under its path: a crafted tree can hold any name, also one that leads elsewhere.</summary>
    internal static bool CanLie(string path)
        => path.Length < 2000 && path.Split('/').All(static part
            => part is not ("" or "." or "..") && part.Length < 80 && !part.Any(char.IsControl));

    private GitException Missing(string oid) => new(Repository, ["cat-file"], 128, $"the object {oid} is missing");

    /// <summary>True when the bytes can be decoded as text.</summary>
    internal static bool IsText(ReadOnlySpan<byte> data) => OutsideText.IsWide(data) || !LooksBinary(data);

    /// <summary>git's own test: a zero byte among the first 8,000.</summary>
    private static bool LooksBinary(ReadOnlySpan<byte> data) => data[..Math.Min(data.Length, 8000)].Contains((byte)0);

    private static HashSet<string> AllPaths(string repository, IReadOnlyList<GitTreeEntry> entries)
    {
        var characters = 0L;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // Folders come for free: once a folder is known, so are those above it.
            var path = entry.Name;
            while (paths.Add(path))
            {
                if ((characters += path.Length) > MostPathCharacters)
                    throw GitException.TooMuch(repository, $"the folders' paths have more than {MostPathCharacters:N0} characters");
                if (path.LastIndexOf('/') is not (> 0 and var slash)) break;
                path = path[..slash];
            }
        }

        return paths;
    }
}
