using Auxo.Pipeline.Reports.Files;

namespace Auxo.Pipeline.Tests.Reports;

/// <summary>Reports are found where tools write them; nothing is followed out of the workspace.</summary>
public sealed class ReportPlacesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-reports-").FullName;

    [Theory]
    [InlineData("junit.xml")]
    [InlineData("web/.vitest/junit/output.xml")]
    [InlineData("app/target/surefire-reports/TEST-org.example.PriceTest.xml")]
    [InlineData("tests/A/bin/Debug/net10.0/TestResults/ms_net10.0_x64.trx")]
    [InlineData("TestResults/0f/coverage.cobertura.xml")]
    [InlineData("coverage/lcov.info")]
    [InlineData("coverage/clover.xml")]
    [InlineData("target/site/jacoco/jacoco.xml")]
    [InlineData("results/gosec.sarif")]
    [InlineData("gl-code-quality-report.json")]
    public void what_todays_tools_write_is_found(string path)
    {
        Write(path);
        Assert.Equal([path], ReportPlaces.Find(_folder));
    }

    [Theory]
    [InlineData("node_modules/x/junit.xml")]
    [InlineData("docs/other.xml")]
    [InlineData("pom.xml")]
    [InlineData("package.json")]
    [InlineData(".git/junit.xml")]
    public void what_is_no_report_is_passed_over(string path)
    {
        Write(path);
        Assert.Empty(ReportPlaces.Find(_folder));
    }

    [Fact]
    public void links_are_not_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "junit.xml"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "coverage"), "/etc");
        Assert.Empty(ReportPlaces.Find(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllText(Path.Combine(_folder, path), "");
    }
}
