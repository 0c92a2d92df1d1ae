using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Leftovers;

/// <summary>
/// Check <c>debug</c>, before a commit only: statements that somebody wrote to look at a program and forgot. What programs say on
/// purpose (<c>console.error</c>, <c>print</c>, <c>Console.WriteLine</c>, <c>set -euxo pipefail</c>) is none of them.
/// </summary>
public static partial class DebugStatements
{
    /// <summary>Its name in the gate table.</summary>
    public const string Name = "debug";

    /// <summary>A file with more than these prints on purpose.</summary>
    private const int MaxPerFile = 20;

    private const string Script = "script", Python = "python", Shell = "shell", Ruby = "ruby", Rust = "rust", Php = "php", CSharp = "c#";

    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        [".js"] = Script, [".mjs"] = Script, [".cjs"] = Script, [".jsx"] = Script, [".ts"] = Script, [".mts"] = Script, [".cts"] = Script,
        [".tsx"] = Script, [".vue"] = Script, [".svelte"] = Script, [".py"] = Python, [".sh"] = Shell, [".bash"] = Shell, [".bats"] = Shell,
        [".rb"] = Ruby, [".rake"] = Ruby, [".rs"] = Rust, [".php"] = Php, [".cs"] = CSharp,
    };

    /// <summary>Where others have said that the line is meant so.</summary>
    private static readonly string[] Allowances = ["auxo:allow", "eslint-disable", "noqa"];

    /// <summary>A pattern meets only lines with its word: it takes milliseconds to make, and most commits need none.</summary>
    private static readonly (string Language, string Rule, string[] Words, Func<Regex> Pattern)[] Rules =
    [
        (Script, "console-log", ["console."], ConsoleLog), (Script, "debugger", ["debugger"], Debugger),
        (Python, "breakpoint", ["breakpoint", "pdb", "pudb"], PythonBreakpoint), (Python, "print-of-a-variable", ["=}", "=!"], PythonPrint),
        (Shell, "xtrace", ["set -x", "xtrace"], Xtrace),
        (Ruby, "breakpoint", ["binding.", "byebug", "debugger"], RubyBreakpoint),
        (Rust, "dbg", ["dbg!"], RustDbg),
        (Php, "var-dump", ["var_dump", "dd"], PhpDump),
        (CSharp, "breakpoint", ["Debugger."], CSharpBreakpoint),
    ];

    /// <summary>Looks at the source files of the tree that are judged.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault(Name));
        var (observations, files) = (new List<Observation>(), 0);
        foreach (var entry in tree.Entries)
        {
            if (!entry.IsFile || !tree.IsJudged(entry.Name) || ignored.Match(entry.Name)) continue;
            var extension = ScriptLanguage.Extension(entry.Name);
            // A name without an extension may be that of a script, whose first line says so.
            if (extension.Length > 0 && !Languages.ContainsKey(extension)) continue;
            if (await tree.ReadDecodedAsync(entry, ct) is not { } text || LanguageOf(extension, text) is not { } language) continue;
            files++;
            observations.AddRange(Find(language, text).Take(MaxPerFile).Select(seen => seen with { Path = entry.Name }));
        }

        return new CheckReport(observations, [$"{files} source files"]);
    }

    /// <summary>The statements in a text, each with its line.</summary>
    /// <param name="path">Where it lies; its extension says the language.</param>
    /// <param name="text">The text.</param>
    public static IEnumerable<Observation> Find(string path, ReadOnlySpan<char> text)
        => LanguageOf(ScriptLanguage.Extension(path), text) is { } language ? Find(language, text.ToString()) : [];

    private static IEnumerable<Observation> Find(string language, string text)
    {
        var rules = Rules.Where(rule => rule.Language == language).ToList();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Length > 1000 || IsComment(line.AsSpan().TrimStart())) continue;
            foreach (var (_, rule, words, pattern) in rules)
            {
                if (!words.Any(word => line.Contains(word, StringComparison.Ordinal))) continue;
                if (pattern().Match(line) is not { Success: true } match) continue;
                if (Allowances.Any(word => line.Contains(word, StringComparison.Ordinal))) break;
                yield return new Observation(
                    rule, Severity.Low, null, number,
                    $"{match.Groups["what"].Value.TrimEnd('(', ' ')} is left in; take it out, or say 'auxo:allow' in its line");
                break;
            }
        }
    }

    private static string? LanguageOf(string extension, ReadOnlySpan<char> text)
    {
        if (Languages.TryGetValue(extension, out var language)) return language;
        if (!text.StartsWith("#!")) return null;
        var first = text[..(text.IndexOf('\n') is >= 0 and var end ? end : text.Length)];
        return first.Contains("python", StringComparison.Ordinal) ? Python
            : first.Contains("node", StringComparison.Ordinal) ? Script
            : first.Contains("ruby", StringComparison.Ordinal) ? Ruby
            : first.TrimEnd().EndsWith("sh", StringComparison.Ordinal) ? Shell : null;
    }

    private static bool IsComment(ReadOnlySpan<char> line)
        => line.StartsWith("//") || line.StartsWith("#") || line.StartsWith("*") || line.StartsWith("/*");

    // Before the name stands nothing that makes it part of another name, of a text or of a call.
    [GeneratedRegex("(^|[^A-Za-z0-9_.$'\"`])(?<what>console\\.(log|debug|dir|trace)\\s*\\()", Linear)]
    private static partial Regex ConsoleLog();

    [GeneratedRegex("^\\s*(?<what>debugger)\\s*;?\\s*(//.*)?\\r?\\z", Linear)]
    private static partial Regex Debugger();

    [GeneratedRegex(
        "^\\s*(.*;\\s*)?(?<what>breakpoint\\(|(i?pdb|pudb|pdb_?pp)\\.set_trace\\(|import\\s+(i?pdb|pudb)|from\\s+(i?pdb|pudb)\\s+import)",
        Linear)]
    private static partial Regex PythonBreakpoint();

    // print(f"{value=}") is Python's own way to look at a value; any other print may be what the program is for.
    [GeneratedRegex("^\\s*(?<what>print\\()\\s*[fF][rR]?['\"].*\\{[^{}'\"]*[^=!<>{}]=(![rsa])?\\}", Linear)]
    private static partial Regex PythonPrint();

    [GeneratedRegex("^\\s*(?<what>set (-x|-o\\s+xtrace))\\s*(;|#.*)?\\r?\\z", Linear)]
    private static partial Regex Xtrace();

    [GeneratedRegex("^\\s*(?<what>binding\\.(pry|irb|break)|byebug|debugger)\\b[^=]*\\z", Linear)]
    private static partial Regex RubyBreakpoint();

    [GeneratedRegex("(^|[^A-Za-z0-9_'\"])(?<what>dbg!\\s*\\()", Linear)]
    private static partial Regex RustDbg();

    [GeneratedRegex("(^|[\\s;{(@])(?<what>(var_dump|dd)\\s*\\()", Linear)]
    private static partial Regex PhpDump();

    [GeneratedRegex("^\\s*(System\\.Diagnostics\\.)?(?<what>Debugger\\.(Break|Launch)\\()", Linear)]
    private static partial Regex CSharpBreakpoint();

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
