namespace Auxo.Owners;

/// <summary>What <see cref="LintOwners"/> found.</summary>
/// <param name="Path">The file that it is about.</param>
/// <param name="Line">From 1; 0 when it is about the whole file.</param>
/// <param name="IsError">A command ends with an error for it.</param>
/// <param name="Rule">Its name, such as <c>catch-all-last</c>.</param>
/// <param name="Message">One sentence without its point, with what to do.</param>
public sealed record OwnersFinding(string Path, int Line, bool IsError, string Rule, string Message);

/// <summary>Finds what a CODEOWNERS file does not do although it looks so.</summary>
public static class LintOwners
{
    private const int MostLines = 5;

    /// <summary>Looks at the file, the people and the paths that there are.</summary>
    /// <param name="file">The owners.</param>
    /// <param name="people">Null when there is no <c>people.yaml</c>: then no owner is unknown.</param>
    /// <param name="paths">All files of the repository.</param>
    /// <param name="unread">Further CODEOWNERS files, which no forge would read beside this one.</param>
    /// <param name="merge">What a merge needs; null when there is no <c>merge.yaml</c>.</param>
    /// <returns>By file and line.</returns>
    public static IReadOnlyList<OwnersFinding> Check(
        OwnersFile file, PeopleFile? people, IReadOnlyCollection<string> paths, IReadOnlyList<string> unread, MergeFile? merge = null)
    {
        OwnersFinding In(int line, bool isError, string rule, string message) => new(file.Path, line, isError, rule, message);
        var found = new List<OwnersFinding>();
        found.AddRange(file.Problems.Select(p => In(p.Line, p.IsError, "syntax", p.Message)));
        found.AddRange(unread.Select(other => new OwnersFinding(
            other, 0, IsError: false, "not-read",
                $"{file.Path} is read and this file is not; move its lines there and remove it")));
        var hidden = CatchAlls(file).ToList();
        found.AddRange(hidden.Select(h => In(h.Last.Line, isError: true, "catch-all-last",
            $"'{h.Last.Pattern}' takes all files, so {Lines([.. h.Hidden.Select(static r => r.Line)])} above it "
                + $"{(h.Hidden.Count == 1 ? "has" : "have")} no effect; move it to the top")));
        var told = hidden.SelectMany(static h => h.Hidden).ToHashSet();
        found.AddRange(Effects(file, paths).Where(e => !told.Contains(e.Rule)).Select(e => e.Described == 0
            ? In(e.Rule.Line, isError: false, "matches-nothing",
                $"no file matches '{e.Rule.Pattern}'; correct it, or remove the line")
            : In(e.Rule.Line, isError: false, "unreachable",
                $"every file that matches '{e.Rule.Pattern}' has its owners from another line ({Lines([.. e.Instead])}); "
                    + "move it below that, or remove it")));
        if (people is null)
        {
            if (file.Rules.Any(static r => r.Owners.Count > 0)) found.Add(new OwnersFinding(
                PeopleFile.Path, 0, IsError: false, "no-people",
                "there is no such file, so nobody knows the keys behind these owners; "
                    + "write one with 'NAME:' and 'did: did:key:…' below it"));
        }
        else
        {
            found.AddRange(people.Problems
                .Select(static p => new OwnersFinding(PeopleFile.Path, p.Line, p.IsError, "people", p.Message)));
            found.AddRange(Unknown(file, people));
        }

        if (merge is not null) found.AddRange(Merge(file, merge));
        return [.. found.OrderBy(static f => f.Path, StringComparer.Ordinal).ThenBy(static f => f.Line)];
    }

    /// <summary>A line for everything below others, in each section.</summary>
    private static IEnumerable<(OwnersRule Last, IReadOnlyList<OwnersRule> Hidden)> CatchAlls(OwnersFile file)
    {
        if (file.Syntax == OwnersSyntax.Forgejo) yield break;
        foreach (var group in file.Rules.GroupBy(static r => r.Section?.Name ?? "", StringComparer.OrdinalIgnoreCase))
        {
            var rules = group.Where(static r => !r.IsExclusion).ToList();
            if (rules.FindLastIndex(static r => r.IsCatchAll) is > 0 and var at) yield return (rules[at], rules[..at]);
        }
    }

    private static IEnumerable<Effect> Effects(OwnersFile file, IReadOnlyCollection<string> paths)
    {
        var seen = file.Rules.ToDictionary(static r => r.Line, static r => new Effect(r));
        foreach (var path in paths)
        {
            var at = new RepositoryPath(path);
            var of = file.Of(path);
            foreach (var rule in of) seen[rule.Line].IsEffective = true;
            foreach (var rule in file.Rules)
            {
                if (!rule.Paths.Matches(at)) continue;
                var effect = seen[rule.Line];
                effect.Described++;
                if (effect.Instead.Count <= MostLines)
                    effect.Instead.UnionWith(of.Where(o => Same(o.Section, rule.Section)).Select(static o => o.Line));
            }
        }

        return seen.Values.Where(static e => !e.IsEffective && (e.Described == 0 || !e.Rule.IsExclusion))
            .OrderBy(static e => e.Rule.Line);
    }

    private static bool Same(OwnersSection? one, OwnersSection? other)
        => string.Equals(one?.Name, other?.Name, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<OwnersFinding> Unknown(OwnersFile file, PeopleFile people)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in file.Rules)
        {
            foreach (var owner in rule.Owners.Where(told.Add))
            {
                if (Owner.KindOf(owner) is OwnerKind.Did or OwnerKind.Role) continue;
                if (people.Find(owner) is not { } person)
                    yield return new OwnersFinding(file.Path, rule.Line, IsError: true, "unknown-owner",
                        $"{owner} is not in {PeopleFile.Path}; add '{owner.TrimStart('@')}:' there, or correct the name");
                else if (!person.IsGroup && person.Did is null)
                    yield return new OwnersFinding(file.Path, rule.Line, IsError: false, "no-did",
                        $"{owner} has no 'did' in {PeopleFile.Path}, so no review on Radicle is known as theirs");
            }
        }
    }

    /// <summary>Whoever may change who must accept, or whether, decides it: these files need an owner first of all.</summary>
    private static IEnumerable<OwnersFinding> Merge(OwnersFile file, MergeFile merge)
    {
        foreach (var problem in merge.Problems)
            yield return new OwnersFinding(MergeFile.Path, problem.Line, problem.IsError, "merge", problem.Message);
        if (!merge.OwnersRequired) yield break;
        foreach (var path in (string[])[file.Path, PeopleFile.Path, MergeFile.Path])
        {
            if (file.OwnersOf(path).Count == 0) yield return new OwnersFinding(
                file.Path, 0, IsError: false, "unowned-rules",
                $"{path} has no owner, so a patch that changes it needs nobody's accept; give it one: auxo owners assign {path} @OWNER");
        }
    }

    private static string Lines(IReadOnlyList<int> lines) => lines switch
    {
        [] => "an exclusion",
        [var one] => $"line {one}",
        _ => $"lines {string.Join(", ", lines.Take(MostLines))}{(lines.Count > MostLines ? ", …" : "")}",
    };

    /// <summary>What a line does to the files that there are.</summary>
    private sealed class Effect(OwnersRule rule)
    {
        public OwnersRule Rule { get; } = rule;

        /// <summary>It says who owns at least one of them.</summary>
        public bool IsEffective { get; set; }

        /// <summary>So many match its pattern.</summary>
        public int Described { get; set; }

        /// <summary>The lines that count for those.</summary>
        public SortedSet<int> Instead { get; } = [];
    }
}
