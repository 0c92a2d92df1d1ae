using System.Numerics;

using Auxo.Registry.Npm.Names;
using Auxo.Registry.NuGet;
using Auxo.Registry.PyPi.Versions;
using Auxo.Registry.Repositories;

using NuGet.Versioning;

using Semver;

namespace Auxo.Registry.Freshness;

/// <summary>How far a version is behind the newest one.</summary>
public enum VersionAge
{
    /// <summary>It is the newest, or a newer one.</summary>
    Newest,

    /// <summary>Its first number is that of the newest.</summary>
    MinorBehind,

    /// <summary>Its first number is a lower one: something may have to be changed to use the newest.</summary>
    MajorBehind,
}

/// <summary>A version of a package, in the order of its ecosystem.</summary>
internal sealed class PackageVersion
{
    private static readonly Comparer<PackageVersion> InOrder = Comparer<PackageVersion>.Create(static (a, b) => a.OrderBeside(b));

    private readonly object _version;

    /// <summary>Of Python an epoch stands before the first number.</summary>
    private readonly (BigInteger Epoch, BigInteger First) _major;

    private PackageVersion(string text, object version, BigInteger epoch, BigInteger first, bool isPrerelease)
        => (Text, _version, _major, IsPrerelease) = (text, version, (epoch, first), isPrerelease);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>It is for testers.</summary>
    public bool IsPrerelease { get; }

    /// <summary>Reads one; null when it is none, or the ecosystem is none of npm, nuget and pypi.</summary>
    public static PackageVersion? Read(string ecosystem, string text) => ecosystem switch
    {
        RepositoryFormats.Npm => NpmVersion.Read(text, out _) is { } v ? new(text, v, 0, v.Major, v.IsPrerelease) : null,
        RepositoryFormats.NuGet => PackageId.ParseVersion(text) is { } v ? new(text, v, 0, v.Major, v.IsPrerelease) : null,
        RepositoryFormats.PyPi => PythonVersion.Parse(text) is { } v
            ? new(text, v, v.Parts.Epoch, v.Parts.Release[0], v.IsPrerelease) : null,
        _ => null,
    };

    /// <summary>The highest finished one, else the highest; null for none.</summary>
    public static PackageVersion? Newest(IReadOnlyCollection<PackageVersion> versions)
        => versions.Where(static version => !version.IsPrerelease).Max(InOrder) ?? versions.Max(InOrder);

    /// <summary>How far this one is behind the newest.</summary>
    public VersionAge AgeBeside(PackageVersion newest)
        => OrderBeside(newest) >= 0 ? VersionAge.Newest
            : _major.CompareTo(newest._major) < 0 ? VersionAge.MajorBehind : VersionAge.MinorBehind;

    /// <summary>Which of two that are behind is further behind: the greater the number, the further.</summary>
    public BigInteger MajorsBehind(PackageVersion newest)
        => _major.Epoch == newest._major.Epoch ? BigInteger.Max(0, newest._major.First - _major.First) : long.MaxValue;

    /// <summary>Less than 0 when this one is older, more when it is newer; 0 for two spellings of one.</summary>
    public int OrderBeside(PackageVersion other) => (_version, other._version) switch
    {
        (SemVersion a, SemVersion b) => SemVersion.ComparePrecedence(a, b),
        (NuGetVersion a, NuGetVersion b) => a.CompareTo(b),
        (PythonVersion a, PythonVersion b) => a.CompareTo(b),
        _ => throw new ArgumentException("Versions of two ecosystems have no order.", nameof(other)),
    };
}
