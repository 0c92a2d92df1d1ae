using System.Buffers.Binary;

namespace Auxo.Pipeline.Workspaces;

/// <summary>The files of one commit for one build. Disposing removes them, and the pin of the commit.</summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _pin;
    private readonly Lock _making = new();
    private IAsyncDisposable? _ready;

    internal Workspace(string folder, string mirror, string pin, IAsyncDisposable? ready = null)
        => (_folder, Mirror, _pin, Path, _ready) = (folder, mirror, pin, TreeOf(folder), ready);

    /// <summary>The top folder: exactly the commit's files, and no <c>.git</c>.</summary>
    public string Path { get; }

    /// <summary>Our bare repository, which borrows the source's objects; it is never shown to a step.</summary>
    public string Mirror { get; }

    /// <summary>The files that were read as reports of its steps, with their times. One step at a time reads.</summary>
    internal HashSet<(string Name, DateTime Written)> ReadReports { get; } = [];

    /// <summary>What its next step can begin with at once; null when nothing is. Whoever takes it has it.</summary>
    public IAsyncDisposable? TakeReady() => Interlocked.Exchange(ref _ready, null);

    /// <summary>
    /// Has something made that its next step can begin with, where nothing is. Steps that run at the same time ask for it at the same
    /// time: one is made, since nobody would end a second one.
    /// </summary>
    /// <param name="make">Makes it for a top folder, and returns at once.</param>
    public void MakeReady(Func<string, IAsyncDisposable?> make)
    {
        lock (_making)
        {
            if (_ready is null) _ready = make(Path);
        }
    }

    /// <summary>How many files the commit has: git's index says so in bytes 8 to 11.</summary>
    public int CountFiles()
    {
        Span<byte> header = stackalloc byte[12];
        using var index = File.OpenRead(IndexOf(_folder));
        index.ReadExactly(header);
        return BinaryPrimitives.ReadInt32BigEndian(header[8..]);
    }

    /// <summary>What the commit names and these files do not have, one line each, for the log of the first step.</summary>
    public IReadOnlyList<string> LeftOut()
    {
        List<string> missing = [];
        if (TextOf(".gitmodules") is not null)
            missing.Add("submodules (.gitmodules) are not fetched: their folders are empty.");
        if (TextOf(".gitattributes")?.Contains("filter=lfs", StringComparison.Ordinal) == true)
            missing.Add("files of Git LFS (.gitattributes) are not fetched: each is its pointer, a few lines of text.");
        return missing;
    }

    /// <summary>Moves the files away, for good: nothing is left to be removed.</summary>
    /// <param name="folder">Not there yet, on the same disk.</param>
    internal void MoveTo(string folder)
    {
        File.Delete(_pin);
        Directory.Move(_folder, folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (TakeReady() is { } unused) await unused.DisposeAsync();
        File.Delete(_pin);
        await WorkspaceFolder.RemoveAsync(_folder, CancellationToken.None);
    }

    /// <summary>Null for a link: it may lead anywhere.</summary>
    private string? TextOf(string name)
        => new FileInfo(System.IO.Path.Combine(Path, name)) is { Exists: true, LinkTarget: null, Length: < 1 << 20 } file
            ? File.ReadAllText(file.FullName)
            : null;

    internal static string TreeOf(string folder) => System.IO.Path.Combine(folder, "tree");

    internal static string IndexOf(string folder) => System.IO.Path.Combine(folder, "index");
}

/// <summary>A workspace could not be made: the source is gone, or it does not have the commit, or git refuses a path in it.</summary>
/// <param name="type">A stable word: <c>workspace/source-missing</c>, <c>workspace/commit-missing</c> or <c>workspace/refused</c>.</param>
/// <param name="detail">What happened and what to do.</param>
/// <param name="inner">What git said.</param>
public sealed class WorkspaceException(string type, string detail, Exception? inner = null)
    : AuxoException(type, StatusCodes.Status422UnprocessableEntity, detail, inner);
