using System.Text;

using Auxo.Registry.Archives;
using Auxo.Registry.PyPi;
using Auxo.Registry.PyPi.Reading;
using Auxo.Registry.Tests.Archives;

namespace Auxo.Registry.Tests.PyPi;

public sealed class DistributionReaderTests
{
    [Fact]
    public void the_metadata_of_a_wheel_is_read()
    {
        var metadata = Distributions.Metadata("Auxo.Demo", "1.0.0",
            "Requires-Python: >=3.8\nLicense: MIT\n        and more\nRequires-Dist: left (>=1)\nRequires-Dist: right; extra == 'x'\n"
                + "Project-URL: Home, https://example.org\nHome-page: UNKNOWN\n");
        var read = Read(Distributions.Wheel("Auxo.Demo", "1.0.0", metadata));
        Assert.Equal(metadata, Encoding.UTF8.GetString(read.MetadataText!));
        Assert.Equal(("Auxo.Demo", "1.0.0", "2.1", ">=3.8", "A demo", "MIT", null), (read.Metadata.Name, read.Metadata.Version,
            read.Metadata.MetadataVersion, read.Metadata.RequiresPython, read.Metadata.Summary, read.Metadata.License,
                read.Metadata.HomePage));
        Assert.Equal(["left (>=1)", "right; extra == 'x'"], read.Metadata.RequiresDist);
        Assert.Equal(["Home, https://example.org"], read.Metadata.ProjectUrls);
    }

    [Fact]
    public void the_metadata_of_a_source_distribution_is_read()
    {
        var read = Read(Distributions.Source("Auxo.Demo", "1.0.0"));
        Assert.Equal(("Auxo.Demo", ">=3.8"), (read.Metadata.Name, read.Metadata.RequiresPython));
        Assert.Null(read.MetadataText);
    }

    [Theory]
    [InlineData("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", "do not rename")]
    [InlineData("Metadata-Version: 2.1\nName: demo\nVersion: 1.1\n", "do not rename")]
    [InlineData("Metadata-Version: 2.1\nName: demo\nVersion: x\n", "do not rename")]
    [InlineData("Metadata-Version: 2.1\nName: demo\n", "'version' once")]
    [InlineData("Name: demo\nVersion: 1.0\n", "'metadata-version' once")]
    [InlineData("Metadata-Version: 2.1\nName: demo\nName: other\nVersion: 1.0\n", "'name' once")]
    [InlineData("Metadata-Version: 2.1\nno field\n", "'Name: value'")]
    [InlineData("", "once")]
    public void metadata_of_something_else_is_refused(string metadata, string why)
    {
        Refused(Distributions.Wheel("demo", "1.0", metadata), why);
        Refused(Distributions.Source("demo", "1.0", metadata), why);
    }

    [Fact]
    public void a_wheel_without_its_folder_or_with_two_is_refused()
    {
        Refused(("demo-1.0-py3-none-any.whl", Zips.Of(("demo.py", ""))), "has none");
        Refused(Distributions.Wheel("demo", "1.0", folder: "other-1.0.dist-info"), "has other-1.0.dist-info");
        Refused(("demo-1.0-py3-none-any.whl", Zips.Of(("demo-1.0.dist-info/METADATA", ""),
            ("x-1.0.dist-info/METADATA", ""))), "one folder");
        Refused(("demo-1.0-py3-none-any.whl", Zips.Of(("demo-1.0.dist-info/METADATA", ""))), "no 'WHEEL'");
        Refused(("demo-1.0-py3-none-any.whl", "no zip"u8.ToArray()), "damaged");
    }

    [Fact]
    public void metadata_that_is_no_utf_8_is_refused()
    {
        var wheel = Zips.Of(("demo-1.0.dist-info/METADATA", [0xff, 0xfe]), ("demo-1.0.dist-info/WHEEL", Array.Empty<byte>()),
            ("demo-1.0.dist-info/RECORD", []));
        Refused(("demo-1.0-py3-none-any.whl", wheel), "UTF-8");
    }

    private static ReadDistribution Read((string FileName, byte[] Content) file)
        => DistributionReader.Read(DistributionFile.Parse(file.FileName, out _)!, new MemoryStream(file.Content));

    private static void Refused((string FileName, byte[] Content) file, string why)
        => Assert.Contains(why, Assert.Throws<ArchiveRefusedException>(() => Read(file)).Message, StringComparison.Ordinal);
}
