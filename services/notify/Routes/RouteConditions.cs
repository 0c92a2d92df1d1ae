using Auxo.Notify.Times;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Routes;

/// <summary>
/// What a route asks beside type, repository and level. A list that is empty asks nothing; of the others, one entry must fit.
/// </summary>
/// <param name="Branches">Patterns of branches; what is about none, patches too, does not fit.</param>
/// <param name="Authors">Patterns of who did it: a key, or a name that a person has.</param>
/// <param name="Owners">Patterns of whose the changed files are.</param>
/// <param name="Changes">What a build says beside the one before it.</param>
/// <param name="Hours">When it may speak, see <see cref="TimeWindow"/>.</param>
public sealed record RouteConditions(
    IReadOnlyList<string> Branches, IReadOnlyList<string> Authors, IReadOnlyList<string> Owners, IReadOnlyList<Transition> Changes,
    IReadOnlyList<string> Hours)
{
    /// <summary>Asks nothing.</summary>
    public static RouteConditions None { get; } = new([], [], [], [], []);

    /// <summary>Why they do not fit, for people; null when they do.</summary>
    public string? Miss(Circumstances c)
    {
        if (Branches.Count > 0)
        {
            if (c.Branch is null) return $"it is about the branch {Or(Branches)}, and this is about none";
            if (!Branches.Any(p => Pattern.Matches(p, c.Branch))) return $"it is about the branch {Or(Branches)}, and this is {c.Branch}";
        }

        if (Authors.Count > 0 && !Fits(Authors, c.Authors))
            return $"it is about what {Or(Authors)} did, and " + (c.Authors is [var who, ..] ? $"this is by {who}" : "nobody did this");
        if (Owners.Count > 0 && !Fits(Owners, c.Owners))
            return $"it is about files of {Or(Owners)}, and "
                + (c.Owners.Count == 0 ? "nobody is known to own these" : $"these are of {string.Join(", ", c.Owners.Take(3))}");
        if (Changes.Count > 0 && !(c.Change is { } change && Changes.Contains(change)))
            return $"it wants {Or([.. Changes.Select(Notifications.Words.Of)])}, and this is "
                + (c.Change is { } other ? Notifications.Words.Of(other) : "no such change");
        return Hours.Count > 0 && !Hours.Any(h => TimeWindow.Parse(h, TimeZoneInfo.Utc, out _)?.Contains(c.Now) is true)
            ? $"it speaks only at {Or(Hours)}"
            : null;
    }

    /// <summary>What of them fits, for people; empty when nothing is asked.</summary>
    public IEnumerable<string> Hits(Circumstances c)
    {
        if (Branches.Count > 0) yield return $"branch {c.Branch}";
        if (Authors.Count > 0) yield return $"by {(c.Authors is [var first, ..] ? first : "")}";
        if (Owners.Count > 0) yield return $"files of {string.Join(", ", c.Owners.Take(3))}";
        if (Changes.Count > 0 && c.Change is { } change) yield return Notifications.Words.Of(change);
        if (Hours.Count > 0) yield return "at this time of day";
    }

    private static bool Fits(IReadOnlyList<string> patterns, IReadOnlyList<string> names)
        => patterns.Any(p => names.Any(n => Pattern.Matches(Bare(p), Bare(n))));

    /// <summary>People write names with and without the sign in front.</summary>
    private static string Bare(string name) => name.StartsWith('@') ? name[1..] : name;

    private static string Or(IReadOnlyList<string> all) => string.Join(" or ", all.Take(5));
}

/// <summary>What conditions are asked of.</summary>
/// <param name="Branch">The branch that was built; null for a patch and for what is no build.</param>
/// <param name="Authors">Who did it: a key, and the names that person has; empty when nobody did.</param>
/// <param name="Owners">Whose the changed files are.</param>
/// <param name="Change">What a build says beside the one before it.</param>
/// <param name="Now">When it is decided.</param>
public sealed record Circumstances(
    string? Branch, IReadOnlyList<string> Authors, IReadOnlyList<string> Owners, Transition? Change, DateTimeOffset Now);
