using System.Collections.Frozen;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Definitions;

/// <summary>What a build is, as far as a step's <c>if</c> may ask.</summary>
/// <param name="Trigger">What caused it.</param>
/// <param name="Ref">The branch or tag, as in the build's subject.</param>
/// <param name="Trust">Of the author.</param>
/// <param name="Changed">
/// The paths that it changes: a patch against the canonical branch, a push against the head before it; null where that is not known.
/// </param>
/// <param name="Schedule">The name of the schedule that began it; null for every other build.</param>
public sealed record BuildFacts(
    BuildTrigger Trigger, string Ref, Trust Trust, IReadOnlyList<string>? Changed, string? Schedule = null)
{
    /// <summary>The day on which it is planned, in UTC: a year from then findings may be accepted. Where nobody says it, longer.</summary>
    public DateOnly Today { get; init; } = DateOnly.MaxValue;
}

/// <summary>For which builds a step is meant: all that is named must hold. An empty list asks nothing.</summary>
/// <param name="Events"><c>patch</c>, <c>push</c>, <c>tag</c>, <c>manual</c>, <c>schedule</c>.</param>
/// <param name="Branches">Patterns of the branch that was pushed or asked for; a patch has none.</param>
/// <param name="Paths">Patterns of changed files; those that begin with <c>!</c> do not count.</param>
/// <param name="Author"><see cref="Trusted"/> or <see cref="Stranger"/>; null for everybody.</param>
public sealed record StepCondition(
    IReadOnlyList<string> Events, IReadOnlyList<string> Branches, IReadOnlyList<string> Paths, string? Author)
{
    /// <summary>Names of schedules, one of which began the build; null asks for none, as in plans of earlier versions.</summary>
    public IReadOnlyList<string>? Schedules { get; init; }

    /// <summary>A delegate, or somebody on the list of trusted authors.</summary>
    public const string Trusted = "trusted";

    /// <summary>Everybody else.</summary>
    public const string Stranger = "stranger";

    /// <summary>The words for what caused a build.</summary>
    public static readonly FrozenDictionary<string, BuildTrigger> EventNames = new Dictionary<string, BuildTrigger>
    {
        ["patch"] = BuildTrigger.Patch, ["push"] = BuildTrigger.Branch, ["tag"] = BuildTrigger.Tag, ["manual"] = BuildTrigger.Manual,
        ["schedule"] = BuildTrigger.Schedule,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why none of the conditions of a step holds, in one line; null when one does or there are none.</summary>
    public static string? Unmet(IReadOnlyList<StepCondition> conditions, BuildFacts facts)
    {
        var reasons = new List<string>();
        foreach (var condition in conditions)
        {
            if (condition.Unmet(facts) is not { } reason) return null;
            reasons.Add(reason);
        }

        return reasons.Count == 0 ? null : string.Join("; ", reasons.Distinct(StringComparer.Ordinal));
    }

    private string? Unmet(BuildFacts facts)
    {
        if (Events.Count > 0 && !Events.Any(name => EventNames[name] == facts.Trigger)) return $"only for {Or(Events)}";
        if (Schedules is not null && (facts.Schedule is not { } schedule || !Schedules.Contains(schedule, StringComparer.Ordinal)))
            return $"only for schedule {Or(Schedules)}";
        if (Branches.Count > 0 && (facts.Trigger == BuildTrigger.Patch || !Patterns(Branches).Match(facts.Ref)))
            return $"only for branch {Or(Branches)}";
        if (Author is not null && Author != (facts.Trust == Trust.Trusted ? Trusted : Stranger))
            return $"only for {(Author == Trusted ? "trusted authors" : "strangers")}";
        return Paths.Count > 0 && facts.Changed is { } changed && !Touches(changed) ? $"no changed file is {Or(Paths)}" : null;
    }

    private bool Touches(IReadOnlyList<string> changed)
    {
        var wanted = Paths.Where(static path => !path.StartsWith('!')).ToList();
        var (include, exclude) = (PathPatterns.Of(wanted), PathPatterns.Of(
            [.. Paths.Where(static path => path.StartsWith('!')).Select(static path => path[1..])]));
        return changed.Any(path => (wanted.Count == 0 || include.Match(path)) && !exclude.Match(path));
    }

    /// <summary>A branch's name has no folders that a pattern would look in: <c>main</c> is not <c>old/main</c>.</summary>
    private static PathPatterns Patterns(IReadOnlyList<string> branches)
        => PathPatterns.Of([.. branches.Select(static branch => "/" + branch)]);

    private static string Or(IReadOnlyList<string> words)
        => PlainText.OneLine(words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}", 160);
}
