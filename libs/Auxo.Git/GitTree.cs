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

    /// <summary>Every file, link and submodule under a commit or tree, with whole paths and sizes left out, in git's order.</summary>
    /// <exception cref="GitException">There is no such commit or tree.</exception>
    public static async Task<IReadOnlyList<GitTreeEntry>> ListAsync(string repository, string treeish, CancellationToken cancellationToken)
    {
        var output = await GitCommand.RunBytesAsync(repository, ["ls-tree", "-r", "-z", "--full-tree", treeish], cancellationToken);
        var entries = new List<GitTreeEntry>();
        foreach (var range in ((ReadOnlySpan<byte>)output).Split((byte)0))
        {
            var line = output.AsSpan(range);
            if (line.IsEmpty) continue;
            var tab = line.IndexOf((byte)'\t');
            var head = Encoding.ASCII.GetString(line[..tab]).Split(' ');
            entries.Add(new GitTreeEntry(head[0], Encoding.UTF8.GetString(line[(tab + 1)..]), head[2]));
        }

        return entries;
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
