using Auxo.Api;
using Auxo.Console.Patches;

namespace Auxo.Console.Tests;

/// <summary>What stands between a patch and its merge.</summary>
public sealed class MergeNeedsTests
{
    private const string Delegate = "did:key:z6Mkdelegate";
    private const string Stranger = "did:key:z6Mkstranger";

    [Theory]
    [InlineData("open", "passed", "passed open")]
    [InlineData("open", "failed", "failed open")]
    [InlineData("open", "running", "running open")]
    [InlineData("open", "awaiting_approval", "awaiting_approval open")]
    [InlineData("open", "", "no build open")]
    [InlineData("draft", "passed", "passed draft open")]
    [InlineData("merged", "failed", "merged")]
    [InlineData("archived", "passed", "archived")]
    public void follows_from_its_status_and_its_newest_build(string status, string build, string standings)
        => Assert.Equal(standings, Standings(status, build));

    [Fact]
    public void only_the_last_word_of_a_delegate_counts()
        => Assert.Equal(
            "passed accepted open",
            Standings("open", "passed", Review(Delegate, "reject"), Review(Stranger, "reject"), Review(Delegate, "accept")));

    [Fact]
    public void a_red_build_names_what_blocks()
    {
        var build = Build("failed") with
        {
            Findings =
            [
                new("secrets", "token", "high", "a.sh", 3, "a token", Blocks: true),
                new("x", "y", "low", null, null, "z", Blocks: false),
            ],
        };
        Assert.Equal(
            "Its newest revision did not pass: a.sh:3: a token",
            MergeNeeds.Of(Patch("open"), [Delegate], build, why: null, [])[0].Words);
    }

    [Fact]
    public void a_step_that_failed_is_named_before_the_findings_and_no_merge_is_offered()
    {
        var build = Build("failed") with
        {
            Steps = [new("unit", "command", "finished", "failed", true, 1, 1, null)],
            Findings = [new("shell", "SC1", "high", "a.sh", 3, "no fi", Blocks: true)],
        };
        var needs = MergeNeeds.Of(Patch("open"), [Delegate], build, why: null, []);
        Assert.Equal("Its newest revision did not pass: unit failed; a.sh:3: no fi", needs[0].Words);
        Assert.Null(needs[^1].Next);
        Assert.NotNull(MergeNeeds.Of(Patch("open"), [Delegate], Build("passed"), why: null, [])[^1].Next);
    }

    private static string Standings(string status, string build, params DiscussionEntry[] said)
        => string.Join(' ', MergeNeeds.Of(Patch(status), [Delegate], build.Length == 0 ? null : Build(build), why: null, said)
            .Select(static n => n.Standing));

    private static PatchInfo Patch(string status) => new("rad:z3", new string('a', 40), "A patch", Stranger, status, [new("r1", "c1")]);

    private static DiscussionEntry Review(string author, string verdict)
        => new("review", "1", "r1", author, DateTimeOffset.UnixEpoch, "", false, false, verdict, null, null, false, false);

    private static Build Build(string state) => new()
    {
        Id = "3f2a1c77-1111-5222-8333-444455556666", Rid = "rad:z3", RepositoryName = "demo", Ref = "x", Trigger = "patch",
        Commit = new string('a', 40), Title = "A patch", QueuedAt = DateTimeOffset.UnixEpoch,
        State = state is "running" or "awaiting_approval" ? state : "finished",
        Outcome = state is "running" or "awaiting_approval" ? null : state,
    };
}
