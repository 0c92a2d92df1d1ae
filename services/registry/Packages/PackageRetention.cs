using Auxo.Registry.Expiring;

namespace Auxo.Registry.Packages;

/// <summary>A version, as retention sees it.</summary>
/// <param name="Name">Its package.</param>
/// <param name="Version">Which.</param>
/// <param name="PublishedAt">When it came.</param>
/// <param name="FetchedAt">When somebody last fetched something of it.</param>
/// <param name="IsTagged">A tag points to it.</param>
/// <param name="SizeBytes">What its files have.</param>
public sealed record KeptPackageVersion(
    string Name, string Version, DateTimeOffset PublishedAt, DateTimeOffset? FetchedAt, bool IsTagged, long SizeBytes);

/// <summary>A version that goes, and why.</summary>
/// <param name="Name">Its package.</param>
/// <param name="Version">Which.</param>
/// <param name="SizeBytes">What its files have.</param>
/// <param name="Reason">Why.</param>
public sealed record ExpiredPackageVersion(string Name, string Version, long SizeBytes, string Reason);

/// <summary>Which versions of packages are cleaned up. The dry run and the cleaning are one function.</summary>
public static class PackageRetention
{
    /// <summary>
    /// What goes: to which no tag points, that is not among the newest of its package, and that was neither published nor fetched
    /// lately. So no package is ever emptied.
    /// </summary>
    public static IReadOnlyList<ExpiredPackageVersion> Decide(
        IReadOnlyList<KeptPackageVersion> versions, RetentionPolicy policy, DateTimeOffset now)
    {
        var reason =
            $"no tag points to it, it is not among the newest {policy.Newest}, and in {policy.Age.TotalDays:0} days nobody fetched it";
        return
        [
            .. versions.GroupBy(static v => v.Name, StringComparer.Ordinal)
                .SelectMany(package => package.OrderByDescending(static v => v.PublishedAt)
                    .ThenByDescending(static v => v.Version, StringComparer.Ordinal).Skip(policy.Newest))
                .Where(v => !v.IsTagged && v.PublishedAt <= now - policy.Age
                    && (v.FetchedAt is not { } fetched || fetched <= now - policy.Age))
                .OrderBy(static v => v.Name, StringComparer.Ordinal).ThenBy(static v => v.PublishedAt)
                .Select(v => new ExpiredPackageVersion(v.Name, v.Version, v.SizeBytes, reason)),
        ];
    }
}
