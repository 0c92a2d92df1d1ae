using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Analysis;

/// <summary>Asks Semgrep, and reads its JSON.</summary>
internal static partial class Semgrep
{
    /// <summary>The program.</summary>
    public const string Program = "semgrep";

    /// <summary>Why the check was not made, and what to do.</summary>
    public const string NotInstalled =
        "semgrep is not installed; install it (pipx install semgrep), or say where it is with Auxo__Runner__Semgrep";

    /// <summary>
    /// The quick front of Semgrep answers in a tenth of the time of the other one, by the same engine and in the same form; where it
    /// fails, the other one is asked.
    /// </summary>
    private static readonly string[][] Fronts = [["scan", "--experimental"], ["scan"]];

    /// <summary>
    /// Nothing is asked of a network. Comments that allow are judged here, so that the log can name them. One rule has ten seconds for
    /// a file, and a file on which three rules need longer is given up.
    /// </summary>
    private static readonly string[] Arguments =
    [
        "--metrics=off", "--disable-version-check", "--disable-nosem", "--no-git-ignore", "--max-target-bytes=0", "--timeout=10",
        "--timeout-threshold=3", "--max-memory=2000", $"--jobs={Math.Min(2, Environment.ProcessorCount)}", "--json", "--quiet",
        $"--config=../{AnalysisFolder.Rules}", ".",
    ];

    /// <summary>Its version; null when it does not work.</summary>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    public static async Task<string?> VersionAsync(string semgrep, CancellationToken ct)
    {
        var home = Directory.CreateTempSubdirectory("auxo-semgrep-").FullName;
        try
        {
            var exit = await ToolProcess.RunAsync(semgrep, ["--version"], home, TimeSpan.FromSeconds(10), ct, Variables(home));
            return exit.Code == 0 && exit.Output.Trim() is { Length: > 0 } version ? PlainText.OneLine(version, 40) : null;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>Asks about all that lies in the folder, and adds there what it saw.</summary>
    /// <returns>What is wrong with the run as a whole, or null.</returns>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    public static async Task<string?> AskAsync(string semgrep, RulePack pack, AnalysisFolder folder, CancellationToken ct)
    {
        string? trouble = null;
        foreach (var front in Fronts)
        {
            var exit = await ToolProcess.RunAsync(
                semgrep, [.. front, .. Arguments], folder.Tree, Limit(folder.Placed.Count), ct, Variables(folder.Top));
            trouble = Read(exit, pack, folder);
            if (trouble is null) return null;
        }

        return pack.InWords(trouble!);
    }

    /// <summary>Reads what it printed.</summary>
    /// <returns>What is wrong with the run as a whole, or null.</returns>
    private static string? Read(ToolExit exit, RulePack pack, AnalysisFolder folder)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(exit.Output);
        }
        catch (JsonException)
        {
            var words = exit.Errors.Length > 0 ? exit.Errors : "it printed something else than its JSON";
            return $"semgrep ended with exit code {exit.Code}: {PlainText.OneLine(words)}";
        }

        using (json)
        {
            var root = json.RootElement;
            var errors = root.GetProperty("errors").EnumerateArray().ToLookup(error => folder.Placed.ContainsKey(PathOf(error)));
            // Such as a rule that it does not understand; what is no file's and only a warning is let be.
            foreach (var general in errors[false].Where(error => exit.Code > 1 || Text(error, "level") == "error"))
                return $"semgrep: {PlainText.OneLine(Text(general, "message") ?? $"exit code {exit.Code}")}";
            foreach (var error in errors[true]) AddError(error, folder);
            foreach (var file in root.GetProperty("results").EnumerateArray().GroupBy(PathOf, StringComparer.Ordinal))
                AddResults(file.Key, file, folder);
            // A rule of the repository may be meant for some paths only.
            if (pack != RulePack.Own) return null;
            var scanned = root.GetProperty("paths").GetProperty("scanned").EnumerateArray()
                .Select(static path => path.GetString() ?? "").ToHashSet(StringComparer.Ordinal);
            foreach (var (path, file) in folder.Placed.Where(pair => !scanned.Contains(pair.Key) && folder.Seen(pair.Value).Count == 0))
                folder.Add(file, CheckReport.ToolFailed("semgrep did not look at it"));
        }

        return null;
    }

    private static void AddError(JsonElement error, AnalysisFolder folder)
    {
        var kind = error.GetProperty("type");
        var name = kind.ValueKind == JsonValueKind.String ? kind.GetString() : kind[0].GetString();
        var message = Text(error, "message") ?? name ?? "";
        var file = folder.Placed[PathOf(error)];
        // Semgrep reads on behind what it does not understand.
        var partly = name is "PartialParsing";
        if (folder.Seen(file).Any(seen => seen.IsAllowed == partly)) return;
        folder.Add(file, partly
            ? new Observation("partly-read", Severity.Info, null, LineOf(error), "partly read, some lines not") { IsAllowed = true }
            : CheckReport.ToolFailed(message.Split('\n')[0].TrimEnd(':', ' ')));
    }

