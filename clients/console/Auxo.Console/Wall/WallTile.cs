using Auxo.Console.Overview;

namespace Auxo.Console.Wall;

/// <summary>How a repository's default branch stands.</summary>
/// <param name="Repository">Which.</param>
/// <param name="Word"><c>passed</c>, the outcome that is no pass, <c>unreadable</c>, or <c>no build</c>.</param>
/// <param name="Turned">The build with which it came to stand so: who broke it, or who brought it back; null for no build.</param>
/// <param name="Longer">It stood so before the oldest build that was looked at, too.</param>
internal sealed record WallTile(Repository Repository, string Word, Build? Turned, bool Longer)
{
    /// <summary>What must be seen first.</summary>
    public bool IsRed => Word is not ("passed" or "no build");

    /// <summary>Judges by the newest verdict, as far back as it has not changed.</summary>
    /// <param name="repository">Which.</param>
    /// <param name="builds">Of its default branch, newest first.</param>
    /// <param name="more">There are older ones.</param>
    public static WallTile Of(Repository repository, IReadOnlyList<Build> builds, bool more)
    {
        var verdicts = builds.Where(static b => Standings.IsVerdict(b) && b.Trigger != "manual").ToList();
        var same = verdicts.TakeWhile(b => Standings.IsRed(b) == Standings.IsRed(verdicts[0])).ToList();
        var word = repository.Problem is not null ? "unreadable"
            : verdicts.Count == 0 ? "no build" : Standings.IsRed(verdicts[0]) ? verdicts[0].Outcome! : "passed";
        return new WallTile(repository, word, same.LastOrDefault(), more && same.Count == verdicts.Count);
    }

    /// <summary>Red ones first, those that broke last before the others; then by name.</summary>
    public static IReadOnlyList<WallTile> Sort(IEnumerable<WallTile> tiles)
        => [.. tiles.OrderByDescending(static t => t.IsRed)
            .ThenByDescending(static t => t.IsRed ? t.Turned?.FinishedAt : null)
            .ThenBy(static t => t.Repository.Name, StringComparer.OrdinalIgnoreCase)];
}
