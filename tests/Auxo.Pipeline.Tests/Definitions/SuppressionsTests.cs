using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Tests.Definitions;

/// <summary><c>.auxo/suppressions.yaml</c>: what is read, what is refused, and whose file counts.</summary>
public sealed class SuppressionsTests
{
    private const string One = "- { rule: CVE-2021-23337, until: 2026-09-30, reason: only in the build, by: ada }\n";
    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void a_whole_file_is_read()
    {
        var (entries, problems) = SuppressionsReader.Read("""
            # What we live with
            - rule: CVE-2021-23337
              check: dependencies
              path: web/**
              package: lodash
              until: 2027-03-01
              reason: only in the build
              by: did:key:z6Mkabc
            - { rule: SC2086, reason: words are wanted, by: ada }
            """, Today);
        Assert.Empty(problems);
        Assert.Equal(
            [
                new Suppression(
                    2, "CVE-2021-23337", "dependencies", "web/**", "lodash", new DateOnly(2027, 3, 1), "only in the build",
                    "did:key:z6Mkabc"),
                new Suppression(9, "SC2086", null, null, null, null, "words are wanted", "ada"),
            ],
            entries);
    }

    [Fact]
    public void a_false_alarm_is_no_acceptance_and_needs_no_day()
    {
        var (entries, problems) = SuppressionsReader.Read(
            "- { rule: A, kind: false-alarm, reason: x, by: y }\n- { rule: A, kind: accepted, reason: x, by: y }\n", Today);
        Assert.Empty(problems);
        Assert.Equal([true, false], entries.Select(static entry => entry.IsFalseAlarm));
        Assert.Equal(["false alarm by y: x", "accepted by y: x"], entries.Select(static entry => entry.Words));
        Assert.Contains("did you mean 'false-alarm'?", Assert.Single(SuppressionsReader.Read(
            "- { rule: A, kind: false-alrm, reason: x, by: y }\n", Today).Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("[]")]
    public void an_empty_file_accepts_nothing(string text)
    {
        var (entries, problems) = SuppressionsReader.Read(text, Today);
        Assert.Empty(entries);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("rules: []", 1, 1, "the file must be a list; begin each entry with '- rule:'")]
    [InlineData("- CVE-1", 1, 3, "expected a mapping (key: value)")]
    [InlineData("- { rule: A, reasn: x, by: y, reason: z }", 1, 14, "unknown key 'reasn'; did you mean 'reason'?")]
    [InlineData("- { reason: x, by: y }", 1, 3, "the entry needs 'rule', such as CVE-2021-23337 or SC2086")]
    [InlineData("- { rule: A, by: y }", 1, 3, "the entry needs 'reason': why may this stay?")]
    [InlineData("- { rule: A, reason: x }", 1, 3, "the entry needs 'by': who accepts it?")]
    [InlineData("- { rule: A, reason: x, by: y, check: dependencys }", 1, 39, "did you mean 'dependencies'?")]
    [InlineData("- { rule: A, reason: x, by: y, until: soon }", 1, 39, "'until' must be a day, such as 2027-01-31")]
    [InlineData("- { rule: A, reason: x, by: y, until: 2026-02-30 }", 1, 39, "'until' must be a day")]
    [InlineData("- { rule: A, reason: x, by: y, until: 2027-03-05 }", 1, 39, "more than a year from now")]
    [InlineData("- { rule: A, reason: \"\", by: y }", 1, 22, "'reason' must be a text")]
    [InlineData("- rule: A\n  reason: x\n  by: [y]", 3, 7, "'by' must be a text")]
    [InlineData("- a: [", 2, 1, "")]
    public void what_is_wrong_is_named_by_line_and_column(string text, int line, int column, string words)
    {
        var problem = SuppressionsReader.Read(text, Today).Problems[0];
        Assert.Equal((".auxo/suppressions.yaml", line, column), (problem.Path, problem.Line, problem.Column));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_trusted_authors_own_file_counts()
        => Assert.Equal("CVE-2021-23337", Assert.Single((await PlanAsync(Trust.Trusted, One, canonical: null)).Accepted!).Rule);

    [Fact]
    public async Task a_stranger_accepts_nothing_by_his_own_file()
    {
        var plan = await PlanAsync(Trust.Stranger, One, canonical: "");
        Assert.Null(plan.Accepted);
        Assert.Contains(".auxo/suppressions.yaml of the canonical branch was used", Assert.Single(plan.Notes), StringComparison.Ordinal);
        plan = await PlanAsync(Trust.Stranger, "", canonical: One);
        Assert.Equal("CVE-2021-23337", Assert.Single(plan.Accepted!).Rule);
    }

    [Fact]
    public async Task a_broken_file_fails_the_build_whoever_wrote_it()
    {
        foreach (var trust in (Trust[])[Trust.Trusted, Trust.Stranger])
        {
            var plan = await PlanAsync(trust, "- { rule: A }\n", canonical: One);
            Assert.Equal(2, plan.Problems.Count);
            Assert.Null(plan.Accepted);
        }
    }

    [Theory]
    [InlineData(".auxo/suppressions.yml", "rename it to .auxo/suppressions.yaml")]
    [InlineData(".auxo/Suppressions.yaml", "rename it to .auxo/suppressions.yaml")]
    [InlineData("@.auxo/suppressions.yaml", "it must be a file")]
    public async Task a_file_that_is_nearly_one_is_said(string path, string words)
    {
        var plan = await PlanOfAsync((path, Encoding.UTF8.GetBytes(One)));
        Assert.Contains(words, Assert.Single(plan.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_day_of_the_plan_decides_how_far_ahead_a_year_is()
    {
        const string far = "- { rule: A, until: 2027-06-01, reason: x, by: y }\n";
        Assert.Single((await PlanAsync(Trust.Trusted, far, canonical: null)).Problems);
        Assert.Empty((await PlanAsync(Trust.Trusted, far, canonical: null, Today.AddMonths(6))).Problems);
    }

    private static Task<Plan> PlanAsync(Trust trust, string head, string? canonical, DateOnly? today = null)
        => Task.FromResult(Plan.Decide(
            PipelineFileTests.Facts(trust) with { Today = today ?? Today }, approved: false, Files(head),
            canonical is null ? null : Files(canonical)));

    private static DefinitionFiles Files(string suppressions)
        => new(null, null) { Suppressions = suppressions.Length == 0 ? null : suppressions };

    private static async Task<Plan> PlanOfAsync(params (string, byte[])[] files)
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync("main", files);
        await using var objects = new GitObjects(repository.Path);
        var read = await DefinitionFilesReader.ReadAsync(objects, commit, TestContext.Current.CancellationToken);
        return Plan.Decide(PipelineFileTests.Facts(Trust.Trusted), approved: false, read, canonical: null);
    }
}
