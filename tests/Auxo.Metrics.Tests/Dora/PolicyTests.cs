using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Metrics.Tests.Messages;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>Deployments and failures that nobody reports: they follow from builds, heads and reverts.</summary>
public sealed class PolicyTests(MetricsService service) : IClassFixture<MetricsService>
{
    private MetricsHost Host => service.Host;

    [Fact]
    public async Task a_passed_build_of_the_default_branch_deploys_what_came_since_the_last_one()
    {
        var rid = Ids.Rid("passed");
        await Host.SendAsync(
            SampleMessages.Built(rid, "c3", 6), SampleMessages.Advanced(rid, null, "c0", 0), SampleMessages.Built(rid, "c0", 0.5),
            SampleMessages.Opened(rid, "p1", 1),
            SampleMessages.Merged(rid, "p1", "c1", 2),
            SampleMessages.Advanced(rid, "c0", "c1", 2, null, "p1"),
            SampleMessages.Built(rid, "c1", 2.5, Outcome.Failed),
            // Squashed: the head is not the patch's own commit, and the head does not list it.
            SampleMessages.Opened(rid, "p2", 2), SampleMessages.Merged(rid, "p2", "c2", 4), SampleMessages.Advanced(rid, "c1", "c2", 4),
            SampleMessages.Built(rid, "c2", 4.5, Outcome.Superseded),
            // Pushed straight to the branch.
            SampleMessages.Advanced(rid, "c2", "c3", 5),
            // The same again, and a build of a patch, deploy nothing.
            SampleMessages.Built(rid, "c3", 7, attempt: 2), SampleMessages.Built(rid, "p9", 7, trigger: BuildTrigger.Patch));

        var evidence = await EvidenceAsync(rid);

        Assert.Equal([Ids.Commit("c3").Value, Ids.Commit("c0").Value], evidence["deployments"]!.AsArray()
            .Select(static d => (string)d!["commit"]!));
        Assert.Equal(
            new[] { (Ids.Commit("c3").Value, 1.0), (Ids.Patch("p1").Value, 5.0), (Ids.Patch("p2").Value, 4.0) }.Order(),
            evidence["changes"]!.AsArray().Select(static c => ((string)c!["id"]!, (double)c["leadTimeSeconds"]! / 3600)).Order());
        Assert.Equal("nothing_new", (string)evidence["excluded"]!.AsArray().Single()!["reason"]!);
    }

    [Fact]
    public async Task a_build_that_passes_after_a_newer_head_is_live_deploys_nothing()
    {
        var rid = Ids.Rid("overtaken");
        await Host.SendAsync(
            SampleMessages.Advanced(rid, null, "c0", 0),
            SampleMessages.Advanced(rid, "c0", "c1", 1),
            SampleMessages.Advanced(rid, "c1", "c2", 2),
            SampleMessages.Built(rid, "c2", 3), SampleMessages.Built(rid, "c1", 4));

        var evidence = await EvidenceAsync(rid);

        Assert.Single(evidence["deployments"]!.AsArray());
        Assert.Equal("overtaken", (string)evidence["excluded"]!.AsArray().Single()!["reason"]!);
        Assert.Equal(2, evidence["changes"]!.AsArray().Count);
    }

    [Fact]
    public async Task a_revert_is_a_failure_of_what_it_takes_back_until_it_is_live()
    {
        var rid = Ids.Rid("reverts");
        await Host.SendAsync(
            SampleMessages.Advanced(rid, null, "c0", 0), SampleMessages.Opened(rid, "bad", 1, title: "Be quick"),
            SampleMessages.Merged(rid, "bad", "c1", 2),
            SampleMessages.Advanced(rid, "c0", "c1", 2, "Be quick", "bad"),
            SampleMessages.Built(rid, "c1", 3),
            SampleMessages.Opened(rid, "back", 5, title: "Revert \"Be quick\""), SampleMessages.Merged(rid, "back", "c2", 6),
            SampleMessages.Advanced(rid, "c1", "c2", 6, "Revert \"Be quick\"", "back"));

        Assert.Equal(1, (int)(await DoraAsync(rid))["recovery"]!["open"]!);

        await Host.SendAsync(
            SampleMessages.Built(rid, "c2", 7),
            SampleMessages.Advanced(rid, "c2", "c3", 8, "Revert \"Revert \"Be quick\"\""),
            SampleMessages.Built(rid, "c3", 9));
        var answer = await DoraAsync(rid);

        Assert.Equal((0, 2 * 3600.0), ((int)answer["recovery"]!["open"]!, (double)answer["recovery"]!["time"]!["p50Seconds"]!));
        Assert.Equal(1, (int)answer["changeFailRate"]!["count"]!);
        Assert.Equal((3, 1), ((int)answer["rework"]!["n"]!, (int)answer["rework"]!["count"]!));
    }

