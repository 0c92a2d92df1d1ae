using Auxo.Instances;

namespace Auxo.Cli.Repositories.Starting;

/// <summary>The files of a team's own template folder, which win over Auxo's of the same name.</summary>
/// <param name="Files">Filled in.</param>
/// <param name="LeftOut">What could not be taken, each with the reason.</param>
internal sealed record TeamTemplates(IReadOnlyList<TemplateFile> Files, IReadOnlyList<string> LeftOut)
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "AUXO_TEMPLATES";

    private const string Setting = "auxo.templates";
    private const int MostFiles = 10_000;
    private const long MostBytes = 100 << 20;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Which folder counts: the option, the variable, git's setting <c>auxo.templates</c>; null for none.</summary>
    public static async Task<string?> FindAsync(Session session, UserProgram program, string? option, CancellationToken ct)
    {
        var (named, by) = option is not null ? (option, "--template")
            : session.Host.Variable(Variable) is { Length: > 0 } variable ? (variable, Variable)
            : ((await program.AskAsync(session.Host.WorkingFolder, ct, "git", "config", "--type=path", "--get", Setting)) ?? "", Setting);
        if (named.Length == 0) return null;
        var folder = Path.GetFullPath(named, session.Host.WorkingFolder);
        return Directory.Exists(folder) ? folder
            : throw new CliException(ExitCode.Usage, $"There is no folder {folder}.", $"It is named by {by}.");
    }

    /// <summary>Reads a folder. Where it has one called like the type, that is meant, together with <c>common</c> if it has that.</summary>
    /// <exception cref="CliException">It has too much, or two files of one name.</exception>
    public static TeamTemplates Read(string folder, NewRepository repository)
    {
        var (files, leftOut) = (new List<TemplateFile>(), new List<string>());
        var tops = ((string[])["common", repository.Type]).Select(name => Path.Combine(folder, name)).Where(Directory.Exists).ToList();
        if (!Directory.Exists(Path.Combine(folder, repository.Type))) tops = [folder];
        foreach (var top in tops)
        {
            var found = new Dictionary<string, TemplateFile>(StringComparer.Ordinal);
            var bytes = 0L;
            foreach (var file in Walk(top, top, leftOut))
            {
                var filled = file.Filled(repository.Values);
                if (TemplateFile.Refuse(filled.Path, filled.Target is not null) is { } why)
                {
                    leftOut.Add($"{file.Path}: {why}");
                    continue;
                }

                if ((bytes += file.Content.Length) > MostBytes || found.Count >= MostFiles)
                    throw new CliException(
                        ExitCode.Usage, $"{folder} has more than {MostFiles:N0} files or {MostBytes >> 20} MiB.",
                        "Is it the right folder?");
                if (!found.TryAdd(filled.Path, filled))
                    throw new CliException(ExitCode.Usage, $"Two files of {top} become {filled.Path}.", "Rename one of them.");
            }

            files = [.. Over(files, found.Values)];
        }

        return new TeamTemplates(files, leftOut);
    }

    /// <summary>Files with others laid over them: those of the same name are replaced, and what lies where a file now is goes.</summary>
    public static IReadOnlyList<TemplateFile> Over(IEnumerable<TemplateFile> below, IEnumerable<TemplateFile> above)
    {
        var upper = above.ToList();
        var kept = below.Where(file => upper.TrueForAll(other => other.Path != file.Path
            && !file.Path.StartsWith(other.Path + "/", StringComparison.Ordinal)
            && !other.Path.StartsWith(file.Path + "/", StringComparison.Ordinal)));
        return [.. kept.Concat(upper).OrderBy(static file => file.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<TemplateFile> Walk(string top, string folder, List<string> leftOut)
    {
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything);
        foreach (var entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(top, entry.FullName);
            if (entry.LinkTarget is { } target)
            {
                // One that points elsewhere would bring what nobody meant to hand out, or lead nowhere.
                if (IsInside(top, entry, target)) yield return new TemplateFile(path, default, IsExecutable: false, target);
                else if (IsTop(top, entry, target)) leftOut.Add($"{path}: a link that leads to the folder itself");
                else leftOut.Add($"{path}: a link that leads out of the folder");
            }
            else if (entry is DirectoryInfo)
            {
                if (entry.Name == ".git") continue;
                foreach (var inner in Walk(top, entry.FullName, leftOut)) yield return inner;
            }
            else if (Read(entry) is { } content)
            {
                const UnixFileMode run = UnixFileMode.UserExecute;
                yield return new TemplateFile(path, content, (entry.UnixFileMode & run) != UnixFileMode.None);
            }
            else
            {
                leftOut.Add($"{path}: it is no file that can be read");
            }
        }
    }

    private static bool IsInside(string top, FileSystemInfo link, string target)
        => !Path.IsPathRooted(target)
            && Path.GetFullPath(target, Path.GetDirectoryName(link.FullName)!).StartsWith(top.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsTop(string top, FileSystemInfo link, string target)
        => !Path.IsPathRooted(target)
            && Path.GetFullPath(target, Path.GetDirectoryName(link.FullName)!).TrimEnd('/') == top.TrimEnd('/');

    private static byte[]? Read(FileSystemInfo entry)
    {
        try
        {
            // Opening a pipe would wait without an end.
            if (Posix.KindOf(entry.FullName) != FileKind.File) return null;
            var length = ((FileInfo)entry).Length;
            if (length > MostBytes) return null;
            using var file = File.OpenRead(entry.FullName);
            var content = new byte[length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
