using System.Text;

namespace Auxo.Owners;

/// <summary>Forgejo's lines: a regular expression, its owners, and perhaps a comment.</summary>
internal sealed class ForgejoLines : OwnersLines
{
    protected override void Read(int number, string line)
    {
        var words = Unescaped(line);
        if (words.Count == 0) return;
        var isExclusion = words[0].StartsWith('!');
        var pattern = isExclusion ? words[0][1..] : words[0];
        if (pattern.Length is 0 or > PathPattern.Longest)
        {
            Error(number, pattern.Length == 0
                ? "there is no pattern"
                : $"the pattern has more than {PathPattern.Longest} characters; the line is not used");
            return;
        }

        if (RegexPattern.Parse(pattern, out var reason) is not { } paths)
        {
            Error(number, $"'{Shown(pattern)}' is no regular expression that can be read here: {reason}; the line is not used");
            return;
        }

        foreach (var wrong in words.Skip(1).Where(static w => Owner.KindOf(w) is null))
            Error(number, $"'{Shown(wrong)}' is no owner; the others of the line count");
        var owners = words.Skip(1).Where(static w => Owner.KindOf(w) is not null).Distinct(StringComparer.Ordinal).ToList();
        if (owners.Count == 0)
        {
            Error(number, "it has no owner; the line is not used");
            return;
        }

        Add(new OwnersRule(number, pattern, owners, section: null, isExclusion, paths));
    }

    /// <summary>
    /// A backslash takes the meaning from the next character and is gone: the expression <c>\.</c> is written <c>\\.</c>. What follows
    /// a <c>#</c> is a comment.
    /// </summary>
    private static List<string> Unescaped(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < line.Length && line[i] != '#'; i++)
        {
            if (line[i] is ' ' or '\t')
            {
                if (word.Length > 0) words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                word.Append(line[i] == '\\' && i + 1 < line.Length ? line[++i] : line[i]);
            }
        }

        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }
}