    [Fact]
    public async Task the_time_the_default_branch_was_red_is_a_number_of_its_own_and_a_failure_only_by_policy()
    {
        var rid = Ids.Rid("red");
        await Host.SendAsync(
            SampleMessages.Advanced(rid, null, "c0", 0), SampleMessages.Built(rid, "c0", 1), SampleMessages.Advanced(rid, "c0", "c1", 2),
            SampleMessages.Built(rid, "c1", 3, Outcome.Failed),
            SampleMessages.Advanced(rid, "c1", "c2", 4), SampleMessages.Built(rid, "c2", 4.5, Outcome.Errored),
            SampleMessages.Built(rid, "c2", 5, Outcome.TimedOut, attempt: 2),
            SampleMessages.Advanced(rid, "c2", "c3", 6),
            SampleMessages.Built(rid, "c3", 7));

        var answer = await DoraAsync(rid);
        Assert.Equal((1, 4 * 3600.0, 4 * 3600.0), ((int)answer["defaultBranch"]!["mttr"]!["n"]!,
            (double)answer["defaultBranch"]!["mttr"]!["meanSeconds"]!, (double)answer["defaultBranch"]!["redSeconds"]!));
        Assert.Equal(0, (int)answer["changeFailRate"]!["count"]!);

        using var put = await Host.Client.PutAsJsonAsync($"/api/repositories/{rid}/policy", new { redMainIsFailure = true });
        await Host.SettleAsync();
        answer = await DoraAsync(rid);
        Assert.Equal((2, 1, 4 * 3600.0), ((int)answer["changeFailRate"]!["n"]!,
            (int)answer["changeFailRate"]!["count"]!, (double)answer["recovery"]!["time"]!["p50Seconds"]!));
    }

    [Fact]
    public async Task a_policy_redraws_the_past_and_an_earlier_position_keeps_the_rules_of_then()
    {
        var rid = Ids.Rid("redrawn");
        await Host.SendAsync(SampleMessages.Advanced(rid, null, "c0", 0), SampleMessages.Built(rid, "c0", 1), SampleMessages.Deployed(
            rid, "d", "c0", 2, environment: "live"));
        var position = await Host.PositionAsync();

        using var put = await Host.Client.PutAsJsonAsync($"/api/repositories/{rid}/policy", new
        {
            deployments = "reported", production = new[] { "live" },
        });
        await Host.SettleAsync();

        Assert.Equal("d", (string)(await EvidenceAsync(rid))["deployments"]!.AsArray().Single()!["id"]!);
        Assert.True((bool)(await EvidenceAsync(rid, $"&position={position}"))["deployments"]!.AsArray().Single()!["byPolicy"]!);
    }

    [Fact]
    public async Task parts_of_a_rollout_other_environments_and_failed_attempts_do_not_count()
    {
        var rid = Ids.Rid("parts");
        await Host.SendAsync(
            SampleMessages.Deployed(rid, "east", "c1", 1, rollout: "r1"), SampleMessages.Deployed(rid, "old", "c0", 1.5),
            SampleMessages.Deployed(rid, "west", "c1", 2, rollout: "r1"), SampleMessages.Deployed(rid, "try", "c2", 3, succeeded: false),
            SampleMessages.Deployed(rid, "half", "c3", 4, succeeded: false), SampleMessages.Failed(rid, "f", "half", 4),
            SampleMessages.Deployed(rid, "stage", "c4", 5, environment: "staging"));

        var evidence = await EvidenceAsync(rid);

        Assert.Equal(["half", "old", "east"], evidence["deployments"]!.AsArray().Select(static d => (string)d!["id"]!));
        Assert.Equal(
            [("stage", "other_environment"), ("try", "never_live"), ("west", "same_rollout")],
            evidence["excluded"]!.AsArray().Select(static d => ((string)d!["id"]!, (string)d["reason"]!)).Order());
    }

    private Task<JsonObject> DoraAsync(Rid rid) => Host.GetAsync($"/api/dora/{rid}?from=2026-03-01&to=2026-03-08");

    private Task<JsonObject> EvidenceAsync(Rid rid, string more = "")
        => Host.GetAsync($"/api/dora/{rid}/evidence?from=2026-03-01&to=2026-03-08{more}");
}
