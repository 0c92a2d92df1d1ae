namespace Auxo.Owners;

/// <summary>A line that gives paths their owners.</summary>
public sealed record OwnersRule
{
    internal OwnersRule(
        int line, string pattern, IReadOnlyList<string> owners, OwnersSection? section, bool isExclusion, PathPattern paths)
        => (Line, Pattern, Owners, Section, IsExclusion, Paths) = (line, pattern, owners, section, isExclusion, paths);

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>As it is written, without the <c>!</c> of an exclusion.</summary>
    public string Pattern { get; }

    /// <summary>As they are written; of a line without owners those of its section. Empty: nobody owns these paths.</summary>
    public IReadOnlyList<string> Owners { get; }

    /// <summary>Null where there are no sections, and above the first.</summary>
    public OwnersSection? Section { get; internal init; }

    /// <summary>
    /// GitLab: paths that have no owner in this section. Forgejo: the owners are those of all paths that the pattern does not match.
    /// </summary>
    public bool IsExclusion { get; }

    /// <summary>It describes every path there is.</summary>
    public bool IsCatchAll => Paths.IsCatchAll;

    internal PathPattern Paths { get; }
}
