using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Metrics.Tests.Messages;

/// <summary>What other services, other versions and other clocks may send.</summary>
public sealed class HostileMessagesTests(MetricsService service) : IClassFixture<MetricsService>
{
    private MetricsHost Host => service.Host;

    [Fact]
    public async Task an_unknown_version_and_an_unreadable_message_are_kept_and_reported_and_the_rest_goes_on()
    {
        var rid = Ids.Rid("versions");
        string[][] sent =
        [
            ["build_finished.v9", """{"shape":"new"}"""], ["build_finished", """{"subject":null,"outcome":"Exploded"}"""],
            ["repository_untracked",
                """{"rid":"git:versions-00000000","reason":"half a character: \ud800","at":"2026-03-02T12:00:00Z"}"""],
        ];
        foreach (var message in sent) await Host.Queues.SendAsync("metrics", message[0], Encoding.UTF8.GetBytes(message[1]));

        await Host.SendAsync(SampleMessages.Advanced(rid, null, "c0", 0), SampleMessages.Built(rid, "c0", 1));

        var letters = (await Host.GetAsync("/dead-letters"))["items"]!.AsArray();
        Assert.Contains(letters, static l
            => (string)l!["messageType"]! == "build_finished.v9" && (string)l["reason"]! == "unknown_message");
        Assert.Contains(letters, static l
            => (string)l!["messageType"]! == "build_finished" && (string)l["reason"]! == "unreadable_message");
        Assert.Contains(letters, static l
            => (string)l!["messageType"]! == "repository_untracked" && (string)l["reason"]! == "unreadable_message");
        Assert.Equal(3, (int)(await Host.GetAsync("/queues"))["items"]![0]!["deadLetters"]!);
        Assert.Equal(1, (int)(await DoraAsync(rid))["deploymentFrequency"]!["n"]!);
    }

    [Fact]
    public async Task a_hostile_title_does_not_stop_the_projection()
    {
        var rid = Ids.Rid("titles");
        var title = "a\0b\nc\u001b[31m\u2028" + new string('x', 1000) + "\ud83d\ude00";

        await Host.SendAsync(
            SampleMessages.Opened(rid, "p", 0, title: title),
            SampleMessages.Merged(rid, "p", "c1", 1),
            SampleMessages.Advanced(rid, null, "c0", -1),
            SampleMessages.Advanced(rid, "c0", "c1", 1, title, "p"), SampleMessages.Built(rid, "c1", 2));

        var change = (await Host.GetAsync($"/api/dora/{rid}/evidence?from=2026-03-01&to=2026-03-08"))["changes"]!.AsArray().Single()!;
        Assert.StartsWith("a b c [31m", (string)change["title"]!, StringComparison.Ordinal);
        Assert.InRange(((string)change["title"]!).Length, 1, 200);
    }

    [Fact]
    public async Task facts_of_a_clock_that_is_years_ahead_wait_for_their_time_and_those_years_behind_give_no_negative_times()
    {
        var rid = Ids.Rid("clocks");
        await Host.SendAsync(
            SampleMessages.Advanced(rid, null, "c0", -1), SampleMessages.Deployed(rid, "ahead", "c9", 24 * 365 * 30),
            SampleMessages.Opened(rid, "p", 10, authored: 24 * 365 * 3),
            SampleMessages.Merged(rid, "p", "c1", -24 * 365 * 5), SampleMessages.Deployed(rid, "before", "c1", 5, patches: "p"),
            SampleMessages.Failed(rid, "f", "before", 6), SampleMessages.Recovered(rid, "f", -24 * 365),
            SampleMessages.Opened(rid, "q", 1),
            SampleMessages.Merged(rid, "q", "c2", 9),
            SampleMessages.Deployed(rid, "ok", "c2", 8, patches: "q"));

        var answer = await DoraAsync(rid);
        var evidence = await Host.GetAsync($"/api/dora/{rid}/evidence?from=2026-03-01&to=2026-03-08");

        Assert.Equal(["ok", "before"], evidence["deployments"]!.AsArray().Select(static d => (string)d!["id"]!));
        Assert.Equal("clock_skew", (string)evidence["untimed"]!.AsArray().Single()!["reason"]!);
        var change = evidence["changes"]!.AsArray().Single()!;
        Assert.Equal([7 * 3600, 0, 7 * 3600, 0],
            new[] { "leadTimeSeconds", "codingSeconds", "reviewSeconds", "deploySeconds" }.Select(n => (int)change[n]!));
        Assert.Equal(1, (int)answer["recovery"]!["open"]!);
        Assert.Equal("no failed deployment has recovered yet", (string)answer["recovery"]!["reason"]!);
    }

