using Auxo.Contracts;

namespace Auxo.Owners;

/// <summary>Whether the owners of what changes have accepted it.</summary>
public static class OwnersAccept
{
    /// <summary>
    /// What is needed. In GitHub's and Forgejo's syntax one owner of each path; in GitLab's, for each section that is not optional, as
    /// many owners of the line that counts there as the section says. Paths without owners need nobody.
    /// </summary>
    /// <param name="file">The owners, as the default branch has them.</param>
    /// <param name="people">Who is behind them, from there too.</param>
    /// <param name="paths">What changes; of a renamed file both paths.</param>
    /// <param name="accepted">Whose review of exactly this says accept.</param>
    /// <param name="author">Who proposes it: his own accept does not count.</param>
    /// <returns>Those that are missing first; then in the order of the paths.</returns>
    public static IReadOnlyList<WantedAccept> Decide(
        OwnersFile file, PeopleFile people, IEnumerable<string> paths, IReadOnlyCollection<Did> accepted, Did author)
    {
        var wanted = new Dictionary<string, (Want Want, string Path, int Paths)>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var want in Of(file, path))
                wanted[want.Key] = wanted.TryGetValue(want.Key, out var known) ? known with { Paths = known.Paths + 1 } : (want, path, 1);
        }

        return [.. wanted.Values.Select(w => Judge(w.Want, w.Path, w.Paths, people, accepted, author)).OrderBy(static w => w.IsGiven)];
    }

    private static IEnumerable<Want> Of(OwnersFile file, string path)
        => file.Syntax != OwnersSyntax.GitLab
            ? file.OwnersOf(path) is { Count: > 0 } owners ? [new Want(owners, null, 1)] : []
            : file.Of(path).Where(static r => r.Owners.Count > 0 && r.Section is not { IsOptional: true })
                .Select(static r => new Want(r.Owners, r.Section?.Name, r.Section?.Approvals ?? 1));

    private static WantedAccept Judge(
        Want want, string path, int paths, PeopleFile people, IReadOnlyCollection<Did> accepted, Did author)
    {
        var may = want.Owners.SelectMany(o => Behind(o, people)).DistinctBy(static a => a.Did).Where(a => a.Did != author).ToList();
        return new WantedAccept(
            want.Owners, want.Section, want.Needed, [.. may.Where(a => accepted.Contains(a.Did))],
            [.. may.Where(a => !accepted.Contains(a.Did))], path, paths);
    }

    private static IEnumerable<Accepter> Behind(string owner, PeopleFile people)
        => Owner.KindOf(owner) == OwnerKind.Did && Did.TryParse(owner, provider: null, out var did)
            ? [new Accepter(people.Find(owner) is { } named ? "@" + named.Handle : owner, did)]
            : people.Members(owner).Where(static p => p.Did is not null).Select(static p => new Accepter("@" + p.Handle, p.Did!.Value));

    /// <summary>Owners of whom some must accept.</summary>
    private sealed record Want(IReadOnlyList<string> Owners, string? Section, int Needed)
    {
        /// <summary>The same for all paths that have the same owners in the same section.</summary>
        public string Key { get; } = $"{Section?.ToLowerInvariant()}\n{string.Join('\n', Owners)}";
    }
}
