using Auxo.Contracts;
using Auxo.Registry.Freshness;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Freshness;

/// <summary>What is used beside the newest that is known.</summary>
public sealed class ComparePackagesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Ecosystems = ["npm", "nuget", "pypi"];

    [Theory]
    [InlineData("npm", "1.2.3", "1.2.3", "Newest")]
    [InlineData("npm", "1.2.3", "1.10.0", "MinorBehind")]
    [InlineData("npm", "1.2.3", "2.0.0", "MajorBehind")]
    // A later line that its makers do not call the newest yet, and a version for testers.
    [InlineData("npm", "3.0.0", "2.9.0", "Newest")]
    [InlineData("npm", "2.0.0-rc.1", "2.0.0", "MinorBehind")]
    [InlineData("npm", "0.2.0", "0.3.0", "MinorBehind")]
    [InlineData("npm", "1.2", "2.0.0", null)]
    [InlineData("nuget", "9.0.3.1", "10.0", "MajorBehind")]
    [InlineData("nuget", "9.0.3", "9.0.3.0", "Newest")]
    [InlineData("pypi", "1.0", "1.0.0", "Newest")]
    [InlineData("pypi", "2024.1.1", "2026.7.2", "MajorBehind")]
    [InlineData("pypi", "2.6.0+cu124", "2.6.0", "Newest")]
    [InlineData("pypi", "2024.1", "1!1.0", "MajorBehind")]
    [InlineData("pypi", "99999999999999999999999999", "2", "Newest")]
    [InlineData("pypi", "latest", "2", null)]
    [InlineData("cargo", "1.0.0", "2.0.0", null)]
    public void a_version_is_newest_or_behind_in_the_order_of_its_ecosystem(string ecosystem, string used, string newest, string? age)
    {
        var (a, b) = (PackageVersion.Read(ecosystem, used), PackageVersion.Read(ecosystem, newest));
        Assert.Equal(age, a is null || b is null ? null : a.AgeBeside(b).ToString());
    }

    [Fact]
    public void an_older_version_is_never_less_behind()
        => Prop.ForAll(
            Gen.Choose(0, 12).ListOf(9).ToArbitrary(), Gen.Elements(Ecosystems).ToArbitrary(), static (n, ecosystem) =>
            {
                PackageVersion Version(int at) => PackageVersion.Read(ecosystem, $"{n[at]}.{n[at + 1]}.{n[at + 2]}")!;
                var (older, newer, newest) = (Version(0), Version(3), Version(6));
                if (older.OrderBeside(newer) > 0) (older, newer) = (newer, older);
                return older.AgeBeside(newest) >= newer.AgeBeside(newest) && newest.AgeBeside(newest) == VersionAge.Newest
                    && older.MajorsBehind(newest) >= newer.MajorsBehind(newest);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void the_finished_ones_come_before_those_for_testers()
    {
        Assert.Equal("1.9.0", Newest("1.9.0", "2.0.0-rc.1", "1.10.0-beta"));
        Assert.Equal("2.0.0-rc.1", Newest("1.0.0-beta", "2.0.0-rc.1"));
        Assert.Null(Newest());

        static string? Newest(params IEnumerable<string> versions)
            => PackageVersion.Newest([.. versions.Select(static version => PackageVersion.Read("npm", version)!)])?.Text;
    }

    [Fact]
    public void what_is_known_is_counted_and_the_oldest_are_named_first()
    {
        IReadOnlyList<UsedPackage> used =
        [
            new("npm", "new", "4.0.0"), new("npm", "minor", "4.0.0"), new("npm", "old", "1.0.0"), new("npm", "older", "0.1.0"),
            new("npm", "odd", "main"), new("npm", "unheard-of", "1.0.0"), new("cargo", "new", "1.0.0"),
            .. Enumerable.Range(0, 30).Select(static i => new UsedPackage("npm", $"three{i:00}", "3.0.0")),
        ];
        var found = new KeptDependencies(
            Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), "heartwood", CommitId.Parse(new string('a', 40)), used, 2040, 3, Now);
        var told = ComparePackages.Of(
            found, static package => package.Name == "unheard-of" ? null : PackageVersion.Read("npm", "4.2.0"), Now.AddMinutes(1));
        Assert.Equal((2040, 3, 34, 0, 2, 32, 20), (
            told.Count, told.Files, told.Known, told.Newest, told.MinorBehind, told.MajorBehind, told.Oldest.Count));
        Assert.Equal(
            [new OldPackage("npm", "older", "0.1.0", "4.2.0"), new OldPackage("npm", "old", "1.0.0", "4.2.0")], told.Oldest.Take(2));
    }

    [Fact]
    public void bad_input_is_cut_off()
    {
        var found = new DependenciesFound(
            Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), "a\0b", CommitId.Parse(new string('a', 40)),
            [
                new("npm", new string('x', 215), "1.0.0"), new("npm", "a\0b", "1.0.0"), new("npm", "", "1.0.0"), new("npm", "a", "1\n2"),
                .. Enumerable.Range(0, 5000).Select(static i => new UsedPackage("npm", $"p{i}", "1.0.0")),
            ],
            5004, 1, Now);
        var kept = OnDependenciesFoundHandler.Handle(found).Found;
        Assert.Equal(("ab", 2000, "p0"), (kept.RepositoryName, kept.Packages.Count, kept.Packages[0].Name));
    }
}
