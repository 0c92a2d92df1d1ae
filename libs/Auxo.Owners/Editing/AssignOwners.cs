using System.Text;

namespace Auxo.Owners;

/// <summary>A CODEOWNERS file with one line more, or another.</summary>
/// <param name="Content">All of it: no byte outside that line is another.</param>
/// <param name="Line">Where the line stands, from 1.</param>
/// <param name="Replaced">The line that stood there before; null when it is new.</param>
public sealed record AssignedOwners(ReadOnlyMemory<byte> Content, int Line, string? Replaced);

/// <summary>Gives a pattern its owners in the place where that has an effect.</summary>
public static class AssignOwners
{
    /// <summary>
    /// A line with that pattern gets these owners and keeps its comment. A new one goes below all lines that are about more, and above
    /// the first that is about a part of it: what somebody gave to others in there stays theirs.
    /// </summary>
    /// <param name="content">The file, of whatever encoding that has ASCII's bytes for ASCII.</param>
    /// <param name="file">The same, read.</param>
    /// <param name="pattern">In the file's syntax.</param>
    /// <param name="owners">At least one.</param>
    /// <param name="section">A section of GitLab's syntax that is in the file; null for what stands above all sections.</param>
    public static AssignedOwners Apply(
        ReadOnlyMemory<byte> content, OwnersFile file, string pattern, IReadOnlyList<string> owners, string? section)
    {
        var lines = new FileLines(content);
        var own = file.Rules.Where(r => !r.IsExclusion && IsIn(r, section)).ToList();
        var line = $"{Written(pattern, file.Syntax)} {string.Join(' ', owners)}";
        if (own.FindLast(r => r.Pattern == pattern) is { } same)
        {
            var keep = file.Syntax == OwnersSyntax.GitLab ? -1 : lines.Bytes(same.Line - 1).IndexOf(" #"u8);
            return new AssignedOwners(lines.With(same.Line - 1, line, keep), same.Line, lines.Texts[same.Line - 1]);
        }

        var at = file.Syntax == OwnersSyntax.Forgejo
            ? lines.Texts.Count : Place(lines.Texts, own, PathsOf(pattern, file.Syntax), pattern, section);
        return new AssignedOwners(lines.WithNew(at, line), at + 1, Replaced: null);
    }

    /// <summary>The pattern that is about one file, or about all in a folder; null when the syntax cannot say it.</summary>
    /// <param name="path">From the top of the repository, without slashes around it.</param>
    /// <param name="isFolder">It is a folder.</param>
    /// <param name="syntax">Whose pattern.</param>
    public static string? PatternOf(string path, bool isFolder, OwnersSyntax syntax)
    {
        var special = syntax == OwnersSyntax.Forgejo ? @"\.+*?()|[]{}^$" : @"\*?[] ";
        if (syntax == OwnersSyntax.GitHub && path.AsSpan().IndexOfAny('[', ']') >= 0) return null;
        var pattern = new StringBuilder(syntax == OwnersSyntax.Forgejo ? "" : "/");
        foreach (var c in path)
        {
            if (special.Contains(c, StringComparison.Ordinal)) pattern.Append('\\');
            pattern.Append(c);
        }

        return pattern.Append(isFolder ? syntax == OwnersSyntax.Forgejo ? "/.*" : "/" : "").ToString();
    }

    /// <summary>Forgejo takes one layer of backslashes away before it reads the expression.</summary>
    private static string Written(string pattern, OwnersSyntax syntax)
        => syntax == OwnersSyntax.Forgejo
            ? pattern.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(" ", @"\ ", StringComparison.Ordinal)
                .Replace("#", @"\#", StringComparison.Ordinal)
            : pattern;

    private static GlobPattern PathsOf(string pattern, OwnersSyntax syntax)
        => syntax == OwnersSyntax.GitLab
            ? GlobPattern.OfGitLab(pattern) ?? GlobPattern.OfGitHub(pattern) : GlobPattern.OfGitHub(pattern);

    /// <summary>The index of the new line.</summary>
    private static int Place(List<string> lines, List<OwnersRule> own, GlobPattern paths, string pattern, string? section)
    {
        var sample = new RepositoryPath(Sample(pattern));
        var wider = own.FindLastIndex(r => r.Paths.Matches(sample));
        var narrower = own.FindIndex(wider + 1, r => paths.Matches(new RepositoryPath(Sample(r.Pattern))));
        if (narrower >= 0) return own[narrower].Line - 1;
        if (own.Count > 0) return own[^1].Line;
        if (section is null)
        {
            var heading = lines.FindIndex(static l => GitLabLines.IsHeading(l.AsSpan().Trim()));
            return heading < 0 ? lines.Count : heading;
        }

        return lines.FindLastIndex(l => GitLabLines.IsHeading(l.AsSpan().Trim()) && IsNamed(l, section)) + 1;
    }

    /// <summary>Some path that the pattern is about.</summary>
    private static string Sample(string pattern)
    {
        var path = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length) path.Append(pattern[++i]);
            else path.Append(pattern[i] is '*' or '?' ? 'x' : pattern[i]);
        }

        var text = path.ToString().TrimStart('/');
        return text.EndsWith('/') ? text + "x" : text;
    }

    private static bool IsIn(OwnersRule rule, string? section)
        => string.Equals(rule.Section?.Name, section, StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(string line, string section)
        => line.AsSpan().Trim().TrimStart('^').StartsWith($"[{section}]", StringComparison.OrdinalIgnoreCase);
}
