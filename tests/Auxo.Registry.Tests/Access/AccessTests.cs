using System.Globalization;

using Auxo.Registry.Access;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.Tests.Access;

/// <summary>What names and patterns in addresses and scopes mean.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("@acme/*", "@acme/left", true)]
    [InlineData("@acme/*", "@acmex/left", false)]
    [InlineData("*", "anything", true)]
    [InlineData("left", "left", true)]
    [InlineData("left", "left-pad", false)]
    [InlineData("a*b*c", "aXXbYYc", true)]
    [InlineData("a*b*c", "aXXbYY", false)]
    [InlineData("", "", true)]
    [InlineData("a.c", "abc", false)]
    public void a_pattern_has_stars_and_nothing_else(string pattern, string name, bool expected)
        => Assert.Equal(expected, PackagePattern.Matches(pattern, name));

    [Theory]
    [InlineData("npm", "npm", null)]
    [InlineData("npm@2026-08-01", "npm", "2026-08-01T23:59:59.9999999Z")]
    [InlineData("npm@2026-08-01T12:30:00Z", "npm", "2026-08-01T12:30:00Z")]
    [InlineData("npm@9999-12-31", "npm", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("npm@0001-01-01", "npm", "0001-01-01T23:59:59.9999999Z")]
    public void a_repository_may_be_named_as_of_a_moment(string segment, string name, string? moment)
    {
        var at = RepositoryAt.Parse(segment)!;
        Assert.Equal(name, at.Name);
        Assert.Equal(segment, at.Segment);
        Assert.Equal(moment is null ? null : DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), at.AsOf);
    }

    [Theory]
    [InlineData("npm@")]
    [InlineData("npm@yesterday")]
    [InlineData("npm@2026-13-01")]
    [InlineData("npm@2026-08-01@2026-08-02")]
    [InlineData("")]
    public void what_is_no_moment_is_refused(string segment) => Assert.Null(RepositoryAt.Parse(segment));
}
