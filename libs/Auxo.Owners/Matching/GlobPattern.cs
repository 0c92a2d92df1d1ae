namespace Auxo.Owners;

/// <summary>A glob of GitHub's or GitLab's syntax.</summary>
internal sealed class GlobPattern : PathPattern
{
    /// <summary>Null stands for any number of folders, none included.</summary>
    private readonly GlobSegment?[] _segments;
    private readonly Reach _reach;

    /// <summary>How every path begins that matches: most patterns are refused by this alone.</summary>
    private readonly string _start;

    private GlobPattern(GlobSegment?[] segments, Reach reach)
    {
        (_segments, _reach) = (segments, reach);
        var literal = segments.TakeWhile(static s => s?.Literal is not null).Select(static s => s!.Literal!).ToArray();
        _start = string.Join('/', literal)
            + (literal.Length > 0 && literal.Length < segments.Length && segments[literal.Length] is not null
            ? "/"
            : "");
    }

    /// <summary>What below a match is meant, too.</summary>
    private enum Reach
    {
        /// <summary>The path itself.</summary>
        Itself,

        /// <summary>All that lies in that folder.</summary>
        Inside,

        /// <summary>The path itself, and all that lies in it where it is a folder.</summary>
        Both,
    }

    public override bool IsCatchAll => _segments switch
    {
        [] => _reach == Reach.Inside,
        [null] => true,
        [null, { IsAny: true }] => _reach != Reach.Inside,
        _ => false,
    };

    /// <summary>GitHub's: as <c>.gitignore</c> reads it, but <c>docs/*</c> is not about what lies deeper.</summary>
    /// <param name="text">The pattern as it is written.</param>
    public static GlobPattern OfGitHub(string text)
    {
        var isFolder = text.EndsWith('/');
        var inner = text.AsSpan().TrimEnd('/').TrimStart('/').ToString();
        var names = inner.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        var anchored = text.AsSpan().TrimEnd('/').Contains('/');
        if (!anchored) names.Insert(0, "**");
        var reach = isFolder ? Reach.Inside : names is [.., "*"] ? Reach.Itself : Reach.Both;
        while (names is [.., "**"] && (names.Count > 1 || anchored))
        {
            names.RemoveAt(names.Count - 1);
            reach = Reach.Inside;
        }

        return new GlobPattern([.. names.Select(static n => n == "**" ? null : GlobSegment.Parse(n, brackets: false)!)], reach);
    }

    /// <summary>GitLab's: Ruby's <c>fnmatch</c>, where only <c>**/</c> crosses folders. Null when a bracket is not closed.</summary>
    /// <param name="text">The pattern as it is written.</param>
    public static GlobPattern? OfGitLab(string text)
    {
        var names = text.TrimStart('/').Split('/').ToList();
        if (!text.StartsWith('/')) names.Insert(0, "**");
        if (names[^1].Length == 0)
        {
            names.RemoveAt(names.Count - 1);
            names.AddRange(["**", "*"]);
        }

        var segments = new GlobSegment?[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            // At the end of a pattern two stars are as one: only with a slash behind them do they cross folders.
            if (names[i] == "**" && i < names.Count - 1) continue;
            if (GlobSegment.Parse(names[i], brackets: true) is not { } segment) return null;
            segments[i] = segment;
        }

        return new GlobPattern(segments, Reach.Itself);
    }

    /// <summary>What a path must have for this to match.</summary>
    public (GlobNeed Kind, string Text) Needs
        => _segments is [{ Literal: { } first }, ..] ? (GlobNeed.First, first)
            : _segments.FirstOrDefault(static s => s?.Literal is not null) is { Literal: { } name } ? (GlobNeed.Name, name)
            : _segments.FirstOrDefault(static s => s?.Extension is not null) is { Extension: { } extension }
                ? (GlobNeed.Extension, extension)
            : (GlobNeed.None, "");

    public override bool Matches(in RepositoryPath path)
    {
        if (!path.Text.StartsWith(_start, StringComparison.Ordinal)) return false;
        int segment = 0, at = 0, folders = -1, from = 0;
        while (at < path.Count)
        {
            if (segment == _segments.Length && _reach != Reach.Itself) return true;
            if (segment < _segments.Length && _segments[segment] is null)
            {
                (folders, from) = (segment++, at);
            }
            else if (segment < _segments.Length && _segments[segment]!.Matches(path[at]))
            {
                segment++;
                at++;
            }
            else if (folders >= 0)
            {
                (segment, at) = (folders + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        while (segment < _segments.Length && _segments[segment] is null) segment++;
        return segment == _segments.Length && _reach != Reach.Inside;
    }
}
