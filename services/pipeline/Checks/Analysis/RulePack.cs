using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks.Analysis;

/// <summary>A rule file of the repository, as the commit has it that may choose the rules.</summary>
/// <param name="Path">Where it lies there.</param>
/// <param name="Oid">Its content.</param>
public sealed record RuleFile(string Path, string Oid);

/// <summary>The rules that a scan goes by: Auxo's own, which are part of this program, and those of the repository.</summary>
internal sealed partial class RulePack
{
    /// <summary>Where a repository has rules of its own: <c>*.yaml</c> and <c>*.yml</c>.</summary>
    public const string Folder = ".auxo/rules";

    private const string Resource = "rules/";

    /// <summary>Auxo's own.</summary>
    public static readonly RulePack Own = new(ReadOwn(), []);

    private readonly IReadOnlyList<(string Name, string Text)> _files;
    private readonly IReadOnlyList<RuleFile> _repository;

    private RulePack(IReadOnlyList<(string Name, string Text)> files, IReadOnlyList<RuleFile> repository)
    {
        (_files, _repository) = (files, repository);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in files) digest.AppendData(Encoding.UTF8.GetBytes($"{name}\0{text}\0"));
        Digest = Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 12));
        Languages = files.SelectMany(static file => LanguagesOf(file.Text)).ToHashSet(StringComparer.Ordinal);
        Count = files.Sum(static file => Rule().Count(file.Text));
    }

    /// <summary>Changes with every rule.</summary>
    public string Digest { get; }

    /// <summary>What the rules are for, as Semgrep names it.</summary>
    public IReadOnlySet<string> Languages { get; }

    /// <summary>How many rules.</summary>
    public int Count { get; }

    /// <summary>How many rules, for the log.</summary>
    public string Words => _repository.Count == 0 ? $"{Count} rules" : $"{Count} rules, {Count - Own.Count} of them from {Folder}";

    /// <summary>True for the name of a rule file.</summary>
    public static bool IsRuleFile(string name)
        => name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal);

    /// <summary>Auxo's rules and those of the repository.</summary>
    /// <exception cref="GitException">The repository lacks a file of them.</exception>
    public static async Task<RulePack> OfAsync(SourceTree tree, IReadOnlyList<RuleFile> repository, CancellationToken ct)
    {
        if (repository.Count == 0) return Own;
        var files = new List<(string, string)>(Own._files);
        foreach (var file in repository)
        {
            if (await tree.ReadAsync(file.Oid, ct) is not { } content)
                throw new InvalidOperationException($"{file.Path} is larger than 1 MiB; split it.");
            files.Add((NameOf(files.Count), OutsideText.Decode(content.Span)));
        }

        return new RulePack(files, repository);
    }

    /// <summary>The text of a rule file.</summary>
    internal string TextOf(string name) => _files.Single(file => file.Name == name).Text;

    /// <summary>Writes them into a folder.</summary>
    public void Write(string folder)
    {
        foreach (var (name, text) in _files) File.WriteAllText(Path.Combine(folder, name), text);
    }

    /// <summary>What Semgrep says of a rule file, with the name that its writer knows.</summary>
    public string InWords(string message)
    {
        for (var i = 0; i < _repository.Count; i++)
        {
            var written = $"../{AnalysisFolder.Rules}/{NameOf(Own._files.Count + i)}";
            message = message.Replace(written, _repository[i].Path, StringComparison.Ordinal);
        }

        return Place().Replace(message, "rule ");
    }

    private static string NameOf(int number) => $"repository-{number}.yaml";

    private static List<(string Name, string Text)> ReadOwn()
    {
        var assembly = typeof(RulePack).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Resource, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (name[Resource.Length..], reader.ReadToEnd());
            })];
    }

    /// <summary>A list in one line or in several.</summary>
    private static IEnumerable<string> LanguagesOf(string text)
        => LanguageLists().Matches(text).SelectMany(static match => Word().Matches(match.Groups["list"].Value))
            .Select(static word => word.Value.ToLowerInvariant() switch
            {
                "py" or "python2" or "python3" => "python",
                "js" => "javascript",
                "ts" => "typescript",
                "sh" => "bash",
                "golang" => "go",
                "kt" => "kotlin",
                "c#" => "csharp",
                "c++" => "cpp",
                "rb" => "ruby",
                "docker" => "dockerfile",
                "hcl" => "terraform",
                var name => name,
            });

    /// <summary>What Semgrep puts before the id of a rule.</summary>
    [GeneratedRegex($@"\brule \.*{AnalysisFolder.Rules}\.", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"^[ \t]*(?:-[ \t]+)?id:", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Rule();

    [GeneratedRegex(
        @"^[ \t]*(?:-[ \t]+)?languages:[ \t]*(?<list>\[[^\]]*\]|(?:\r?\n[ \t]*-[ \t]+[A-Za-z0-9#+]+)+)",
        RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex LanguageLists();

    [GeneratedRegex("[A-Za-z0-9#+]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
