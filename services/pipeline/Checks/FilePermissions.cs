using System.Text;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>Check <c>permissions</c>: what git records of them, that is the executable bit and links.</summary>
public static class FilePermissions
{
    /// <summary>So many scripts that cannot be run are no oversight.</summary>
    private const int ManyScripts = 8;

    /// <summary>Looks at every mode of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, CancellationToken ct)
    {
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("permissions"));
        var observations = new List<Observation>();
        var (runnable, notRunnable) = (new List<string>(), new List<Observation>());
        // What is said of a script depends on the others of its folder.
        var folders = tree.Judged?.Select(Folder).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in tree.Entries)
        {
            if (ignored.Match(entry.Name) || folders?.Contains(Folder(entry.Name)) == false) continue;
            if (entry.IsSymlink && await tree.ReadAsync(entry, ct) is { } target
                && Escapes(entry.Name, Encoding.UTF8.GetString(target.Span)))
            {
                observations.Add(new Observation(
                    "link-escapes", Severity.High, entry.Name, null, "the link points out of the repository; point it at a file inside")
                {
                    Mark = Encoding.UTF8.GetString(target.Span),
                });
            }
            else if (entry.IsFile && entry.IsExecutable)
            {
                // Anything binary may be a program; text runs only by its first line.
                if (await BeginningAsync(tree, entry, ct) is not { Length: > 0 } text) continue;
                if (text.Span.StartsWith("#!"u8))
                {
                    runnable.Add(Folder(entry.Name));
                }
                else
                {
                    observations.Add(new Observation(
                        "executable-without-shebang", Severity.Low, entry.Name, null,
                        "executable, but its first line names no interpreter; chmod -x or add #!"));
                }
            }
            else if (entry.IsFile && MayBeScript(entry.Name)
                && await BeginningAsync(tree, entry, ct) is { } text && ShellFiles.HasShellShebang(text.Span)
                && !(await tree.ShellFilesAsync(ct)).IsReadIn(entry.Name))
            {
                notRunnable.Add(new Observation("script-not-executable", Severity.Medium, entry.Name, 1,
                    "a script with #! that cannot be run; git update-index --chmod=+x"));
            }
        }

        List<string> notes = [$"{tree.Entries.Count} entries"];
        foreach (var folder in notRunnable.GroupBy(static seen => Folder(seen.Path!), StringComparer.Ordinal))
        {
            var scripts = folder.ToList();
            // Where hardly a script can be run, a program reads them in or gives them to a shell.
            if (scripts.Count >= ManyScripts && scripts.Count > runnable.Count(other => other == folder.Key))
                notes.Add(
                    $"left alone: {scripts.Count} scripts with #! in {PlainText.OneLine(folder.Key)}/, where hardly one is executable");
            else observations.AddRange(scripts);
        }

        return new CheckReport([.. observations.Where(seen => tree.IsJudged(seen.Path!))], notes);
    }

    /// <summary>How a file begins, however large it is; null when it looks binary.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BeginningAsync(SourceTree tree, GitTreeEntry entry, CancellationToken ct)
        => await tree.ReadBeginningAsync(entry.Oid, ct) is { Beginning: var text } && !OutsideText.IsWide(text.Span) ? text : null;

    /// <summary>True when a link at <paramref name="path"/> with that target leaves the repository.</summary>
    public static bool Escapes(string path, string target)
    {
        if (target.StartsWith('/')) return true;
        var depth = path.Count(c => c == '/');
        foreach (var part in target.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0) return true;
        }

        return false;
    }

    /// <summary>What lies in them is read in by a shell or copied, and need not be executable, whatever its first line says.</summary>
    private static readonly HashSet<string> FoldersOfOthers = new(StringComparer.OrdinalIgnoreCase)
    {
        "lib", "libs", "lib64", "include", "includes", "templates", "template", "samples", "examples", "fixtures", "testdata",
        "completion", "completions", "bash-completion", "bash_completion.d", "bash_completion",
        "functions", "profile.d", "plugins", "plugin", "themes", "aliases", "helpers", "test_helper", "shell-init",
    };

    private static string Folder(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    /// <summary>Scripts are where people run them from.</summary>
    private static bool MayBeScript(string path)
    {
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        if (name.LastIndexOf('.') is > 0 and var dot && name[dot..] is not (".sh" or ".bash")) return false;
        if (name.Contains("completion", StringComparison.OrdinalIgnoreCase)) return false;
        return !path[..Math.Max(slash, 0)].Split('/').Any(FoldersOfOthers.Contains);
    }
}
