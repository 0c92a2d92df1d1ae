using Auxo.Registry.PyPi;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.PyPi;

public sealed class DistributionFileTests
{
    [Theory]
    [InlineData("auxo_demo-1.0.0-py3-none-any.whl", true, "auxo-demo", "1.0.0", "py3-none-any")]
    [InlineData("Auxo.Demo-1.0-py3-none-any.whl", true, "auxo-demo", "1.0", "py3-none-any")]
    [InlineData("numpy-2.3.1-cp313-cp313t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", true, "numpy", "2.3.1",
        "cp313-cp313t-manylinux_2_27_x86_64.manylinux_2_28_x86_64")]
    [InlineData("demo-1.0-2b-py2.py3-none-any.whl", true, "demo", "1.0", "2b-py2.py3-none-any")]
    [InlineData("demo-1.0+local.1-py3-none-any.whl", true, "demo", "1.0+local.1", "py3-none-any")]
    [InlineData("demo-1!1.0-py3-none-any.whl", true, "demo", "1!1.0", "py3-none-any")]
    [InlineData("auxo_demo-1.0.0.tar.gz", false, "auxo-demo", "1.0.0", "")]
    [InlineData("auxo-demo-1.0.0.tar.gz", false, "auxo-demo", "1.0.0", "")]
    [InlineData("Auxo.Demo-1.0rc1.tar.gz", false, "auxo-demo", "1.0rc1", "")]
    [InlineData("demo-2-1.0.tar.gz", false, "demo-2", "1.0", "")]
    public void names_that_build_tools_make(string fileName, bool isWheel, string project, string version, string build)
    {
        var file = DistributionFile.Parse(fileName, out var refusal);
        Assert.Null(refusal);
        Assert.Equal((isWheel, project, version, build), (file!.IsWheel, file.Project, file.Version.Normal, file.Build));
    }

    [Theory]
    [InlineData("demo-1.0.zip", "neither")]
    [InlineData("demo-1.0.tar.bz2", "neither")]
    [InlineData("demo-1.0-py3-none.whl", "neither")]
    [InlineData("demo-1.0-x1-py3-none-any.whl", "neither")]
    [InlineData("demo-latest-py3-none-any.whl", "neither")]
    [InlineData("demo-latest.tar.gz", "neither")]
    [InlineData("-1.0.tar.gz", "characters")]
    [InlineData("_demo-1.0.tar.gz", "characters")]
    [InlineData("../demo-1.0.tar.gz", "characters")]
    [InlineData("a/demo-1.0.tar.gz", "characters")]
    [InlineData("a\\demo-1.0.tar.gz", "characters")]
    [InlineData("demo%2f-1.0.tar.gz", "characters")]
    [InlineData("d\u0435mo-1.0.tar.gz", "characters")]
    [InlineData("demo-1.0.tar.gz\n", "characters")]
    [InlineData("demo-1.0\u0000.tar.gz", "characters")]
    [InlineData("demo-1.0.whl.exe", "neither")]
    [InlineData("", "characters")]
    public void names_that_are_refused_say_why(string fileName, string why)
    {
        Assert.Null(DistributionFile.Parse(fileName, out var refusal));
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void a_name_of_1000_characters_is_refused()
    {
        Assert.Null(DistributionFile.Parse(new string('a', 1000) + "-1.0.tar.gz", out var refusal));
        Assert.Contains("240", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void any_name_is_read_or_refused_with_a_reason()
        => Prop.ForAll<string>(static text
            => DistributionFile.Parse((text ?? "") + "-1.0.tar.gz", out var refusal) is null == refusal is not null)
                .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Auxo.Demo", "auxo-demo")]
    [InlineData("auxo__demo", "auxo-demo")]
    [InlineData("AUXO-._demo", "auxo-demo")]
    [InlineData("a", "a")]
    public void project_names_have_one_normal_form(string name, string normal)
    {
        Assert.Null(ProjectName.Refuse(name));
        Assert.Equal(normal, ProjectName.Normalize(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("\u0430uxo")]
    [InlineData("\u212Aelvin")]
    public void project_names_that_are_refused(string name) => Assert.NotNull(ProjectName.Refuse(name));
}
