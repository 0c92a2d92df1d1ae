using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Ci;

/// <summary>How the builds of one repository went in one window.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people.</param>
/// <param name="From">The window begins.</param>
/// <param name="To">The window ends before this.</param>
/// <param name="AsOf">What was known and had happened.</param>
/// <param name="Zone">In which days are counted.</param>
/// <param name="Builds">Builds that ended.</param>
/// <param name="Success">Of those with a verdict on the commit.</param>
/// <param name="Before">The same of the window before, as long as this one: the trend.</param>
/// <param name="LastDay">The same of the last 24 hours of the window.</param>
/// <param name="LastTen">The same of the last ten.</param>
/// <param name="Target">The success ratio to reach.</param>
/// <param name="Stretch">The success ratio to be proud of.</param>
/// <param name="Outcomes">How many builds ended in which way.</param>
/// <param name="Commits">The success ratio by commits, of which the last verdict counts.</param>
/// <param name="FlakyCommits">Commits that failed and then passed unchanged.</param>
/// <param name="Duration">From the first step to the verdict, without waiting for approval.</param>
/// <param name="Wait">From the plan to the first step.</param>
/// <param name="DefaultBranch">How long the default branch was red.</param>
/// <param name="Categories">What made builds fail, most often first.</param>
/// <param name="Steps">Which steps did, most often first, at most ten.</param>
/// <param name="Daily">Day by day.</param>
public sealed record CiReport(
    Rid Rid, string? Name, DateTimeOffset From, DateTimeOffset To, AsOf AsOf, string Zone, int Builds, Share Success,
    Share Before, Share LastDay, Share LastTen,
    double Target, double Stretch, IReadOnlyDictionary<Outcome, int> Outcomes, Share Commits, int FlakyCommits,
    Spread Duration, Spread Wait, RedNumber DefaultBranch,
    IReadOnlyList<Named> Categories, IReadOnlyList<Named> Steps, IReadOnlyList<CiDay> Daily);

/// <summary>A share.</summary>
/// <param name="N">Of how many.</param>
/// <param name="Passed">How many passed.</param>
/// <param name="Ratio">0 to 1; null of none.</param>
public sealed record Share(int N, int Passed, double? Ratio)
{
    /// <summary>So many of so many.</summary>
    public static Share Of(int n, int passed) => new(n, passed, n == 0 ? null : (double)passed / n);
}

/// <summary>A count with its name.</summary>
public sealed record Named(string Name, int Count);

/// <summary>One day.</summary>
/// <param name="Day">In the zone.</param>
/// <param name="Passed">Builds that passed.</param>
/// <param name="Failed">Builds that failed or ran too long.</param>
/// <param name="Other">Builds without a verdict on the commit.</param>
public sealed record CiDay(DateOnly Day, int Passed, int Failed, int Other);
