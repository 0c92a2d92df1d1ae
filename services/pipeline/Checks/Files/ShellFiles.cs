using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>One shell script of the tree.</summary>
/// <param name="Entry">Where it is in the repository.</param>
/// <param name="Dialect">For which shell it is written.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Sources">The names of files that it reads in with <c>source</c> or <c>.</c>, as far as they are plain.</param>
/// <param name="MayHaveExtglob">True when bash's extended patterns may be on in it: it switches them on, reads in what may do so, or is
/// read in itself.</param>
public sealed record ShellFile(
    GitTreeEntry Entry, Dialect Dialect, int SizeBytes, IReadOnlyList<string> Sources, bool MayHaveExtglob);

/// <summary>
/// The shell scripts of a tree, and a private temporary folder in which those that a tool is asked about lie as they do in the
/// repository, since shellcheck looks around a script for its settings and for what it reads in.
/// </summary>
public sealed class ShellFiles
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex Reads = new(
        @"(^|[\s;&|({])(source|\.|load)[ \t]+(?<f>(\$\([^()\n]*\)|\S)+)|shellcheck[ \t].*source=(?<f>\S+)",
        Linear | RegexOptions.Multiline);

    /// <summary>
    /// What is larger is not read in for others: shellcheck would work through it again for every script that does so, which for a
    /// library of 4,000 lines is seconds each.
    /// </summary>
    internal const int MostFollowedBytes = 64 << 10;

    private readonly SourceTree _tree;
    private readonly string _top;
    private readonly Lazy<HashSet<string>> _readIn;
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _placed = new(StringComparer.Ordinal);
    private int _odd;

    private ShellFiles(SourceTree tree, string top, IReadOnlyList<ShellFile> files, IReadOnlyList<string> leftAlone)
    {
        (_tree, _top, Files, LeftAlone) = (tree, top, files, leftAlone);
        _readIn = new(() => files.SelectMany(static file => file.Sources).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>All of them, in the tree's order.</summary>
    public IReadOnlyList<ShellFile> Files { get; }

    /// <summary>What looks like a script and is none that a check understands, each with the reason; for the logs.</summary>
    public IReadOnlyList<string> LeftAlone { get; }

    /// <summary>The folder that stands for the repository's top.</summary>
    public string Folder => Path.Combine(_top, "tree");

    /// <summary>True when the file's first line asks for a shell that the checks understand.</summary>
    public static bool HasShellShebang(ReadOnlySpan<byte> content)
        => ScriptLanguage.Interpreter(ScriptLanguage.Line(content)) is { } program && ScriptLanguage.Known(program) is not null;

    /// <summary>True when another script of the tree may read the file in: then it need not be executable.</summary>
    public bool IsReadIn(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        // bats' load leaves the extension out.
        return _readIn.Value.Contains(name) || name.EndsWith(".bash", StringComparison.Ordinal) && _readIn.Value.Contains(name[..^5]);
    }

    /// <summary>Finds the scripts.</summary>
    internal static async Task<ShellFiles> ReadAsync(SourceTree tree, string temporary, CancellationToken ct)
    {
        var (files, leftAlone) = (new List<ShellFile>(), new List<string>());
        LintCalls? lint = null;
        foreach (var entry in tree.Entries)
        {
            if (!entry.IsFile) continue;
            var named = ScriptLanguage.IsNamedSo(entry.Name);
            if (!named && ScriptLanguage.Extension(entry.Name).Length > 0 && !entry.IsExecutable) continue;
            if (await tree.ReadTextAsync(entry, ct) is not { } content)
            {
                if (named) leftAlone.Add($"left alone: {PlainText.OneLine(entry.Name)} (binary, or over 1 MiB)");
                continue;
            }

            var language = ScriptLanguage.Of(entry.Name, content.Span);
            if (language is { IsGuess: true } && (lint ??= await LintCalls.ReadAsync(tree, ct)).Shell is { } shell)
                language = new ScriptLanguage(ScriptLanguage.Known(shell), shell);
            if (language?.Dialect is { } dialect) files.Add(new ShellFile(
                entry, dialect, content.Length, SourcesOf(content.Span), MayHaveExtglob(dialect, content.Span)));
            else if (named && language is not null)
                leftAlone.Add($"left alone: {PlainText.OneLine(entry.Name)} (written for {PlainText.OneLine(language.Program, 40)})");
        }

        var top = Path.Combine(temporary, Guid.NewGuid().ToString("N"));
        PrivateFiles.MakeFolder(top);
        Directory.CreateDirectory(Path.Combine(top, "tree"));
        return new ShellFiles(tree, top, files, leftAlone);
    }

    /// <summary>
    /// Writes a file of the repository where a tool finds it, once, without the data that may follow a script's end.
    /// </summary>
    /// <returns>Its path as seen from <see cref="Folder"/>; null when it is no text.</returns>
    public Task<string?> PlaceAsync(GitTreeEntry entry, CancellationToken ct)
        => IsShellCheckRc(entry.Name)
            ? Task.FromResult<string?>(null)
            : _placed.GetOrAdd(entry.Name, _ => new Lazy<Task<string?>>(() => WriteAsync(entry, ct))).Value;

    /// <summary>
    /// Settings of shellcheck, which only ShellCheck.cs places: a script that reads them in must not bring them as they are.
    /// </summary>
    public static bool IsShellCheckRc(string path) => path[(path.LastIndexOf('/') + 1)..] is ".shellcheckrc" or "shellcheckrc";

    /// <summary>Writes a text beside a file of the repository, such as its <c>.shellcheckrc</c>.</summary>
    public Task PlaceTextAsync(string path, string text, CancellationToken ct)
    {
        var (full, _) = Room(path);
        return File.WriteAllTextAsync(full, text, ct);
    }

    /// <summary>A place outside of the repository's, for a text that is made of one of its files.</summary>
    public async Task<string> PlaceOddAsync(string extension, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var (full, name) = Odd(extension);
        await File.WriteAllBytesAsync(full, content, ct);
        return name;
    }

    /// <summary>The files of the tree that a script may read in, and those that they read in.</summary>
    internal async Task<IReadOnlyList<GitTreeEntry>> SourcedAsync(ShellFile file, CancellationToken ct)
    {
        if (file.Sources.Count == 0) return [];
        var (found, seen) = (new List<GitTreeEntry>(), new HashSet<string>(StringComparer.Ordinal) { file.Entry.Name });
        var names = new Queue<string>(file.Sources);
        while (names.TryDequeue(out var name) && found.Count < 100)
        {
            foreach (var entry in _tree.Named(name))
            {
                if (!seen.Add(entry.Name) || await _tree.ReadTextAsync(entry, ct) is not { } content) continue;
                if (content.Length > MostFollowedBytes) continue;
                found.Add(entry);
                foreach (var next in SourcesOf(content.Span)) names.Enqueue(next);
            }
        }

        return found;
    }

    internal void Delete() => Directory.Delete(_top, recursive: true);

    private static bool MayHaveExtglob(Dialect dialect, ReadOnlySpan<byte> content)
        => dialect == Dialect.Bats || !content.StartsWith("#!"u8) || content.IndexOf("extglob"u8) >= 0 || content.IndexOf("source "u8) >= 0
            || content.IndexOf("\n. "u8) >= 0;

    private static IReadOnlyList<string> SourcesOf(ReadOnlySpan<byte> content)
    {
        if (content.IndexOf("source"u8) < 0 && content.IndexOf("load"u8) < 0 && content.IndexOf(". "u8) < 0
            && content.IndexOf(".\t"u8) < 0) return [];
        return [.. Reads.Matches(Encoding.UTF8.GetString(content))
            .Select(match => match.Groups["f"].Value.Trim('"', '\'', ';', ')', '}'))
            .Select(path => path[(path.LastIndexOf('/') + 1)..])
            .Where(name => name.Length > 0 && !name.Contains('$', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    private async Task<string?> WriteAsync(GitTreeEntry entry, CancellationToken ct)
    {
        if (await _tree.ReadTextAsync(entry, ct) is not { } content) return null;
        if (ScriptLanguage.Of(entry.Name, content.Span)?.Dialect is not null and not Dialect.Bats)
            content = await ScriptEnd.CutAsync(content, Path.Combine(_top, $"end{Interlocked.Increment(ref _odd)}"), ct);
        var (full, name) = Room(entry.Name);
        await File.WriteAllBytesAsync(full, content, ct);
        return name;
    }

    /// <summary>
    /// Where a path of the repository lies here. A crafted tree can hold any name; one that could lead elsewhere, or that
    /// cannot lie beside the others, gets a number.
    /// </summary>
    private (string Full, string Name) Room(string path)
    {
        var plain = path.Length < 2000 && path.Split('/').All(static part
            => part is not ("" or "." or "..") && part.Length < 80 && !part.Any(char.IsControl));
        if (plain)
        {
            var full = Path.Combine(Folder, path);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                if (!Directory.Exists(full) && !File.Exists(full)) return (full, path);
            }
            catch (IOException)
            {
                // A file lies where the folder should be.
            }
        }

        return Odd(ScriptLanguage.IsNamedSo(path) ? ScriptLanguage.Extension(path) : "");
    }

    private (string Full, string Name) Odd(string extension)
    {
        Directory.CreateDirectory(Path.Combine(_top, "odd"));
        var name = $"{Interlocked.Increment(ref _odd)}{extension}";
        return (Path.Combine(_top, "odd", name), $"../odd/{name}");
    }
}
