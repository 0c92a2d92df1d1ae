using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace Auxo.Pipeline.Artifacts;

/// <summary>
/// A folder of the workspace for the glob matcher. Links are entries, never doors: the matcher does not walk through them.
/// </summary>
internal sealed class WorkspaceFiles(DirectoryInfo folder, DirectoryInfoBase? parent) : DirectoryInfoBase
{
    public override string Name => folder.Name;

    public override string FullName => folder.FullName;

    public override DirectoryInfoBase? ParentDirectory => parent;

    /// <summary>Relative paths of what matches one pattern, links included; they are refused later, by name.</summary>
    public static IEnumerable<string> Match(string workspace, string pattern)
    {
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(pattern);
        if (pattern.IndexOfAny(['*', '?']) < 0) matcher.AddInclude(pattern.TrimEnd('/') + "/**/*");
        return matcher.Execute(new WorkspaceFiles(new DirectoryInfo(workspace), parent: null)).Files.Select(static match => match.Path);
    }

    public override IEnumerable<FileSystemInfoBase> EnumerateFileSystemInfos()
    {
        IEnumerable<FileSystemInfo> entries;
        try
        {
            entries = folder.EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true,
            });
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var entry in entries)
        {
            if (entry is DirectoryInfo directory && entry.LinkTarget is null) yield return new WorkspaceFiles(directory, this);
            else yield return new Entry(entry, this);
        }
    }

    public override DirectoryInfoBase? GetDirectory(string path)
    {
        var directory = new DirectoryInfo(Path.Combine(folder.FullName, path));
        return path != ".." && directory is { Exists: true, LinkTarget: null } ? new WorkspaceFiles(directory, this) : null;
    }

    public override FileInfoBase? GetFile(string path) => new Entry(new FileInfo(Path.Combine(folder.FullName, path)), this);

    private sealed class Entry(FileSystemInfo file, DirectoryInfoBase parent) : FileInfoBase
    {
        public override string Name => file.Name;

        public override string FullName => file.FullName;

        public override DirectoryInfoBase? ParentDirectory => parent;
    }
}
