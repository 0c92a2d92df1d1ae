using System.Text;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Analysis;

/// <summary>
/// A private folder with rules and with source files under the paths that they have in the repository, and what was seen in them. Only
/// they lie there: no <c>.git</c>, no settings of the repository.
/// </summary>
internal sealed class AnalysisFolder : IAsyncDisposable
{
    /// <summary>The folder of the rules, beside <see cref="Tree"/>.</summary>
    public const string Rules = "rules";

    /// <summary>Lines longer than this on average are written by a program.</summary>
    private const int MostBytesALine = 500;

    private readonly SourceTree _tree;
    private readonly Dictionary<string, SourceFile> _placed = new(StringComparer.Ordinal);
    private readonly Dictionary<SourceFile, List<Observation>> _seen = [];

    /// <summary>Makes it.</summary>
    public AnalysisFolder(SourceTree tree)
    {
        _tree = tree;
        Top = Path.Combine(tree.Temporary, Guid.NewGuid().ToString("N"));
        PrivateFiles.MakeFolder(Top);
        Directory.CreateDirectory(Tree);
        Directory.CreateDirectory(Path.Combine(Top, Rules));
    }

    /// <summary>All of it.</summary>
    public string Top { get; }

    /// <summary>What stands for the repository's top.</summary>
    public string Tree => Path.Combine(Top, "tree");

    /// <summary>The files that lie there, by their paths as seen from <see cref="Tree"/>.</summary>
    public IReadOnlyDictionary<string, SourceFile> Placed => _placed;

    /// <summary>Writes rules and files.</summary>
    public async Task PlaceAsync(RulePack pack, IReadOnlyList<SourceFile> files, CancellationToken ct)
    {
        pack.Write(Path.Combine(Top, Rules));
        // Without one Semgrep leaves out what it takes for tests.
        await File.WriteAllTextAsync(Path.Combine(Tree, ".semgrepignore"), "", ct);
        foreach (var file in files) await PlaceAsync(file, ct);
    }

    /// <summary>Takes down what was seen in a file.</summary>
    public void Add(SourceFile file, Observation seen)
    {
        if (!_seen.TryGetValue(file, out var list)) _seen[file] = list = [];
        list.Add(seen);
    }

    /// <summary>What was seen in a file.</summary>
    public IReadOnlyList<Observation> Seen(SourceFile file) => _seen.GetValueOrDefault(file) ?? [];

    /// <summary>The text of a file that lies there.</summary>
    public string[] LinesOf(string path) => File.ReadAllLines(Path.Combine(Tree, path), Encoding.Latin1);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(Top, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task PlaceAsync(SourceFile file, CancellationToken ct)
    {
        if (await _tree.ReadTextAsync(file.Entry, ct) is not { } content)
        {
            Add(file, LeftOut("binary, or over 1 MiB"));
            return;
        }

        if (content.Length / (content.Span.Count((byte)'\n') + 1) > MostBytesALine)
        {
            Add(file, LeftOut("very long lines, as programs write them"));
            return;
        }

        var path = file.Entry.Name + file.Suffix;
        if (!IsPlain(path) || !await WriteAsync(path, content, ct))
        {
            // A crafted tree can hold any name.
            Add(file, CheckReport.ToolFailed("its path cannot be written to disk"));
            return;
        }

        _placed[path] = file;
    }

    private async Task<bool> WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        try
        {
            var full = Path.Combine(Tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (File.Exists(full) || Directory.Exists(full)) return false;
            await File.WriteAllBytesAsync(full, content, ct);
            return true;
        }
        catch (IOException) when (IsTaken(path))
        {
            return false;
        }
    }

    /// <summary>True for a path that leads nowhere else and that a disk can hold.</summary>
    private static bool IsPlain(string path)
        => path.Length < 2000 && path.Split('/').All(static part => part is not ("" or "." or "..")
            && !part.Equals(".git", StringComparison.OrdinalIgnoreCase) && Encoding.UTF8.GetByteCount(part) <= 255
            && !part.Any(char.IsControl));

    /// <summary>A crafted tree can have a file where another path has a folder.</summary>
    private bool IsTaken(string path)
    {
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (File.Exists(Path.Combine(Tree, path[..slash]))) return true;
        }

        return false;
    }

    private static Observation LeftOut(string why)
        => new("left-out", Severity.Info, null, null, $"left out ({why})") { IsAllowed = true };
}
