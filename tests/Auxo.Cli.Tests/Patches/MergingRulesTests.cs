using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Patches.Linking;
using Auxo.Cli.Patches.Merging;
using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Cli.Tests.Patches;

public sealed class MergingRulesTests
{
    private static readonly OthersMerge Others =
        new(Did.Parse("did:key:z6MkuNpETfaWmUKZjop7K8uHqAncDsWSjt8zqSyCW5ovdbqJ"), new string('b', 40));

    [Theory]
    [InlineData(true, true, true, "AlreadyIn")]
    [InlineData(false, true, true, "FastForward")]
    [InlineData(false, true, false, "FastForward")]
    [InlineData(false, false, true, "Join")]
    [InlineData(false, false, false, "NewCommit")]
    public void a_patch_gets_in_by_its_head_where_that_goes_else_as_another_delegate_merged_it(
        bool targetHasHead, bool headHasTarget, bool others, string way)
        => Assert.Equal(way, MergeWay.Choose(new string('a', 40), targetHasHead, headHasTarget, others ? Others : null).GetType().Name);

    [Theory]
    [InlineData(true, "finished", "passed", false, null, "Passed")]
    [InlineData(true, "finished", "passed", false, "why not", "Passed")]
    [InlineData(false, "finished", "failed", false, null, "Refused")]
    [InlineData(false, "finished", "failed", true, null, "Refused")]
    [InlineData(false, "finished", "failed", false, "mirror away", "Overridden")]
    [InlineData(false, "running", null, false, null, "Await")]
    [InlineData(false, "running", null, false, "cannot wait", "Overridden")]
    [InlineData(false, "awaiting_approval", null, false, null, "Refused")]
    [InlineData(false, null, null, false, null, "Refused")]
    [InlineData(false, null, null, false, " ", "Refused")]
    [InlineData(false, null, null, true, null, "BuildFirst")]
    [InlineData(false, null, null, true, "now", "Overridden")]
    public void only_what_has_passed_is_merged_or_what_somebody_answers_for(
        bool passed, string? state, string? outcome, bool isNew, string? reason, string stage)
    {
        var build = state is null ? null : JsonSerializer.Deserialize<Build>(FakeAuxo.Build(state, outcome), ApiJson.Options);
        var answer = new GateAnswer(passed, "build 3f2a1c7 says so", build?.Id, "main");
        Assert.Equal(stage, GateStage.Judge(answer, build, isNew, reason, "1a2b3c4").GetType().Name);
    }

    [Fact]
    public void what_a_patch_needs_must_be_merged_and_what_is_not_found_is_not_taken_for_that()
    {
        var merged = new LinkedPatch("rad:z1", new string('a', 40), "Old", "merged", null, null);
        Assert.Null(MergeRules.RefuseNeeds("1a2b3c4", []));
        Assert.Null(MergeRules.RefuseNeeds("1a2b3c4", [merged]));
        var open = MergeRules.RefuseNeeds("1a2b3c4", [merged, merged with { Title = "New", Status = "open" }])!;
        Assert.Contains("patch aaaaaaa (New) is open", open.Message, StringComparison.Ordinal);
        Assert.Contains("auxo patch merge aaaaaaa", open.Hint, StringComparison.Ordinal);
        var lost = MergeRules.RefuseNeeds("1a2b3c4", [new LinkedPatch("rad:z1", null, null, null, null, "It is not here")])!;
        Assert.Contains("It is not here", lost.Message, StringComparison.Ordinal);
    }
}
