using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class MetricsCommandsTests
{
    private const string Dora = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","from":"2025-11-02T23:00:00Z","to":"2025-11-16T23:00:00Z",
         "asOf":{"time":"2025-11-16T23:00:00Z","position":68},"zone":"Europe/Berlin",
         "days":14,"profile":"auxo-2023","provisional":null,
         "deploymentFrequency":{"n":7,"perDay":0.5,"deploymentDays":6,"deploymentDaysPerWeek":3,
         "medianIntervalSeconds":90000,"excluded":2,"tier":"high","reason":null},
         "changeLeadTime":{"time":{"n":7,"p50Seconds":75600,"p75Seconds":90000,"p90Seconds":644160,
         "p95Seconds":1057080,"meanSeconds":260142.86},
           "stages":{"codingP50Seconds":3600,"reviewP50Seconds":66600,"deployP50Seconds":1800},"longLived":0,
           "untimed":0,"tier":"elite","reason":null},
         "changeFailRate":{"n":7,"count":3,"ratio":0.428571,"unattributed":1,"tier":"low","reason":null},
         "recovery":{"time":{"n":3,"p50Seconds":3600,"p75Seconds":21600,"p90Seconds":32400,"p95Seconds":36000,
         "meanSeconds":15400},"open":1,"exposureP50Seconds":12000,"detectionP50Seconds":1800,"tier":"high",
         "reason":null},
         "rework":{"n":7,"count":2,"ratio":0.285714,"unattributed":null,"tier":null,"reason":null},
         "defaultBranch":{"mttr":{"n":0,"p50Seconds":null,"p75Seconds":null,"p90Seconds":null,"p95Seconds":null,
         "meanSeconds":null},"redSeconds":0,"redSince":null,
         "reason":"it did not turn from red to green in the window"},
         "score":2.75,"scoreReason":null,"quickCheck":{"leadTime":8,"deploymentFrequency":6,"recovery":8,
         "changeFailure":5.71,"rework":7.14,"score":6.97},
         "classic":{"mergesPerDay":0.5,"ciJobsPerDay":0.64,"leadTimeToMerge":{"n":7,"p50Seconds":64800,
         "p75Seconds":70000,"p90Seconds":80000,"p95Seconds":80000,"meanSeconds":50000}},
         "weeks":[{"monday":"2025-11-03","deployments":4,"rework":2,"failed":1,"changes":4,"leadTimeP50Seconds":84600,
         "recovered":2,"recoveryP50Seconds":21600},
                  {"monday":"2025-11-10","deployments":3,"rework":0,"failed":2,"changes":3,"leadTimeP50Seconds":12600,
                   "recovered":1,"recoveryP50Seconds":3000}]}
        """;

    private const string Nothing = """{"n":0,"p50Seconds":null,"p75Seconds":null,"p90Seconds":null,"p95Seconds":null,"meanSeconds":null}""";

    private const string Ci = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","from":"2026-11-16T12:00:00Z","to":"2026-11-23T12:00:00Z",
         "asOf":{"time":"2026-11-23T12:00:00Z","position":9},"zone":"UTC","builds":9,
         "success":{"n":8,"passed":7,"ratio":0.875},"before":{"n":4,"passed":3,"ratio":0.75},
         "lastDay":{"n":0,"passed":0,"ratio":null},"lastTen":{"n":8,"passed":7,"ratio":0.875},"target":0.7,
         "stretch":0.8,
         "outcomes":{"passed":7,"failed":1,"cancelled":1},"commits":{"n":7,"passed":7,"ratio":1},"flakyCommits":1,
         "duration":{"n":8,"p50Seconds":210,"p75Seconds":300,"p90Seconds":390,"p95Seconds":495,"meanSeconds":255},"wait":{{{Nothing}}},
         "defaultBranch":{"mttr":{{{Nothing}}},"redSeconds":120,"redSince":"2026-11-23T11:58:00Z","reason":"it is still red"},
         "categories":[{"name":"lint","count":4},{"name":"test","count":1}],"steps":[{"name":"[red]shellcheck","count":4}],
         "daily":[{"day":"2026-11-22","passed":3,"failed":1,"other":0},{"day":"2026-11-23","passed":4,"failed":0,"other":1}]}
        """;

    [Fact]
    public async Task dora_shows_each_number_with_what_is_behind_it()
    {
        await using var auxo = await StartAsync();

        var text = (await auxo.RunAsync("metrics", "dora", "heartwood")).Out;
        Assert.Contains("Deployment frequency  0.5 / day  7  High   on 6 days, 3 a week\n", text, StringComparison.Ordinal);
        Assert.Contains("Change fail rate      42.9 %     7  Low    3 of 7 failed; 1 failure of no known", text, StringComparison.Ordinal);
        Assert.Contains("Recovery time         1 h        3  High   a lower bound: 1 still open\n", text, StringComparison.Ordinal);
        Assert.Contains("2025-11-03  ████████████  4  1       ████████████        23 h 30 min  4\n", text, StringComparison.Ordinal);
        Assert.Contains("2025-11-10  █████████     3  2       █▊                  3 h 30 min   3\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task ci_shows_trend_days_and_what_failed_and_cannot_be_steered_by_a_steps_name()
    {
        await using var auxo = await StartAsync();

        var text = (await auxo.RunAsync("metrics", "ci")).Out;

        Assert.Contains("Success        ██████████████████░░  87.5 %      8  above the stretch of 80 %; ▲\n", text,
            StringComparison.Ordinal);
        Assert.Contains("Last 24 hours  ····················  –           0  no build had a verdict\n", text, StringComparison.Ordinal);
        Assert.Contains("8  1 failed\n", text, StringComparison.Ordinal);
        Assert.Contains("✗ the default branch is red, 2 min ago\n", text, StringComparison.Ordinal);
        Assert.Contains("[red]shellcheck", text, StringComparison.Ordinal);
        Assert.Contains("lint         ████████████████████  4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task json_is_the_services_answer_with_its_nulls()
    {
        await using var auxo = await StartAsync();

        var json =
            JsonDocument.Parse((await auxo.RunAsync("metrics", "dora", "heartwood", "--days", "14", "--as-of",
                "2025-11-16T23:00Z", "--json")).Out).RootElement;

        Assert.Equal(2.75, json.GetProperty("score").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("defaultBranch").GetProperty("mttr").GetProperty("meanSeconds").ValueKind);
        Assert.Contains(auxo.Requests, static r => r.StartsWith(
            $"GET /metrics/api/dora/{FakeAuxo.Rid}?days=14&asOf=2025-11-16T23%3A00%3A00.0000000%2B00%3A00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task several_repositories_are_a_table_and_none_is_a_hint()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/metrics/api/dora", () => FakeAuxo.Page(Dora, Dora.Replace("heartwood", "other", StringComparison.Ordinal)));
            app.MapGet("/metrics/api/ci", () => FakeAuxo.Page());
        });

        var table = (await auxo.RunAsync("metrics", "dora")).Out;

        Assert.Equal(3, table.TrimEnd().Split('\n').Length);
        Assert.Contains("heartwood   0.5 / day  7  21 h       7  42.9 %  1 h       3  2.75\n", table, StringComparison.Ordinal);
        Assert.StartsWith("Nothing has been measured yet.", (await auxo.RunAsync("metrics", "ci")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await auxo.RunAsync("metrics", "ci", "--days", "0")).ExitCode);
    }

    [Fact]
    public async Task the_list_of_builds_says_how_many_of_all_have_passed()
    {
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/pipeline/builds", ()
                => FakeAuxo.Page(FakeAuxo.Build("finished", "passed"), FakeAuxo.Build("running", outcome: null)));
            app.MapGet("/metrics/api/ci/{rid}", (string rid) => FakeAuxo.Json(Ci
                .Replace(""","failed":1,"cancelled":1""", "", StringComparison.Ordinal)
                .Replace("""{"name":"lint","count":4},{"name":"test","count":1}""", "", StringComparison.Ordinal)
                .Replace("""{"name":"[red]shellcheck","count":4}""", "", StringComparison.Ordinal)));
        });
        Assert.EndsWith(
            "heartwood, all time: 87.5 % of 8 builds with a verdict passed\n", (await auxo.RunAsync("ci", "status")).Out,
                StringComparison.Ordinal);
        Assert.Contains($"GET /metrics/api/ci/{FakeAuxo.Rid}?days=3660", auxo.Requests);
        var rate = Assert.Single(JsonDocument.Parse((await auxo.RunAsync("ci", "status", "--json")).Out).RootElement
            .GetProperty("allTime").EnumerateArray());
        Assert.Equal((FakeAuxo.Rid, 8, 7),
            (rate.GetProperty("rid").GetString(), rate.GetProperty("verdicts").GetInt32(), rate.GetProperty("passed").GetInt32()));
        // Of one patch it would say nothing.
        Assert.DoesNotContain("all time", (await auxo.RunAsync("ci", "status", "--patch", FakeAuxo.PatchId)).Out,
            StringComparison.Ordinal);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/metrics/api/dora/{rid}", (string rid) => FakeAuxo.Json(Dora));
        app.MapGet("/metrics/api/ci", () => FakeAuxo.Page(Ci));
    });
}
