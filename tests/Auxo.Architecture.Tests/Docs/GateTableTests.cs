using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>The gate table of the page is that of the program: a check without a row in either would warn where it should block.</summary>
public sealed partial class GateTableTests
{
    private static readonly Dictionary<string, string> Page = Row().Matches(Solution.Read("docs/pipeline-file.md"))
        .ToDictionary(static row => row.Groups["check"].Value, static row => row.Groups["gate"].Value, StringComparer.Ordinal);

    [Fact]
    public void every_check_has_a_row_in_the_page_and_no_row_is_of_a_check_that_is_not_there()
        => Assert.Equal(CheckBatch.All.Select(static check => check.Name), Page.Keys);

    [Fact]
    public void every_check_has_a_default_and_no_default_is_of_a_check_that_is_not_there()
        => Assert.Equal(
            CheckBatch.All.Select(static check => check.Name).Order(StringComparer.Ordinal),
            CheckSettings.DefaultGates.Keys.Where(static key => !key.Contains('.')).Order(StringComparer.Ordinal));

    [Fact]
    public void what_the_page_says_is_what_the_program_does()
        => Assert.All(CheckBatch.All, static check => Assert.Equal(
            CheckSettings.DefaultGates[check.Name] == Gate.Block, Page[check.Name].StartsWith("blocks", StringComparison.Ordinal)));

    [GeneratedRegex(
        @"^\| `(?<check>[a-z]+)` \|.*\| (?<gate>[^|]+) \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
