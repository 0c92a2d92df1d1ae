using System.Text;

using Auxo.Registry.Archives;
using Auxo.Registry.NuGet;
using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.Tests.Archives;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.NuGet;

public sealed class PackageReaderTests
{
    [Fact]
    public void what_a_package_says_of_itself_is_read()
    {
        const string More = """
            <title>T</title><tags>a b</tags><projectUrl>https://example.org/x</projectUrl><iconUrl>javascript:alert(1)</iconUrl>
            <license type="expression">MIT</license><requireLicenseAcceptance>true</requireLicenseAcceptance>
            <readme>docs\README.md</readme><packageTypes><packageType name="DotnetTool" /></packageTypes>
            <dependencies><group targetFramework="net10.0"><dependency id="Left" version="1.0" /></group><group targetFramework="net8.0" />
            </dependencies>
            """;
        var read = Read(Nupkgs.Of("Acme.Left", "1.0.0-Beta.1+abc", More));
        Assert.Equal(("Acme.Left", "1.0.0-beta.1", "T", "MIT", true, null), (read.Nuspec.Id,
            PackageId.Normalize(read.Nuspec.ParsedVersion), read.Nuspec.Title, read.Nuspec.LicenseExpression,
            read.Nuspec.RequireLicenseAcceptance, read.Nuspec.IconUrl));
        Assert.Equal(["DotnetTool"], read.Nuspec.PackageTypes);
        Assert.Equal(["net10.0", "net8.0"], read.Nuspec.Dependencies.Select(static g => g.TargetFramework!));
        Assert.Equal(new NuspecDependency("Left", "[1.0.0, )"), Assert.Single(read.Nuspec.Dependencies[0].Dependencies));
        Assert.Empty(read.Nuspec.Dependencies[1].Dependencies);
        Assert.Equal("# Acme.Left 1.0.0-Beta.1+abc", Encoding.UTF8.GetString(read.Readme!));
    }

    [Fact]
    public void dependencies_without_groups_count_for_every_framework()
    {
        var group = Assert.Single(Read(Nupkgs.Of("a", "1", "<dependencies><dependency id=\"b\" /></dependencies>")).Nuspec.Dependencies);
        Assert.Null(group.TargetFramework);
        Assert.Equal(new NuspecDependency("b", "(, )"), Assert.Single(group.Dependencies));
    }

    [Theory]
    [InlineData("../evil", "1.0", "", "made of ASCII letters")]
    [InlineData("a b", "1.0", "", "made of ASCII letters")]
    [InlineData("\u0430cme", "1.0", "", "made of ASCII letters")]
    [InlineData("a..b", "1.0", "", "made of ASCII letters")]
    [InlineData("a", "new", "", "none of NuGet's")]
    [InlineData("a", "", "", "none of NuGet's")]
    [InlineData("a", "1.0", "<dependencies><dependency id=\"../b\" version=\"1\" /></dependencies>", "A dependency cannot be read")]
    [InlineData("a", "1.0", "<dependencies><dependency id=\"b\" version=\"[2\" /></dependencies>", "no range")]
    [InlineData("a", "1.0", "<unclosed>", "no XML")]
    public void what_is_wrong_in_a_nuspec_is_said(string id, string version, string more, string why)
        => Refused(Zips.Of(("x.nuspec", Nupkgs.Nuspec(id, version, more))), why);

    [Fact]
    public void a_nuspec_expands_no_entities_and_reads_no_files()
        => Refused(Zips.Of(("x.nuspec", "<!DOCTYPE p [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
            + "<package><metadata><id>&a;</id></metadata></package>")),
            "no XML");

    [Fact]
    public void a_name_of_1000_characters_is_refused()
        => Refused(Zips.Of(("x.nuspec", Nupkgs.Nuspec(new string('a', 1000), "1.0"))), "more than 100");

    [Fact]
    public void a_package_has_one_nuspec_at_its_top()
    {
        Refused(Zips.Of(("a/x.nuspec", Nupkgs.Nuspec("a", "1.0"))), "none or several");
        Refused(Zips.Of(("x.nuspec", Nupkgs.Nuspec("a", "1.0")), ("y.nuspec", Nupkgs.Nuspec("a", "1.0"))), "none or several");
        Refused("no zip"u8.ToArray(), "damaged");
    }

    [Theory]
    [InlineData("../evil.dll")]
    [InlineData("lib/%2e%2e/%2e%2e/evil.dll")]
    [InlineData("lib%5c..%5cevil.dll")]
    public void files_that_leave_the_folder_are_refused(string name)
        => Refused(Nupkgs.Of("a", "1.0", "", (name, "x")), "leave the folder");

    [Fact]
    public void symbols_are_alone_in_their_package()
    {
        var good = Nupkgs.Of("a", "1.0", "", ("lib/net10.0/a.pdb", "x"));
        Assert.Equal("a", PackageReader.ReadSymbols(new MemoryStream(good)).Nuspec.Id);
        var bad = Nupkgs.Of("a", "1.0", "", ("lib/net10.0/a.dll", "x"));
        Assert.Contains("only '.pdb'", Assert.Throws<ArchiveRefusedException>(
            () => PackageReader.ReadSymbols(new MemoryStream(bad))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0", "1.0.0")]
    [InlineData("1.02.3.0", "1.2.3")]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("1.0.0-RC.1+Build", "1.0.0-rc.1")]
    public void versions_have_one_normal_form(string written, string normal)
        => Assert.Equal(normal, PackageId.Normalize(PackageId.ParseVersion(written)!));

    [Fact]
    public void any_text_is_a_version_or_none()
        => Prop.ForAll<string?>(static text => PackageId.ParseVersion(text) is null || PackageId.ParseVersion(text)!.Major >= 0)
            .QuickCheckThrowOnFailure();

    private static ReadPackage Read(byte[] package) => PackageReader.Read(new MemoryStream(package));

    private static void Refused(byte[] package, string why)
        => Assert.Contains(why, Assert.Throws<ArchiveRefusedException>(() => Read(package)).Message, StringComparison.Ordinal);
}
