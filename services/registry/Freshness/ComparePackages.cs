using System.Numerics;

namespace Auxo.Registry.Freshness;

/// <summary>What a repository uses beside the newest of it that is known. Pure.</summary>
internal static class ComparePackages
{
    /// <summary>So many of the oldest are named.</summary>
    private const int MostNamed = 20;

    /// <summary>Compares.</summary>
    /// <param name="used">What it uses.</param>
    /// <param name="newest">The newest version of a package; null when nothing is known of it.</param>
    /// <param name="now">The time.</param>
    public static DependenciesCompared Of(KeptDependencies used, Func<UsedPackage, PackageVersion?> newest, DateTimeOffset now)
    {
        var ages = new Dictionary<VersionAge, int>();
        var old = new List<(BigInteger Majors, OldPackage Package)>();
        foreach (var package in used.Packages)
        {
            if (newest(package) is not { } latest || PackageVersion.Read(package.Ecosystem, package.Version) is not { } version) continue;
            var age = version.AgeBeside(latest);
            ages[age] = ages.GetValueOrDefault(age) + 1;
            if (age == VersionAge.MajorBehind)
                old.Add((version.MajorsBehind(latest),
                    new OldPackage(package.Ecosystem, package.Name, package.Version, latest.Text)));
        }

        return new DependenciesCompared(
            used.Rid, used.RepositoryName, used.Head, used.Files, used.Count, ages.Values.Sum(),
            ages.GetValueOrDefault(VersionAge.Newest), ages.GetValueOrDefault(VersionAge.MinorBehind),
            ages.GetValueOrDefault(VersionAge.MajorBehind),
            [.. old.OrderByDescending(static one => one.Majors).ThenBy(static one => one.Package.Name, StringComparer.Ordinal)
                .Take(MostNamed).Select(static one => one.Package)],
            now);
    }
}
