using System.Globalization;

namespace Auxo.Pipeline.Housekeeping;

/// <summary>How long the files of builds (logs and artifacts) are kept; their events are kept without end.</summary>
/// <param name="Newest">Of each repository, however old.</param>
/// <param name="Age">And everything younger.</param>
public sealed record HousekeepingPolicy(int Newest, TimeSpan Age)
{
    /// <summary>Reads <c>Auxo:Keep:Builds</c> (100) and <c>Auxo:Keep:Days</c> (90).</summary>
    /// <exception cref="FormatException">One of them is no number from 1 on.</exception>
    public static HousekeepingPolicy From(IConfiguration configuration)
        => new(Number(configuration, "Auxo:Keep:Builds", 100), TimeSpan.FromDays(Number(configuration, "Auxo:Keep:Days", 90)));

    private static int Number(IConfiguration configuration, string name, int usual)
        => configuration[name] is not { Length: > 0 } text ? usual
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new FormatException($"{name} is '{text}'; it must be a number from 1 on.");
}

/// <summary>A build, as housekeeping sees it.</summary>
public sealed record KeptBuild(Guid Id, Rid Rid, DateTimeOffset QueuedAt, bool Done);

/// <summary>Whose files go.</summary>
public static class KeptBuilds
{
    /// <summary>The builds whose files are not kept any more: done, old, and not among the newest of their repository.</summary>
    public static IReadOnlyList<Guid> Expired(IReadOnlyList<KeptBuild> builds, HousekeepingPolicy policy, DateTimeOffset now)
        => [.. builds.GroupBy(static b => b.Rid)
            .SelectMany(group => group.OrderByDescending(static b => b.QueuedAt).ThenByDescending(static b => b.Id).Skip(policy.Newest))
            .Where(b => b.Done && b.QueuedAt <= now - policy.Age).Select(static b => b.Id)];
}
