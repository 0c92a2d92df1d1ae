using Auxo.Pipeline.Reports.Files;
using Auxo.Reports;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>Where reports are looked for is what the page says: a name that stands in no page is found by accident.</summary>
public sealed class ReportTablesTests
{
    private static readonly string Page = Solution.Read("docs/coverage.md");

    [Fact]
    public void every_place_of_a_report_stands_in_the_page()
        => Assert.All(ReportPlaces.Patterns, static pattern => Assert.All(
            pattern.Split("/**/"), static part => Assert.Contains($"`{part}`", Page, StringComparison.Ordinal)));

    [Fact]
    public void formats_have_names_of_their_own()
        => Assert.DoesNotContain(
            ReportFormat.All.CountBy(static format => format.Name, StringComparer.Ordinal), static name => name.Value > 1);
}
