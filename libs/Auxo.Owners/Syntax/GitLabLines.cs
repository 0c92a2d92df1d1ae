using System.Text.RegularExpressions;

namespace Auxo.Owners;

/// <summary>GitLab's lines: headings of sections, patterns with owners or those of the section, and exclusions.</summary>
internal sealed partial class GitLabLines : OwnersLines
{
    private readonly Dictionary<string, Heading> _headings = new(StringComparer.OrdinalIgnoreCase);
    private Heading? _current;
    private IReadOnlyList<string> _defaults = [];

    /// <summary>True for a line that can only be the heading of a section.</summary>
    public static bool IsHeading(ReadOnlySpan<char> line)
        => (line.StartsWith("[") || line.StartsWith("^[")) && HeadingLine().IsMatch(line);

    /// <summary>Where one heading of a name is not optional, its section is required: only the whole file says that.</summary>
    /// <param name="rule">A rule of this file.</param>
    public OwnersRule Settled(OwnersRule rule)
        => rule.Section is { } section && _headings[section.Name] is var heading
            ? rule with { Section = new OwnersSection(heading.Name, heading.IsOptional, heading.Approvals) }
            : rule;

    protected override void Read(int number, string line)
    {
        if (line[0] == '[' || line.StartsWith("^[", StringComparison.Ordinal)) ReadHeading(number, line);
        else ReadEntry(number, line);
    }

    private void ReadHeading(int number, string line)
    {
        if (HeadingLine().Match(line) is not { Success: true } match
            || match.Groups["name"].Value.Trim() is not { Length: > 0 } name)
        {
            Error(number, "this is no heading of a section; it looks like [Name], ^[Name] or [Name][2], and then owners");
            return;
        }

        var approvals = 1;
        if (match.Groups["count"] is { Success: true, Value: var count }
            && (!int.TryParse(count, out approvals) || approvals is < 1 or > 1000))
        {
            Error(number, $"'{Shown(count)}' is no number of owners who must accept; one is asked for");
            approvals = 1;
        }

        var optional = line[0] == '^';
        _headings[name] = _current = _headings.TryGetValue(name, out var known)
            ? known with { IsOptional = known.IsOptional && optional, Approvals = Math.Max(known.Approvals, approvals) }
            : new Heading(name, optional, approvals);
        _defaults = Owners(number, Words(match.Groups["owners"].Value));
    }

    private void ReadEntry(int number, string line)
    {
        var words = Words(line);
        var isExclusion = words[0].StartsWith('!');
        var pattern = isExclusion ? words[0][1..] : words[0];
        if (pattern.Length is 0 or > PathPattern.Longest)
        {
            Error(number, pattern.Length == 0
                ? "'!' needs a pattern right behind it"
                : $"the pattern has more than {PathPattern.Longest} characters; the line is not used");
            return;
        }

        if (GlobPattern.OfGitLab(pattern) is not { } paths)
        {
            Error(number, $"'{Shown(pattern)}' opens a bracket that is not closed; the line is not used");
            return;
        }

        if (isExclusion && words.Count > 1
            && !words[1].StartsWith('#')) Warning(number, "an exclusion has no owners; these are not used");
        var own = isExclusion ? [] : Owners(number, words[1..]);
        var owners = isExclusion || own.Count > 0 ? own : _defaults;
        if (!isExclusion && owners.Count == 0) Warning(number,
            "it has no owner, and its section names none: these paths have no owner");
        var section = _current is { } s ? new OwnersSection(s.Name, s.IsOptional, s.Approvals) : null;
        Add(new OwnersRule(number, pattern, owners, section, isExclusion, paths));
    }

    /// <summary>A comment cannot stand behind owners: GitLab reads the names in it, too.</summary>
    private List<string> Owners(int number, IReadOnlyList<string> words)
    {
        var owners = new List<string>();
        foreach (var word in words)
        {
            if (Owner.KindOf(word) is not null) owners.Add(word);
            else if (word.StartsWith('#')) Warning(number,
                "a comment needs a line of its own: owners that stand in this one count");
            else if (!words.Any(static w => w.StartsWith('#'))) Error(number,
                $"'{Shown(word)}' is no owner; the others of the line count");
        }

        return [.. owners.Distinct(StringComparer.Ordinal)];
    }

    private sealed record Heading(string Name, bool IsOptional, int Approvals);

    [GeneratedRegex(@"^\^?\[(?<name>[^\]\[]+)\](\[(?<count>[^\]]*)\])?(\s+(?<owners>.*))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HeadingLine();
}