    [Fact]
    public async Task failures_without_deployments_and_deployments_without_builds_are_counted_as_what_they_are()
    {
        var rid = Ids.Rid("loners");
        await Host.SendAsync(
            SampleMessages.Recovered(rid, "told backwards", 3), SampleMessages.Failed(rid, "told backwards", "d1", 2),
            SampleMessages.Failed(rid, "outage", null, 2), SampleMessages.Failed(rid, "of nothing", "no such deployment", 2),
            SampleMessages.Recovered(rid, "never began", 4), SampleMessages.Deployed(rid, "d1", "unheard of", 1), SampleMessages.Deployed(
                rid, "d2", "unheard of too", 2, patches: "nobody's"));

        var answer = await DoraAsync(rid);

        Assert.Equal(2, (int)answer["deploymentFrequency"]!["n"]!);
        Assert.Equal(0.5, (double)answer["changeFailRate"]!["ratio"]!);
        Assert.Equal(2, (int)answer["changeFailRate"]!["unattributed"]!);
        Assert.Equal(3600, (double)answer["recovery"]!["time"]!["p50Seconds"]!);
        Assert.Null(answer["changeLeadTime"]!["time"]!["p50Seconds"]);
        Assert.Equal("no change went live in the window", (string)answer["changeLeadTime"]!["reason"]!);
        Assert.Equal(7 / 3.0, (double)answer["score"]!, 6);
    }

    [Fact]
    public async Task a_report_is_answered_when_it_counts_and_again_is_no_second_one()
    {
        var rid = Ids.Rid("reports");
        object report = new { rid = rid.Value, commit = Ids.Commit("c1").Value, id = "r1", at = "2026-03-02T12:00:00Z" };

        Assert.Equal(HttpStatusCode.Created, await PostAsync("/api/deployments", report));
        Assert.Equal(HttpStatusCode.Created, await PostAsync("/api/deployments", report));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync("/api/deployments", new
        {
            rid = rid.Value, commit = Ids.Commit("c2").Value, id = "r1", at = "2026-03-02T12:00:00Z",
        }));
        Assert.Equal(HttpStatusCode.Created, await PostAsync("/api/failures", new
        {
            rid = rid.Value, id = "f1", deploymentId = "r1", at = "2026-03-02T13:00:00Z",
        }));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync($"/api/failures/{rid}/f1/recover", new { at = "2026-03-02T13:30:00Z" }));
        await Host.SettleAsync();

        var answer = await DoraAsync(rid);
        Assert.Equal(1, (int)answer["deploymentFrequency"]!["n"]!);
        Assert.Equal(1800, (double)answer["recovery"]!["time"]!["p50Seconds"]!);
    }

    [Fact]
    public async Task what_cannot_be_is_refused_with_a_word_on_what_to_do()
    {
        var rid = Ids.Rid("refused").Value;
        var commit = Ids.Commit("c1").Value;

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/deployments", new { rid = "rad:no", commit }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync("/api/deployments", new { rid, commit, id = "a\0b" }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync("/api/deployments", new
        {
            rid, commit, id = new string('x', 129),
        }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync("/api/deployments", new
        {
            rid, commit, at = "2999-01-01T00:00:00Z",
        }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync("/api/deployments", new
        {
            rid, commit, at = "1970-01-01T00:00:00Z",
        }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync($"/api/failures/{rid}/nobody-heard-of-it/recover", new { }));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/api/dora/{rid}"));
        await Host.SendAsync(SampleMessages.Advanced(Ids.Rid("refused"), null, "c0", 0));
        foreach (var query in new[] { "?from=2026-03-02&to=2026-03-01", "?days=0", "?asOf=2999-01-01",
            "?zone=Nowhere/Atlantis", "?position=-1", "?from=yesterday", "?to=9999-12-31T23:00:00Z" })
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"/api/dora/{rid}{query}"));
    }

    [Fact]
    public async Task an_empty_window_has_null_and_reasons_never_a_perfect_zero()
    {
        var rid = Ids.Rid("empty");
        await Host.SendAsync(SampleMessages.Advanced(rid, null, "c0", 0));

        var answer = await DoraAsync(rid);

        Assert.Equal(0, (double)answer["deploymentFrequency"]!["perDay"]!);
        foreach (var number in new[] { "deploymentFrequency", "changeLeadTime", "changeFailRate", "recovery" })
        {
            Assert.Null(answer[number]!["tier"]);
            Assert.NotNull((string?)answer[number]!["reason"]);
        }

        Assert.Null(answer["changeFailRate"]!["ratio"]);
        Assert.Null(answer["score"]);
        Assert.Null((await Host.GetAsync($"/api/ci/{rid}"))["success"]!["ratio"]);
    }

    private Task<JsonObject> DoraAsync(Rid rid) => Host.GetAsync($"/api/dora/{rid}?from=2026-03-01&to=2026-03-08");

    private async Task<HttpStatusCode> PostAsync(string path, object body)
    {
        using var answer = await Host.Client.PostAsJsonAsync(path, body);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Host.Client.GetAsync(path);
        return answer.StatusCode;
    }
}
