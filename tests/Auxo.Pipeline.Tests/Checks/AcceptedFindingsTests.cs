using Auxo.Contracts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>What is accepted blocks nothing, for as long as it is.</summary>
public sealed class AcceptedFindingsTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    private static readonly Suppression Entry =
        new(2, "CVE-2021-23337", "dependencies", null, null, new DateOnly(2026, 3, 1), "only in the build", "ada");

    private static readonly Observation Seen = new(
        "CVE-2021-23337", Severity.High, "web/package-lock.json", 4, "lodash 4.17.20: x", "high") { Package = "lodash", Mark = "lodash" };

    [Fact]
    public void an_accepted_finding_is_shown_with_who_until_when_and_why_and_blocks_nothing()
    {
        var result = Judge([Entry]);
        Assert.Equal((Outcome.Passed, "1 accepted"), (result.Step.Outcome, result.Step.Summary));
        var finding = Assert.Single(result.Findings);
        Assert.Equal((false, "lodash 4.17.20: x (accepted until 2026-03-01 by ada: only in the build)"), (finding.Blocks, finding.Message));
        Assert.Contains("web/package-lock.json:4: accepted: ", result.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void from_the_day_after_it_blocks_again_and_says_why()
    {
        var result = Judge([Entry with { Until = Today.AddDays(-1) }]);
        Assert.Equal((Outcome.Failed, true, "1 error"), (result.Step.Outcome, result.Step.Blocks, result.Step.Summary));
        Assert.EndsWith("(accepted until 2026-02-28, which is over)", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_entry_that_still_counts_counts_beside_one_that_is_over()
        => Assert.Equal("1 accepted", Judge([Entry with { Until = Today.AddDays(-9) }, Entry]).Step.Summary);

    [Fact]
    public void a_severe_finding_is_accepted_for_a_time_only_and_a_milder_one_for_good()
    {
        var forGood = Entry with { Until = null };
        Assert.EndsWith(
            "(accepted without 'until', which a severe finding needs (.auxo/suppressions.yaml:2))",
            Assert.Single(Judge([forGood]).Findings).Message, StringComparison.Ordinal);
        Assert.Equal("1 accepted", Judge([forGood], Seen with { Severity = Severity.Medium, Level = "medium" }).Step.Summary);
    }

    [Fact]
    public void what_is_known_and_accepted_is_accepted()
        => Assert.Equal(
            (Outcome.Passed, "1 accepted"),
            Judge([Entry], Seen with { IsKnown = true }) is var result ? (result.Step.Outcome, result.Step.Summary) : default);

    [Theory]
    [InlineData("cve-2021-23337", null, null, null, true)]
    [InlineData("CVE-2021-23338", null, null, null, false)]
    [InlineData("CVE-2021-23337", "secrets", null, null, false)]
    [InlineData("CVE-2021-23337", null, "web/**", null, true)]
    [InlineData("CVE-2021-23337", null, "package-lock.json", null, true)]
    [InlineData("CVE-2021-23337", null, "api/", null, false)]
    [InlineData("CVE-2021-23337", null, null, "Lodash", true)]
    [InlineData("CVE-2021-23337", null, null, "ms", false)]
    public void all_that_an_entry_names_must_fit(string rule, string? check, string? files, string? package, bool fits)
        => Assert.Equal(
            fits ? "1 accepted" : "1 error",
            Judge([Entry with { Rule = rule, Check = check, Files = files, Package = package }]).Step.Summary);

    [Fact]
    public void an_entry_that_nothing_is_found_for_is_a_note_unless_its_check_was_not_made()
    {
        const string note = ".auxo/suppressions.yaml:2: SC2086 is not found and need not be accepted\n";
        Assert.Contains(note, Judge([Entry with { Rule = "SC2086", Check = null }]).Log, StringComparison.Ordinal);
        Assert.Contains(note, Judge([Entry with { Rule = "SC2086" }]).Log, StringComparison.Ordinal);
        Assert.DoesNotContain(note, Judge([Entry with { Rule = "SC2086", Check = "shellcheck" }]).Log, StringComparison.Ordinal);
        var skipped = AcceptedFindings.Mark(
            [new CheckRun("dependencies", CheckReport.Skipped("no trivy"), TimeSpan.Zero)], [Entry with { Rule = "SC2086" }], Today);
        Assert.Empty(skipped[0].Report.Notes);
    }

    [Fact]
    public void what_a_tool_reported_of_a_step_is_accepted_too()
    {
        var finding = new Finding("lint", "no-eval", Severity.High, "a.js", 3, "eval is evil", Blocks: true);
        Suppression[] entries = [Entry with { Rule = "no-eval", Check = null }, Entry with { Check = null }];
        Assert.Equal(
            [finding with { Blocks = false, Message = "eval is evil (accepted until 2026-03-01 by ada: only in the build)" }],
            new AcceptedFindings(entries, Today).Of([finding]));
        Assert.Equal(
            [finding with { Message = "eval is evil (accepted until 2026-03-01, which is over)" }],
            new AcceptedFindings(entries, Today.AddDays(1)).Of([finding]));
        Assert.Equal([finding], new AcceptedFindings([Entry with { Rule = "no-eval" }], Today).Of([finding]));
    }

    private static CheckResult Judge(IReadOnlyList<Suppression> entries, Observation? seen = null)
    {
        var run = Assert.Single(AcceptedFindings.Mark(
            [new CheckRun("dependencies", new CheckReport([seen ?? Seen], []), TimeSpan.Zero)], entries, Today));
        return CheckBatch.Judge(run.Check, run.Report, CheckSettings.Default, run.Duration);
    }
}
