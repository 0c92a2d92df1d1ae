using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Auxo.Git;

/// <summary>One entry of a tree.</summary>
/// <param name="Mode">Such as <c>100644</c>, <c>100755</c>, <c>120000</c> (symbolic link), <c>40000</c> (folder), <c>160000</c>
/// (submodule).</param>
/// <param name="Name">Name in its folder, or the whole path from <see cref="GitTree.ListAsync"/>.</param>
/// <param name="Oid">40 hex digits.</param>
public sealed record GitTreeEntry(string Mode, string Name, string Oid)
{
    /// <summary>A file with the executable bit.</summary>
    public bool IsExecutable => Mode == "100755";

    /// <summary>A regular file, executable or not.</summary>
    public bool IsFile => Mode is "100644" or "100755" or "100664";

    /// <summary>A folder.</summary>
    public bool IsTree => Mode is "40000" or "040000";

    /// <summary>A symbolic link; the blob holds its target.</summary>
    public bool IsSymlink => Mode == "120000";

    /// <summary>A submodule; its id is a commit of another repository.</summary>
    public bool IsSubmodule => Mode == "160000";
}

/// <summary>Reads trees and refs.</summary>
public static class GitTree
{
    /// <summary>Parses the raw bytes of a tree object (SHA-1).</summary>
    /// <exception cref="FormatException">The bytes are no tree.</exception>
    public static IReadOnlyList<GitTreeEntry> Parse(ReadOnlySpan<byte> data)
    {
        var entries = new List<GitTreeEntry>();
        while (!data.IsEmpty)
        {
            var space = data.IndexOf((byte)' ');
            var zero = data.IndexOf((byte)0);
            if (space < 0 || zero < space || data.Length < zero + 21) throw new FormatException("The tree object is damaged.");
            entries.Add(new GitTreeEntry(
                Encoding.ASCII.GetString(data[..space]), Encoding.UTF8.GetString(data[(space + 1)..zero]),
                Convert.ToHexStringLower(data.Slice(zero + 1, 20))));
            data = data[(zero + 21)..];
        }

        return entries;
    }

    /// <summary>So many files a tree may have.</summary>
    public const int MostFiles = 1_000_000;

    /// <summary>No system can write a longer path.</summary>
    private const int MostPathBytes = 4096;

    /// <summary>
    /// Every file, link and submodule under a commit or tree, with whole paths and sizes left out, in git's order. They are
    /// counted as they come, for a tree may hold others many times, and these others, until there are more than any memory holds.
    /// </summary>
    /// <param name="repository">A bare repository or a work tree's top folder.</param>
    /// <param name="treeish">The commit or tree.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <param name="most">So many files it may have.</param>
    /// <exception cref="GitException">There is no such commit or tree, or it has too much.</exception>
    public static async Task<IReadOnlyList<GitTreeEntry>> ListAsync(
        string repository, string treeish, CancellationToken cancellationToken, int most = MostFiles)
    {
        var entries = new List<GitTreeEntry>();
        await ReadAsync(repository, treeish, most, line =>
        {
            var tab = line.IndexOf((byte)'\t');
            var head = Encoding.ASCII.GetString(line[..tab]).Split(' ');
            entries.Add(new GitTreeEntry(head[0], Encoding.UTF8.GetString(line[(tab + 1)..]), head[2]));
        }, cancellationToken);
        return entries;
    }

    /// <summary>Throws where <see cref="ListAsync"/> would, and keeps nothing.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public static Task MeasureAsync(string repository, string treeish, CancellationToken cancellationToken, int most = MostFiles)
        => ReadAsync(repository, treeish, most, static _ => { }, cancellationToken);

    private static async Task ReadAsync(
        string repository, string treeish, int most, Action<ReadOnlySpan<byte>> entry, CancellationToken cancellationToken)
    {
        string[] arguments = ["ls-tree", "-r", "-z", "--full-tree", treeish];
        using var process = GitCommand.Start(repository, arguments);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var reader = PipeReader.Create(process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 64 << 10));
            var (files, bytes) = (0, 0L);
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)0) is { } end)
                {
                    var line = buffer.Slice(0, end);
                    if (++files > most) throw GitException.TooMuch(repository, $"{treeish} has more than {most:N0} files");
                    if (line.Length > MostPathBytes + 100)
                        throw GitException.TooMuch(repository, $"{treeish} has a path of more than {MostPathBytes} bytes");
                    if ((bytes += line.Length) > GitCommand.MostOutputBytes)
                        throw GitException.TooMuch(
                            repository, $"the paths of {treeish} have more than {GitCommand.MostOutputBytes:N0} bytes");
                    entry(line.IsSingleSegment ? line.FirstSpan : line.ToArray());
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > MostPathBytes + 100)
                    throw GitException.TooMuch(repository, $"{treeish} has a path of more than {MostPathBytes} bytes");
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) break;
            }

            var text = await errors;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new GitException(repository, arguments, process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited) GitCommand.Kill(process);
        }
    }

    /// <summary>All refs under a prefix: name → object id.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> RefsAsync(
        string repository, string prefix, CancellationToken cancellationToken)
    {
        var output = await GitCommand.RunAsync(
            repository, ["for-each-ref", "--format=%(objectname) %(refname)", prefix], cancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[41..], line => line[..40], StringComparer.Ordinal);
    }
}
