using Auxo.Registry.Expiring;
using Auxo.Registry.Packages;

namespace Auxo.Registry.Tests.Packages;

/// <summary>What becomes of packages, decided without a host.</summary>
public sealed class PackageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void a_tag_goes_with_its_version_and_the_number_stays_taken()
    {
        var package = new Package()
            .Apply(Published("1.0.0", "latest")).Apply(Published("1.1.0", "latest", "next"))
            .Apply(new PackageEvent.Removed("1.1.0", "ci", Now));
        Assert.Equal(["1.0.0"], package.Versions.Select(static v => v.Version));
        Assert.Equal(["1.1.0"], package.Gone);
        Assert.Equal(["left-1.1.0.tgz"], package.GoneFiles);
        Assert.Empty(package.Tags);
    }

    [Fact]
    public void a_change_is_said_once_and_what_is_not_there_cannot_change()
    {
        var package = new Package().Apply(Published("1.0.0", "latest"));
        Assert.Null(Decide(null, new PackageChange.RemoveAll()));
        Assert.Null(Decide(package, new PackageChange.Remove("2.0.0")));
        Assert.Null(Decide(package, new PackageChange.Tag("next", "2.0.0")));
        Assert.Null(Decide(package, new PackageChange.Untag("next")));
        Assert.Empty(Decide(package, new PackageChange.Tag("latest", "1.0.0"))!);
        Assert.Empty(Decide(package, new PackageChange.Mark("1.0.0", "deprecated", null))!);
        var marked = Decide(package, new PackageChange.Mark("1.0.0", "deprecated", "use right"))!;
        Assert.Equal([new PackageEvent.Marked("1.0.0", "deprecated", "use right", "ci", Now)], marked);
        var after = package.After(marked[0]);
        Assert.Empty(Decide(after, new PackageChange.Mark("1.0.0", "deprecated", "use right"))!);
        Assert.Empty(after.After(Decide(after, new PackageChange.Mark("1.0.0", "deprecated", null))![0]).Versions[0].Marks);
    }

    [Fact]
    public void what_is_new_tagged_or_fetched_lately_is_kept()
    {
        var policy = new RetentionPolicy(2, TimeSpan.FromDays(90));
        KeptPackageVersion Version(string version, int daysOld, int? fetchedDaysAgo = null, bool tagged = false)
            => new("left", version, Now.AddDays(-daysOld), fetchedDaysAgo is { } days ? Now.AddDays(-days) : null, tagged, 10);
        var gone = PackageRetention.Decide(
        [
            Version("1.0.0", 400), Version("1.1.0", 390, fetchedDaysAgo: 5), Version("1.2.0", 380, tagged: true),
            Version("1.3.0", 370, fetchedDaysAgo: 100), Version("2.0.0", 360), Version("2.1.0", 350),
        ], policy, Now);
        Assert.Equal(["1.0.0", "1.3.0"], gone.Select(static v => v.Version));
        Assert.Empty(PackageRetention.Decide([Version("1.0.0", 400)], policy, Now));
    }

    [Fact]
    public void a_version_that_was_tagged_meanwhile_is_not_cleaned_up()
    {
        var package = new Package().Apply(Published("1.0.0", "latest")).Apply(Published("0.9.0"));
        Assert.Null(Decide(package, new PackageChange.RemoveUntagged("1.0.0")));
        Assert.Single(Decide(package, new PackageChange.RemoveUntagged("0.9.0"))!);
    }

    private static IReadOnlyList<PackageEvent>? Decide(Package? package, PackageChange change)
        => ChangePackage.Decide(package, change, "ci", Now);

    private static PackageEvent.Published Published(string version, params string[] tags)
        => new(version, "{}", [new PackageFile($"left-{version}.tgz", "sha256:" + new string('a', 64), 10, "application/gzip")],
            tags, "ci", Now);
}
