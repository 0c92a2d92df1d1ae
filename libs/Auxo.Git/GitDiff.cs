using System.Buffers;
using System.IO.Pipelines;

namespace Auxo.Git;

/// <summary>Reads the difference between two commits as git makes it; nothing that a repository holds changes how.</summary>
public static class GitDiff
{
    /// <summary>The tree without files, which git knows everywhere.</summary>
    public const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    /// <summary>
    /// Files over 1 MiB have no lines here. Attributes of the repository could hide a file as binary, so none are read:
    /// neither those of a work tree nor those of a commit.
    /// </summary>
    private static readonly string[] Arguments =
    [
        "-c", "core.bare=true", "-c", $"attr.tree={EmptyTree}", "-c", "core.quotePath=false", "-c", "core.bigFileThreshold=1m",
        "diff-tree", "-r", "-M", "--raw", "--numstat", "-p", "--no-commit-id", "--no-color", "--no-ext-diff", "--no-textconv",
        "--abbrev=40",
    ];

    /// <summary>Where two histories part, as git says it; null when they have nothing in common.</summary>
    /// <exception cref="GitException">A commit is not here.</exception>
    public static async Task<string?> MergeBaseAsync(string repository, string one, string other, CancellationToken cancellationToken)
    {
        try
        {
            return (await GitCommand.RunAsync(repository, ["merge-base", one, other], cancellationToken)).TrimEnd('\n');
        }
        catch (GitException e) when (e.ExitCode == 1)
        {
            return null;
        }
    }

    /// <summary>What changed from one commit or tree to another. Memory is bounded by <paramref name="limits"/>.</summary>
    /// <param name="repository">The folder of its objects: a bare repository, or <c>.git</c> of a work tree.</param>
    /// <param name="from">A commit or tree.</param>
    /// <param name="to">A commit or tree.</param>
    /// <param name="limits">How much is read.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="GitException">One of them is not here.</exception>
    public static async Task<Diff> ReadAsync(
        string repository, string from, string to, DiffLimits limits, CancellationToken cancellationToken)
    {
        // git gathers all differences before it prints the first.
        await Task.WhenAll(
            GitTree.MeasureAsync(repository, from, cancellationToken), GitTree.MeasureAsync(repository, to, cancellationToken));
        var parser = new DiffParser(limits);
        string[] arguments = [.. Arguments, from, to, "--"];
        using var process = GitCommand.Start(repository, arguments);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var reader = PipeReader.Create(process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 64 << 10));
            if (await FeedAsync(reader, parser, cancellationToken))
            {
                var text = await errors;
                await process.WaitForExitAsync(cancellationToken);
                if (process.ExitCode != 0) throw new GitException(repository, arguments, process.ExitCode, text);
            }

            return parser.Result();
        }
        finally
        {
            if (!process.HasExited) GitCommand.Kill(process);
        }
    }

    /// <summary>False when the parser has enough before the end.</summary>
    private static async Task<bool> FeedAsync(PipeReader reader, DiffParser parser, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (!parser.Read(line.IsSingleSegment ? line.FirstSpan : line.ToArray())) return false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) return true;
        }
    }
}
