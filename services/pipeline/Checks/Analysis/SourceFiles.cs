using System.Collections.Frozen;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Analysis;

/// <summary>A file that is analysed.</summary>
/// <param name="Entry">Where it lies.</param>
/// <param name="Suffix">What its name lacks for Semgrep to know its language, such as <c>.py</c>; else empty.</param>
internal sealed record SourceFile(GitTreeEntry Entry, string Suffix);

/// <summary>The files of a tree that rules are for, and words about those that are left out.</summary>
internal sealed record SourceFiles(IReadOnlyList<SourceFile> Files, IReadOnlyList<string> Notes)
{
    /// <summary>Of every language that a rule may name: how its files end.</summary>
    private static readonly FrozenDictionary<string, string[]> Extensions = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["python"] = [".py", ".pyi"], ["bash"] = [".sh", ".bash"],
        ["javascript"] = [".js", ".jsx", ".mjs", ".cjs"], ["typescript"] = [".ts", ".tsx"],
        ["go"] = [".go"], ["java"] = [".java"], ["kotlin"] = [".kt", ".kts"], ["scala"] = [".scala"], ["csharp"] = [".cs"],
        ["ruby"] = [".rb"], ["php"] = [".php"], ["rust"] = [".rs"], ["swift"] = [".swift"], ["lua"] = [".lua"],
        ["c"] = [".c", ".h"], ["cpp"] = [".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h"], ["elixir"] = [".ex", ".exs"],
        ["yaml"] = [".yaml", ".yml"], ["json"] = [".json"], ["html"] = [".html", ".htm"], ["dockerfile"] = ["dockerfile", ".dockerfile"],
        ["terraform"] = [".tf"], ["generic"] = [""], ["regex"] = [""],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly PathPatterns Foreign = PathPatterns.Of(
        ["**/node_modules/", "**/bower_components/", "**/vendor/", "**/third_party/", "**/site-packages/", "**/.venv/", "**/dist/",
            "*.min.js", "*.min.mjs", "*.min.cjs", "*-min.js", "*.bundle.js"]);

    private static readonly PathPatterns Tests = PathPatterns.Of(
        ["**/test/", "**/tests/", "**/spec/", "**/__tests__/", "**/testdata/", "**/fixtures/", "test_*.py", "*_test.py", "conftest.py",
            "*.test.js", "*.test.jsx", "*.test.ts", "*.test.tsx", "*.test.mjs", "*.spec.js", "*.spec.ts", "*.spec.tsx", "*_test.go"]);

    /// <summary>True for what only tests the code: a hole in it is nobody's way in.</summary>
    public static bool IsTest(string path) => Tests.Match(path);

    /// <summary>Finds them.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="ignored">What the pipeline file leaves out.</param>
    /// <param name="languages">Those of the rules, as Semgrep names them.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<SourceFiles> FindAsync(
        SourceTree tree, PathPatterns ignored, IReadOnlySet<string> languages, CancellationToken ct)
    {
        var extensions = languages.SelectMany(static language => Extensions.GetValueOrDefault(language) ?? [])
            .ToHashSet(StringComparer.Ordinal);
        var scripts = languages.Contains("bash") ? await ScriptsAsync(tree, ct) : [];
        var (files, foreign, left) = (new List<SourceFile>(), 0, 0);
        foreach (var entry in tree.Entries)
        {
            if (!entry.IsFile || await SuffixAsync(entry) is not { } suffix) continue;
            if (Foreign.Match(entry.Name)) foreign++;
            else if (ignored.Match(entry.Name)) left++;
            else files.Add(new SourceFile(entry, suffix));
        }

        List<string> notes = [.. languages.Where(static language => !Extensions.ContainsKey(language)).Order(StringComparer.Ordinal)
            .Select(static language => $"rules for {PlainText.OneLine(language, 40)} find nothing: its files are not known here")];
        if (foreign > 0) notes.Add($"left out: {foreign} generated or foreign files (node_modules, vendor, dist, *.min.js and the like)");
        if (left > 0) notes.Add($"left out by the pipeline file: {left} files");
        return new SourceFiles(files, notes);

        async Task<string?> SuffixAsync(GitTreeEntry entry)
        {
            var extension = ScriptLanguage.Extension(entry.Name);
            // Types alone, which Semgrep passes over.
            if (entry.Name.EndsWith(".d.ts", StringComparison.Ordinal)) return null;
            if (scripts.Contains(entry.Name)) return extension is ".sh" or ".bash" ? "" : ".sh";
            // What is named like a script and is none for these shells is for another one.
            if (extension is ".sh" or ".bash") return extensions.Contains("") ? "" : null;
            if (extension is ".mts" or ".cts" && extensions.Contains(".ts")) return ".ts";
            if (extensions.Contains("") || extension.Length > 0 && extensions.Contains(extension)) return "";
            if (extension.Length > 0) return null;
            if (extensions.Contains(entry.Name[(entry.Name.LastIndexOf('/') + 1)..].ToLowerInvariant())) return "";
            return entry.IsExecutable && await tree.ReadTextAsync(entry, ct) is { } content ? OfProgram(content.Span) : null;
        }

        string? OfProgram(ReadOnlySpan<byte> content)
            => ScriptLanguage.Interpreter(ScriptLanguage.Line(content)) switch
            {
                { } program when program.StartsWith("python", StringComparison.Ordinal) && extensions.Contains(".py") => ".py",
                "node" or "nodejs" or "bun" when extensions.Contains(".js") => ".js",
                "deno" when extensions.Contains(".ts") => ".ts",
                _ => null,
            };
    }

    private static async Task<HashSet<string>> ScriptsAsync(SourceTree tree, CancellationToken ct)
        => (await tree.ShellFilesAsync(ct)).Files.Where(static file => file.Dialect is Dialect.Bash or Dialect.Sh or Dialect.Dash)
            .Select(static file => file.Entry.Name).ToHashSet(StringComparer.Ordinal);
}
