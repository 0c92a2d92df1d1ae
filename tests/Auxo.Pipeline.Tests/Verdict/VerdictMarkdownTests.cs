using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Tests.Builds;
using Auxo.Pipeline.Verdict;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Verdict;

public sealed class VerdictMarkdownTests
{
    [Theory]
    [InlineData("none: on the host, as the setting Auxo:Sandbox=host asks", null, true)]
    [InlineData("none: on the host, as the setting Auxo:Sandbox=host asks", "debian:13", false)]
    [InlineData("bubblewrap 0.8.0", null, false)]
    public void steps_that_nothing_held_in_are_unsafe_and_it_says_so(string sandbox, string? image, bool isUnsafe)
    {
        var plan = PlanOf() with { Steps = [Step("make") with { Image = image }] };
        var build = Queued(plan);
        build = Fold(build, StartBuild.Decide(build, "r", sandbox, [], Now).Events);
        Assert.Equal(isUnsafe, VerdictMarkdown.Render(build, NoLinks).Contains("> ⚠️ **Unsafe**", StringComparison.Ordinal));
    }

    [Fact]
    public void the_owners_of_what_changed_stand_in_one_line_and_nobody_is_called_by_it()
    {
        var build = Queued(PlanOf()) with
        {
            Owners = new ChangeOwners([new("@alice", 3), new("a_b@example.org", 1), new("@c", 1), new("@d", 1), new("@e", 1),
                new("@f", 1)], 8, 2),
        };
        Assert.Contains(
            "\nOwners of what changed: &#64;alice (3 files), a\\_b&#64;example.org (1 file), &#64;c (1 file), &#64;d (1 file), "
                + "&#64;e (1 file) and 3 more; 2 files have no owner\n", VerdictMarkdown.Render(build, NoLinks),
                    StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Owners", VerdictMarkdown.Render(build with { Owners = new ChangeOwners([], 0, 4) }, NoLinks),
                StringComparison.Ordinal);
        Assert.DoesNotContain("Owners", VerdictMarkdown.Render(build with { Owners = null }, NoLinks), StringComparison.Ordinal);
    }

    [Fact]
    public void a_failed_build_reads_like_this()
    {
        var build = Queued(PlanOf(steps: "make"));
        build = Fold(build, StartBuild.Decide(build, "r", "s", [], Now).Events);
        build = BuildDecisionTests.Record(
            build,
            Report("syntax", Outcome.Failed, true, new Finding(
                "syntax", "parse-error", Severity.High, "bin/run.sh", 7, "syntax error: unexpected end of file", true)),
            Report("secrets", Outcome.Skipped, false));
        var (events, _) = RecordStepResults.Decide(build, [Report("make")], [], NoLinks, Now.AddSeconds(75));
        Assert.Equal(
            $"""
             ❌ **Failed**: `1111111` in 1 min 15 s. syntax failed

             | step | result | time |
             |---|---|---|
             | syntax | ❌ failed | 1.0 s |
             | secrets | ➖ skipped | 1.0 s |
             | make | ✅ passed | 1.0 s |

             - ❌ `bin/run.sh:7` syntax error: unexpected end of file (syntax: parse-error)

             Log: `auxo ci logs {BuildId.Short(build.BuildId)}`

             auxo · build {BuildId.Short(build.BuildId)}

             """, VerdictMarkdown.Render(Fold(build, events), NoLinks));
    }

