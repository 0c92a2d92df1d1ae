using Auxo.Pipeline.Checks.Advisories;
using Auxo.ServiceDefaults.Egress;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Checks.Packages;

/// <summary>Which versions a range holds, as its registry means it.</summary>
public sealed class VersionRangeTests
{
    [Theory]
    [InlineData("<4.17.21", "4.17.20", "4.17.21")]
    [InlineData("<4.17.21", "4.17.21", null)]
    [InlineData("<4.17.21", "4.17.21-rc.1", "4.17.21")]
    [InlineData(">=1.0.0 <1.2.3 || >=2.0.0 <2.1.0", "2.0.5", "2.1.0")]
    [InlineData(">=1.0.0 <1.2.3 || >=2.0.0 <2.1.0", "1.5.0", null)]
    [InlineData("<=3.0.0", "3.0.0", "")]
    [InlineData("*", "1.0.0", "")]
    [InlineData(">=0.0.0", "9.9.9", "")]
    [InlineData("=1.1.0", "1.1.0", "")]
    public void of_npm(string range, string version, string? fixedIn)
        => Assert.Equal(fixedIn is null ? (false, null) : (true, fixedIn.Length == 0 ? null : fixedIn), Npm.Meet(range, version));

    [Theory]
    [InlineData("(, 13.0.1)", "12.0.3", "13.0.1")]
    [InlineData("(, 13.0.1)", "13.0.1", null)]
    [InlineData("[8.0.0, 8.0.4]", "8.0.4", "")]
    [InlineData("[8.0.0, 8.0.5)", "8.0.0-preview.1", null)]
    [InlineData("[1.0.0, )", "2.0.0", "")]
    public void of_nuget(string range, string version, string? fixedIn)
        => Assert.Equal(fixedIn is null ? (false, null) : (true, fixedIn.Length == 0 ? null : fixedIn), NuGet.Meet(range, version));

    [Theory]
    [InlineData("what?", "1.0.0")]
    [InlineData("<1", "one")]
    public void what_cannot_be_read_is_said(string range, string version)
    {
        Assert.Null(Npm.Meet(range, version));
        Assert.Null(NuGet.Meet("(" + range, version));
    }

    private static NpmAdvisories Npm => new(Answers(), "http://registry.test");

    private static NuGetAdvisories NuGet => new(Answers(), "http://registry.test");

    private static KnownAnswers Answers() => new("/nonexistent", new EgressGuard(EgressPolicy.Parse("127.0.0.1")), new ManualTime());
}
