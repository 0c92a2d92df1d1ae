using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Analysis;

namespace Auxo.Pipeline.Tests.Checks.Analysis;

/// <summary>Every rule finds its vulnerable sample, and nothing in its harmless twin, as Semgrep itself sees them.</summary>
public sealed partial class RuleSamplesTests
{
    public static TheoryData<string, string> Samples => new()
    {
        { "bash", "sample.sh" }, { "python", "sample.py" }, { "javascript", "sample.js" }, { "javascript", "sample.ts" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task the_holes_are_found_and_their_twins_are_not(string language, string name)
    {
        var semgrep = AnalysisBench.Semgrep();
        var lines = await File.ReadAllLinesAsync(SampleOf(language), TestContext.Current.CancellationToken);
        await using var bench = await AnalysisBench.CreateAsync();
        var report = await bench.LookAsync(semgrep, (name, string.Join('\n', lines)));
        Assert.True(report.Trouble is null, report.Reason);
        var found = report.Observations.Select(seen => $"{seen.Line}: {seen.Rule}: {Line(seen.Line)}").Order(StringComparer.Ordinal);
        var wanted = lines.Index().Select(static line => (line.Index, Match: Mark().Match(line.Item)))
            .Where(static line => line.Match.Groups["what"].Value == "ruleid")
            .Select(line => $"{line.Index + 2}: {line.Match.Groups["rule"].Value}: {Line(line.Index + 2)}").Order(StringComparer.Ordinal);
        Assert.Equal(wanted, found);

        string Line(int? number) => number is { } line && line <= lines.Length ? lines[line - 1].Trim() : "";
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("python")]
    [InlineData("javascript")]
    public void every_rule_has_a_sample_and_a_twin(string language)
    {
        var rules = Rule().Matches(RulePack.Own.TextOf($"{language}.yaml")).Select(static match => match.Groups["id"].Value).ToList();
        Assert.True(rules.Count >= 15);
        var marks = File.ReadLines(SampleOf(language)).Select(static line => Mark().Match(line)).Where(static match => match.Success)
            .ToLookup(static match => match.Groups["what"].Value, static match => match.Groups["rule"].Value, StringComparer.Ordinal);
        Assert.Equal(rules.Order(StringComparer.Ordinal), marks["ruleid"].Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(rules.Order(StringComparer.Ordinal), marks["ok"].Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void every_rule_says_what_to_do_and_which_weakness_it_is()
    {
        foreach (var language in (string[])["bash", "python", "javascript"])
        {
            var text = RulePack.Own.TextOf($"{language}.yaml");
            var rules = text.Split("\n  - id: ")[1..];
            Assert.All(rules, static rule =>
            {
                Assert.Matches("\n    metadata: \\{ cwe: \"CWE-[0-9]+\" \\}\n", rule);
                Assert.Matches("\n    severity: (ERROR|WARNING)\n", rule);
                var message = rule.Split("    message: ")[1].Split("\n    metadata: ")[0];
                // The first sentence says what is wrong, the next one what to do.
                Assert.Matches("[^.]+[.] +[A-Z][^.].*[.]\"?$", message.ReplaceLineEndings(" "));
            });
        }
    }

    private static string SampleOf(string language, [CallerFilePath] string here = "")
        => Path.Combine(Path.GetDirectoryName(here)!, "Samples", $"{language}.sample");

    [GeneratedRegex(@"^\s*(?:#|//) (?<what>ruleid|ok): (?<rule>[a-z-]+)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^  - id: (?<id>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Rule();
}