    [Fact]
    public void what_is_known_of_a_failure_is_said_below_the_findings_and_is_no_markup()
    {
        var build = Queued(PlanOf(steps: ["make", "other"]));
        var make = Report("make", Outcome.Failed);
        build = BuildDecisionTests.Record(
            build, Report("syntax"), Report("secrets"), make with { Result = make.Result with { Hint = "the program '<b>x' is missing" } },
            Report("other"));
        var text = VerdictMarkdown.Render(build, NoLinks);
        Assert.Contains("- 💡 make: the program '&lt;b&gt;x' is missing\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), static line => line.Contains("💡", StringComparison.Ordinal));
    }

    [Fact]
    public void tests_and_coverage_have_a_line_each_and_new_failures_come_first()
    {
        var tests = new StepTests("unit", 124, 120, 2, 2,
            [new FailedTest("adds <b>", "1 | 2", "src/a.js", IsNew: true, "k"),
                new FailedTest("old", "", null, IsNew: false, "o")], ["wavers"])
        {
            FlakyCount = 1,
        };
        var coverage = new StepCoverage("unit", "lines", new LineCount(812, 1000), new LineCount(0, 0), new LineCount(64, 100),
            new LineCount(809, 1000), [new CoveredFile("src/a.js", new LineCount(1, 5), [3, 4, 5, 9])], 1);
        var build = Fold(Queued(PlanOf(steps: "unit")), [new BuildEvent.TestsReported(tests), new BuildEvent.CoverageReported(coverage)]);
        Assert.Contains(
            """

            tests: 120 passed, 2 failed, 2 skipped, 1 flaky

            - ❌ `adds <b>` 1 \| 2
            - ❌ known: `old`
            - ⚠️ flaky: `wavers`

            To quarantine it, add to `.auxo/quarantine.yaml`: `- { test: "wavers", until: UNTIL, reason: "flaky", by: "…" }`

            coverage: 81.2 % (+0.3), changed lines 64 %

            - not run: `src/a.js` 3–5, 9

            """.Replace("UNTIL", $"{build.QueuedAt.AddDays(30):yyyy-MM-dd}", StringComparison.Ordinal),
            VerdictMarkdown.Render(build, NoLinks), StringComparison.Ordinal);
        var shown = build with { Coverage = [coverage with { Pages = ["unit/a b/index.html"] }] };
        Assert.Contains(
            $"changed lines 64 % · [page](<https://ci.example.org/downloads/builds/{build.BuildId}/pages/unit/a%20b/index.html>)\n",
            VerdictMarkdown.Render(shown, new Links("https://ci.example.org")), StringComparison.Ordinal);
        Assert.DoesNotContain("[page]", VerdictMarkdown.Render(shown, NoLinks), StringComparison.Ordinal);
    }

    [Fact]
    public void no_coverage_is_not_zero()
    {
        var coverage = new StepCoverage("unit", "lines", new LineCount(0, 0), new LineCount(0, 0), null, new LineCount(8, 10), [], 0);
        var build = Fold(Queued(PlanOf(steps: "unit")), [new BuildEvent.CoverageReported(coverage)]);
        Assert.Contains("\ncoverage: none was reported\n", VerdictMarkdown.Render(build, NoLinks), StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_new_comes_first_and_what_is_known_is_counted()
    {
        static Finding Of(string check, string path, bool known)
            => new(check, "r", Severity.High, path, 1, "m", Blocks: !known, known);
        var build = Queued(PlanOf());
        build = Fold(build, [
            new BuildEvent.FindingsReported("shellcheck", 0, 0, [Of("shellcheck", "old.sh", known: true)], Known: 12),
            new BuildEvent.FindingsReported(
                "secrets", 1, 2, [Of("secrets", "new.pem", known: false), Of("secrets", "old.pem", known: true)], Known: 2)]);
        Assert.Contains(
            """
            **3 new, 14 known**

            - ❌ `new.pem:1` m (secrets: r)
            - 🔑 known: `old.pem:1` m (secrets: r)
            - and 13 known, which stand in the default branch

            """.Replace("UNTIL", $"{build.QueuedAt.AddDays(30):yyyy-MM-dd}", StringComparison.Ordinal),
            VerdictMarkdown.Render(build, NoLinks), StringComparison.Ordinal);
    }

    [Fact]
    public void only_what_is_new_and_has_a_line_is_said_at_its_line_and_only_of_a_commit_that_was_looked_at()
    {
        static Finding Of(string message, int? line, bool blocks, bool known = false)
            => new("shellcheck", "SC1", Severity.High, "run.sh", line, message, blocks, known);
        var build = Fold(Queued(PlanOf()), [new BuildEvent.FindingsReported(
            "shellcheck", 1, 3,
            [Of("warns <b>", 3, blocks: false), Of("blocks", 2, blocks: true), Of("blocks", 2, blocks: true),
                Of("whole file", null, blocks: true),
                Of("old", 9, blocks: false, known: true)],
            Known: 1)]);
        Assert.Null(VerdictMarkdown.Remarks(build));
        Assert.Equal(
            [
                new PatchRemark("run.sh", 2, "❌ blocks (shellcheck: SC1)"),
                new PatchRemark("run.sh", 3, "⚠️ warns &lt;b&gt; (shellcheck: SC1)"),
            ],
            VerdictMarkdown.Remarks(Fold(build, [new BuildEvent.Finished(Outcome.Failed, null, [], null, build.QueuedAt)])));
        Assert.Null(VerdictMarkdown.Remarks(Fold(build, [new BuildEvent.Finished(Outcome.Cancelled, null, [], null, build.QueuedAt)])));
    }

    [Fact]
    public void with_a_public_url_it_links_to_the_build()
    {
        var build = Queued(PlanOf());
        Assert.Contains($"Log: https://ci.example.org/builds/{build.BuildId}\n",
            VerdictMarkdown.Render(build, new Links("https://ci.example.org")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a|b`c`\n| evil |", @"a\|b\`c\` \| evil \|")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("[x](javascript:1) ![y](z)", @"\[x\](javascript:1) \!\[y\](z)")]
    [InlineData("@alice see https://evil.example", "&#64;alice see https:&#47;&#47;evil.example")]
    [InlineData("\u202Egnp.exe\u0007", "gnp.exe")]
    public void hostile_text_stays_text(string hostile, string expected) => Assert.Equal(expected, VerdictMarkdown.Escape(hostile));

    [Fact]
    public void hostile_paths_stay_in_their_code_span()
    {
        Assert.Equal("``` a``b<x> ```", VerdictMarkdown.Code("a``b<x>"));
        Assert.Equal("`a b`", VerdictMarkdown.Code("a\nb"));
        Assert.True(VerdictMarkdown.Code(new string('x', 10_000)).Length < 300);
    }

    [Fact]
    public void a_body_stays_small_whatever_was_found()
    {
        var build = Queued(PlanOf(steps: [.. Enumerable.Range(0, 100).Select(i => $"step-{i}")]));
        build = Fold(build, Enumerable.Range(0, 50).Select(i => new BuildEvent.FindingsReported(
            "secrets", 20, 0, [.. Enumerable.Range(0, 20)
                .Select(j => new Finding("secrets", "r", Severity.High, new string('p', 5000), j, new string('m', 5000), true))])));
        var text = VerdictMarkdown.Render(build, NoLinks);
        Assert.True(text.Length < 16_000, $"{text.Length} characters");
        Assert.Contains("more in the log", text, StringComparison.Ordinal);
        Assert.Contains("and 62 more steps", text, StringComparison.Ordinal);
    }
}