    private static void AddResults(string path, IEnumerable<JsonElement> results, AnalysisFolder folder)
    {
        if (!folder.Placed.TryGetValue(path, out var file)) return;
        var lines = folder.LinesOf(path);
        // One weakness of a line is one finding, that of the rule that is surest.
        foreach (var (_, found) in results.Select(Observe).OrderByDescending(static pair => pair.Seen.Severity)
            .DistinctBy(static pair => (pair.Seen.Line, pair.Weakness)).OrderBy(static pair => pair.Seen.Line))
        {
            var seen = SourceFiles.IsTest(file.Entry.Name) ? found with { Level = "in-tests" } : found;
            folder.Add(file, IsAllowed(lines, seen)
                ? seen with { IsAllowed = true, Message = $"allowed by a comment: {seen.Rule}" }
                : seen);
        }
    }

    private static (string Weakness, Observation Seen) Observe(JsonElement result)
    {
        var extra = result.GetProperty("extra");
        var (severity, level) = Text(extra, "severity")?.ToUpperInvariant() switch
        {
            "CRITICAL" => (Severity.Critical, "error"),
            "ERROR" or "HIGH" => (Severity.High, "error"),
            "WARNING" or "MEDIUM" => (Severity.Medium, "warning"),
            _ => (Severity.Low, "info"),
        };
        var message = PlainText.OneLine(Text(extra, "message") ?? "");
        var (rule, cwe) = (RuleOf(Text(result, "check_id") ?? ""), Cwe(extra));
        return (cwe ?? rule, new Observation(rule, severity, null, LineOf(result), cwe is null ? message : $"{message} ({cwe})", level));
    }

    /// <summary>The id as its file has it: Semgrep puts the folder of the file in front.</summary>
    private static string RuleOf(string id)
    {
        var inside = id.TrimStart('.');
        const string Folder = AnalysisFolder.Rules + ".";
        return PlainText.OneLine(inside.StartsWith(Folder, StringComparison.Ordinal) ? inside[Folder.Length..] : inside, 100);
    }

    /// <summary>Such as <c>CWE-89</c>, of a text or of the first in a list.</summary>
    private static string? Cwe(JsonElement extra)
    {
        if (!extra.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("cwe", out var cwe)) return null;
        if (cwe.ValueKind == JsonValueKind.Array && cwe.GetArrayLength() > 0) cwe = cwe[0];
        return cwe.ValueKind == JsonValueKind.String && CweNumber().Match(cwe.GetString()!) is { Success: true } match ? match.Value : null;
    }

    /// <summary>A comment in the line, or alone in the line above, allows all rules or those that it names.</summary>
    private static bool IsAllowed(string[] lines, Observation seen)
    {
        if (seen.Line is not { } line) return false;
        return Allows(line) || line > 1 && line <= lines.Length && OnlyComment().IsMatch(lines[line - 2]) && Allows(line - 1);

        bool Allows(int number)
            => number <= lines.Length && Comment().Match(lines[number - 1]) is { Success: true } comment
                && (!comment.Groups["ids"].Success || comment.Groups["ids"].Value
                    .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    .Any(id => id == seen.Rule || id.EndsWith("." + seen.Rule, StringComparison.Ordinal)));
    }

    private static Dictionary<string, string> Variables(string home)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home, ["SEMGREP_SEND_METRICS"] = "off", ["SEMGREP_ENABLE_VERSION_CHECK"] = "0",
        };
        // Where 'pip install --user' put it.
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } own)
            variables["PYTHONUSERBASE"] = Path.Combine(own, ".local");
        return variables;
    }

    private static TimeSpan Limit(int files) => TimeSpan.FromSeconds(60 + files);

    private static string PathOf(JsonElement element)
    {
        var path = Text(element, "path") ?? "";
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }

    private static int? LineOf(JsonElement element)
    {
        if (element.TryGetProperty("spans", out var spans) && spans.ValueKind == JsonValueKind.Array && spans.GetArrayLength() > 0)
            element = spans[0];
        return element.TryGetProperty("start", out var start) && start.TryGetProperty("line", out var line)
            && line.TryGetInt32(out var number) ? number : null;
    }

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("CWE-[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex CweNumber();

    [GeneratedRegex(@"\bnosem(grep)?\b(:[ \t]*(?<ids>[^ \t,][^,\r\n ]*(,[ \t]*[^ \t,][^,\r\n ]*)*))?",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^[ \t]*(#|//|/\*|<!--|--)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OnlyComment();
}
