using Auxo.Registry.Npm.Names;

namespace Auxo.Registry.Tests.Npm;

public sealed class NpmNameTests
{
    [Theory]
    [InlineData("left-pad", "left-pad", "")]
    [InlineData("JSONStream?write=true", "JSONStream", "")]
    [InlineData("@acme%2fnew", "@acme/new", "")]
    [InlineData("@acme%2Fnew/", "@acme/new", "")]
    [InlineData("%40acme%2Fnew", "@acme/new", "")]
    [InlineData("@acme/new", "@acme/new", "")]
    [InlineData("@acme/new/-/new-1.0.0.tgz", "@acme/new", "-|new-1.0.0.tgz")]
    [InlineData("@acme%2fnew/-/new-1.0.0.tgz", "@acme/new", "-|new-1.0.0.tgz")]
    [InlineData("left/1.0.0-beta.1", "left", "1.0.0-beta.1")]
    [InlineData("left/-rev/3-abc", "left", "-rev|3-abc")]
    [InlineData("left/-/left-1.0.0.tgz/-rev/3-abc", "left", "-|left-1.0.0.tgz|-rev|3-abc")]
    [InlineData("-legacy", "-legacy", "")]
    public void paths_of_clients_are_read(string path, string name, string rest)
    {
        var read = NpmPath.FromTarget("/npm/team/" + path, "/npm/team/", out var refusal);
        Assert.Null(refusal);
        Assert.Equal((name, rest), (read!.Package.Value, string.Join('|', read.Rest)));
        Assert.Equal(read.Package, NpmPath.FromTarget("http://h:1/npm/team/" + path, "/npm/team/", out _)!.Package);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("../x")]
    [InlineData("..%2fx")]
    [InlineData("%2e%2e/x")]
    [InlineData("@acme/..")]
    [InlineData("@acme%2f..%2fx")]
    [InlineData("@acme")]
    [InlineData("@/x")]
    [InlineData("@acme//x")]
    [InlineData("a%2fb")]
    [InlineData("a/-/..%2fb")]
    [InlineData("a/-//b")]
    [InlineData("a/%2e%2e/b")]
    [InlineData("%2540acme%252fnew")]
    [InlineData("l%D0%B5ft")]
    [InlineData("l\u0435ft")]
    [InlineData("left%00")]
    [InlineData("left%0a")]
    [InlineData("left%2")]
    [InlineData("left%zz")]
    [InlineData("le ft")]
    [InlineData("le%5cft")]
    [InlineData(".left")]
    [InlineData("_left")]
    [InlineData("left$")]
    [InlineData("@acme%2f_left")]
    public void paths_that_name_nothing_are_refused(string path)
    {
        Assert.Null(NpmPath.FromTarget("/npm/team/" + path, "/npm/team/", out var refusal));
        Assert.EndsWith(".", refusal);
    }

    [Fact]
    public void another_repository_is_no_way_around_the_one_that_was_allowed()
        => Assert.Null(NpmPath.FromTarget("/npm/te%61m/left", "/npm/team/", out _));

    [Fact]
    public void names_end_at_214_characters()
    {
        Assert.True(NpmName.TryParse(new string('a', 214), out _, out _));
        Assert.False(NpmName.TryParse(new string('a', 215), out _, out var refusal));
        Assert.Contains("214", refusal, StringComparison.Ordinal);
        Assert.Null(NpmPath.FromTarget($"/npm/team/{new string('a', 1000)}", "/npm/team/", out _));
        Assert.Null(NpmPath.FromTarget($"/npm/team/{new string('a', 100_000)}", "/npm/team/", out _));
    }

    [Theory]
    [InlineData("left", null)]
    [InlineData("@acme/left.pad_2", null)]
    [InlineData("Left", "capital")]
    [InlineData("@Acme/left", "capital")]
    [InlineData("left~", "~")]
    [InlineData("node_modules", "npm")]
    public void new_names_are_stricter_than_old_ones(string text, string? why)
    {
        Assert.True(NpmName.TryParse(text, out var name, out _));
        var refusal = name.RefuseNew();
        if (why is null) Assert.Null(refusal);
        else Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0", true)]
    [InlineData("0.0.0-a.b-c.0", true)]
    [InlineData("1.0", false)]
    [InlineData("v1.0.0", false)]
    [InlineData("01.0.0", false)]
    [InlineData("1.0.0-01", false)]
    [InlineData("1.0.0+build", false)]
    [InlineData("9007199254740992.0.0", false)]
    [InlineData("1.0.0/../x", false)]
    [InlineData("latest", false)]
    public void versions_are_semantic(string text, bool good) => Assert.Equal(good, NpmVersion.Read(text, out _) is not null);

    [Fact]
    public void versions_are_ordered_by_precedence()
        => Assert.Equal(
            ["oops", "1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0", "1.2.0", "1.10.0"],
            ((string[])["1.10.0", "1.0.0", "1.0.0-alpha.10", "oops", "1.2.0", "1.0.0-alpha", "1.0.0-alpha.2"])
                .Order(Comparer<string>.Create(NpmVersion.Compare)));
}
