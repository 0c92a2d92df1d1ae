namespace Auxo.Pipeline.Reports.Files;

/// <summary>Which lines of which files a change wrote.</summary>
internal sealed class ChangedLines
{
    /// <summary>More than this of one change is not compared line by line.</summary>
    private static readonly DiffLimits Limits = new(Files: 5000, Lines: 400_000, LinesOfFile: 100_000, BytesOfLine: 1);

    /// <summary>Of a build of what the default branch holds already.</summary>
    public static readonly ChangedLines None = new([]);

    private readonly Dictionary<string, HashSet<int>> _files;

    private ChangedLines(Dictionary<string, HashSet<int>> files) => _files = files;

    /// <summary>Reads them: of a patch since it left the branch, of a push since the head before.</summary>
    /// <returns>Null when it is not known what came before, or the two have nothing in common.</returns>
    public static async Task<ChangedLines?> ReadAsync(string repository, CommitId commit, CommitId? since, CancellationToken ct)
    {
        if (since is not { } before) return null;
        try
        {
            if (await GitDiff.MergeBaseAsync(repository, before.Value, commit.Value, ct) is not { } from) return null;
            return Of(await GitDiff.ReadAsync(repository, from, commit.Value, Limits, ct));
        }
        catch (GitException)
        {
            // The commit before is gone, as after a forced push.
            return null;
        }
    }

    /// <summary>The lines that a difference adds.</summary>
    public static ChangedLines Of(Diff diff)
    {
        var files = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (var file in diff.Files.Where(static file => file.Change != DiffChange.Deleted))
            files[file.Path] = [.. file.Hunks.SelectMany(static hunk => hunk.Lines).Where(static line => line.Old is null)
                .Select(static line => line.New!.Value)];
        return new ChangedLines(files);
    }

    /// <summary>The lines of a file; none of one that it leaves as it is.</summary>
    public IReadOnlySet<int> Of(string path) => _files.TryGetValue(path, out var lines) ? lines : new HashSet<int>();

    /// <summary>True when it wrote this line, or this file when no line is named.</summary>
    public bool Wrote(string path, int? line) => _files.TryGetValue(path, out var lines) && (line is null || lines.Contains(line.Value));
}
