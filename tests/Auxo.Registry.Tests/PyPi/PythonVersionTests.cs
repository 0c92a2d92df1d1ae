using Auxo.Registry.PyPi.Versions;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.PyPi;

public sealed class PythonVersionTests
{
    /// <summary>In their order.</summary>
    private static readonly string[] Ordered =
    [
        "0.9", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456",
        "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0+5.1", "1.0.post456.dev34",
        "1.0.post456", "1.0.15", "1.1.dev1", "1.1", "2.0", "2026.11.30", "20261130123456789012345678901234567890", "1!0.1",
    ];

    private static readonly Arbitrary<string> Written = (
        from epoch in Gen.Elements("", "1!", "0!")
        from release in Gen.ListOf(Gen.Choose(0, 30)).Where(static l => l.Count is > 0 and < 6)
        from pre in Gen.Elements("", "a1", "-alpha.2", "_beta", "rc", ".c3", "preview4")
        from post in Gen.Elements("", ".post1", "-2", "rev", "-r_3")
        from dev in Gen.Elements("", ".dev", "dev4", "-dev-5")
        from local in Gen.Elements("", "+ubuntu", "+1.2", "+a-b_c.007")
        select epoch + string.Join('.', release) + pre + post + dev + local).ToArbitrary();

    [Fact]
    public void versions_have_the_order_of_pep_440()
    {
        for (var i = 0; i < Ordered.Length; i++)
        {
            for (var j = 0; j < Ordered.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(Parse(Ordered[i]).CompareTo(Parse(Ordered[j]))));
        }
    }

    [Theory]
    [InlineData("1.0.0", "1.0.0")]
    [InlineData("V1.0", "1.0")]
    [InlineData(" 1.0\n", "1.0")]
    [InlineData("01.002.0", "1.2.0")]
    [InlineData("1.0ALPHA", "1.0a0")]
    [InlineData("1.0-c.5", "1.0rc5")]
    [InlineData("1.0pre", "1.0rc0")]
    [InlineData("1.0-preview_2", "1.0rc2")]
    [InlineData("1.0-1", "1.0.post1")]
    [InlineData("1.0r4", "1.0.post4")]
    [InlineData("1.0-rev", "1.0.post0")]
    [InlineData("1.0DEV", "1.0.dev0")]
    [InlineData("0!1.0", "1.0")]
    [InlineData("1.0+Ubuntu_01-x", "1.0+ubuntu.1.x")]
    public void spellings_have_one_normal_form(string written, string normal) => Assert.Equal(normal, Parse(written).Normal);

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("1.")]
    [InlineData("1..0")]
    [InlineData("1.0-")]
    [InlineData("1.0+")]
    [InlineData("1.0+a..b")]
    [InlineData("1.0+a+b")]
    [InlineData("1.0 beta")]
    [InlineData("1.0a1b1")]
    [InlineData("1.0.dev1.post1")]
    [InlineData("latest")]
    [InlineData("1!")]
    [InlineData("1!2!3")]
    [InlineData("1.0\u0661")]
    [InlineData("\u0661.0")]
    [InlineData("1.0/..")]
    public void what_is_no_version_is_none(string text) => Assert.Null(PythonVersion.Parse(text));

    [Fact]
    public void a_version_of_1000_characters_is_none()
        => Assert.Null(PythonVersion.Parse(string.Join('.', Enumerable.Repeat("1", 500))));

    [Fact]
    public void zeros_at_the_end_make_no_other_version()
    {
        Assert.Equal(Parse("1.0"), Parse("1.0.0"));
        Assert.Equal(Parse("1.0rc1").GetHashCode(), Parse("1rc1").GetHashCode());
        Assert.NotEqual(Parse("1.0"), Parse("1.0.1"));
        Assert.Equal(0, Parse("1.0").CompareTo(Parse("1.0.0.0")));
    }

    [Fact]
    public void only_alphas_betas_candidates_and_development_versions_are_prereleases()
        => Assert.Equal("1.0a1 1.0.dev1 1.0rc1.post1", string.Join(' ',
            ((string[])["1.0", "1.0a1", "1.0.post1", "1.0.dev1", "1.0rc1.post1"])
            .Where(static v => Parse(v).IsPrerelease)));

    [Fact]
    public void the_normal_form_is_read_back_as_the_same_version()
        => Prop.ForAll(Written, static text =>
        {
            var version = Parse(text);
            Assert.Equal(version, Parse(version.Normal));
            Assert.Equal(version.Normal, Parse(version.Normal).Normal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void the_order_is_total_and_agrees_with_equality()
        => Prop.ForAll(Written, Written, Written, static (x, y, z) =>
        {
            var (a, b, c) = (Parse(x), Parse(y), Parse(z));
            Assert.Equal(a.CompareTo(b) == 0, a.Equals(b));
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            if (a.CompareTo(b) <= 0 && b.CompareTo(c) <= 0) Assert.True(a.CompareTo(c) <= 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void any_text_is_read_or_refused()
        => Prop.ForAll<string>(static text => PythonVersion.Parse(text ?? "")?.Normal is null or { Length: > 0 })
            .QuickCheckThrowOnFailure();

    private static PythonVersion Parse(string text) => PythonVersion.Parse(text) ?? throw new FormatException(text);
}
