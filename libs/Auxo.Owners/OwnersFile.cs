using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Auxo.Owners;

/// <summary>A CODEOWNERS file: who is asked about which paths. Reading one never fails; what cannot be read is a problem.</summary>
public sealed partial class OwnersFile
{
    /// <summary>GitHub reads no larger one, and neither does Auxo.</summary>
    public const int MostBytes = 3 << 20;

    private readonly List<Group> _groups;

    private OwnersFile(
        string path, OwnersSyntax syntax, IReadOnlyList<OwnersRule> rules, IReadOnlyList<OwnersProblem> problems)
    {
        (Path, Syntax, Rules, Problems) = (path, syntax, rules, problems);
        _groups = syntax == OwnersSyntax.Forgejo
            ? []
            : [.. rules.GroupBy(static r => r.Section?.Name ?? "", StringComparer.OrdinalIgnoreCase)
                .Select(static g => new Group([.. g]))];
    }

    /// <summary>Where it lies, from the top of the repository.</summary>
    public string Path { get; }

    /// <summary>Whose rules it follows.</summary>
    public OwnersSyntax Syntax { get; }

    /// <summary>In the order of their lines.</summary>
    public IReadOnlyList<OwnersRule> Rules { get; }

    /// <summary>Lines that could not be read as they are meant, in order.</summary>
    public IReadOnlyList<OwnersProblem> Problems { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it lies: the folder of a forge says whose syntax it is.</param>
    /// <param name="content">Its bytes: UTF-8, with or without a mark, lines ended either way.</param>
    /// <param name="syntax">
    /// What somebody chose. Null: a comment <c># auxo: syntax=gitlab</c> in it counts, then its folder, then whether it has a heading of
    /// a section; else it is GitHub's.
    /// </param>
    public static OwnersFile Read(string path, ReadOnlySpan<byte> content, OwnersSyntax? syntax = null)
    {
        if (content.Length > MostBytes)
            return new OwnersFile(path, syntax ?? OwnersSyntax.GitHub, [], [new OwnersProblem(
                0, IsError: true, $"it is larger than {MostBytes >> 20} MiB and is not read; "
                    + "use folders and wildcards instead of single files")]);
        if (!IsText(content))
            return new OwnersFile(path, syntax ?? OwnersSyntax.GitHub, [], [new OwnersProblem(
                0, IsError: true, "it is UTF-16, or no text at all, and is not read; save it as UTF-8")]);
        var text = Encoding.UTF8.GetString(content.StartsWith(Encoding.UTF8.Preamble)
            ? content[Encoding.UTF8.Preamble.Length..] : content);
        var known = syntax ?? Chosen(text) ?? OwnersPlaces.SyntaxAt(path) ?? Guess(text);
        if (known == OwnersSyntax.GitLab)
        {
            var sections = new GitLabLines();
            sections.Read(text);
            return new OwnersFile(path, known, [.. sections.Rules.Select(sections.Settled)], [.. sections.Problems, .. NoUtf8(content)]);
        }

        OwnersLines lines = known == OwnersSyntax.Forgejo ? new ForgejoLines() : new GitHubLines();
        lines.Read(text);
        return new OwnersFile(path, known, lines.Rules, [.. lines.Problems, .. NoUtf8(content)]);
    }

    /// <summary>False for UTF-16 and UTF-32, with a mark or without one, and for what has many zero bytes for another reason.</summary>
    /// <param name="content">A file's bytes.</param>
    public static bool IsText(ReadOnlySpan<byte> content)
        => !content.StartsWith(Encoding.Unicode.Preamble) && !content.StartsWith(Encoding.BigEndianUnicode.Preamble)
            && content.Count((byte)0) <= content.Length / 4;

    /// <summary>The lines that say who owns a path; none when no line is about it. A line without owners says that nobody does.</summary>
    /// <param name="path">From the top of the repository, without a slash in front.</param>
    public IReadOnlyList<OwnersRule> Of(string path)
    {
        var found = new List<OwnersRule>(1);
        var at = new RepositoryPath(path);
        if (Syntax == OwnersSyntax.Forgejo)
        {
            foreach (var rule in Rules)
            {
                if (rule.Paths.Matches(at) != rule.IsExclusion) found.Add(rule);
            }

            return found;
        }

        foreach (var group in _groups)
        {
            if (group.Last(at) is { } rule) found.Add(rule);
        }

        return found;
    }

    /// <summary>The owners of a path, as they are written, each once.</summary>
    /// <param name="path">From the top of the repository, without a slash in front.</param>
    public IReadOnlyList<string> OwnersOf(string path)
        => Of(path) switch
        {
            [] => [],
            [var one] => one.Owners,
            var all => [.. all.SelectMany(static r => r.Owners).Distinct(StringComparer.Ordinal)],
        };

    /// <summary>The first line with bytes of another encoding; the rest of the file is read all the same.</summary>
    private static IReadOnlyList<OwnersProblem> NoUtf8(ReadOnlySpan<byte> content)
    {
        if (Utf8.IsValid(content)) return [];
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            if (!Utf8.IsValid(content[range])) break;
        }

        return [new OwnersProblem(number, IsError: false,
            "there are bytes that are no UTF-8, so a pattern with them matches no file; save the file as UTF-8")];
    }

    private static OwnersSyntax? Chosen(string text) => Directive().Match(text) is { Success: true } match
        ? Enum.Parse<OwnersSyntax>(match.Groups["syntax"].Value, ignoreCase: true)
        : null;

    private static OwnersSyntax Guess(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (GitLabLines.IsHeading(line.Trim())) return OwnersSyntax.GitLab;
        }

        return OwnersSyntax.GitHub;
    }

    /// <summary>The lines of one section, or of a file without sections.</summary>
    private sealed class Group(List<OwnersRule> rules)
    {
        private readonly bool _excludes = rules.Exists(static r => r.IsExclusion);
        private readonly GlobIndex _index = new([.. rules.Select(static r => (GlobPattern)r.Paths)]);

        /// <summary>What an exclusion takes out of a section stays out, whatever stands below it.</summary>
        public OwnersRule? Last(in RepositoryPath path)
        {
            OwnersRule? last = null;
            foreach (var candidate in _index.Candidates(path))
            {
                var rule = rules[candidate];
                if ((last is not null && !rule.IsExclusion) || !rule.Paths.Matches(path)) continue;
                if (rule.IsExclusion) return null;
                last = rule;
                if (!_excludes) break;
            }

            return last;
        }
    }

    [GeneratedRegex(@"^[ \t]*#[ \t]*auxo:[ \t]*syntax[ \t]*=[ \t]*(?<syntax>github|gitlab|forgejo)[ \t]*(\r?\n|\z)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Directive();
}
