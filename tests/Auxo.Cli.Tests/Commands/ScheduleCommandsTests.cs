using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Cli.Tests.Commands;

public sealed class ScheduleCommandsTests
{
    private const string Nightly = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"nightly","cron":"0 2 * * *","zone":"Europe/Berlin",
         "jitterSeconds":600,"catchUpSeconds":86400,"branch":"main","enabled":true,"disabledBy":null,"disabledAt":null,
         "nextAt":"2026-11-24T02:04:11+01:00","missed":2,"missedAt":"2026-11-20T01:00:00+00:00",
         "lastBuild":{"id":"{{{FakeAuxo.BuildId}}}","shortId":"3f2a1c7","state":"finished","outcome":"failed",
                      "queuedAt":"2026-11-23T01:00:00+00:00"}}
        """;

    private const string Repository = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","name":"heartwood","defaultBranch":"main","source":"/s","kind":"radicle","delegates":[],
         "trusted":[],"branches":[],"trackedAt":"2026-11-20T12:00:00Z","hooks":{"url":"http://127.0.0.1:8888","hasSecret":true}}
        """;

    private const string Weekly = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"weekly","cron":"0 3 * * 0","zone":"UTC",
         "jitterSeconds":0,"catchUpSeconds":86400,"branch":"main","enabled":false,"disabledBy":"alice",
         "disabledAt":"2026-11-20T12:00:00Z","nextAt":null,"missed":0,"missedAt":null,"lastBuild":null}
        """;

    private const string Scan = $$$"""
        {"rid":"{{{FakeAuxo.Rid}}}","repositoryName":"heartwood","name":"dependency-scan","cron":"0 2 * * *","zone":"UTC",
         "jitterSeconds":1800,"catchUpSeconds":86400,"branch":"main","enabled":true,"disabledBy":null,"disabledAt":null,
         "nextAt":"2026-11-24T02:14:11+00:00","missed":0,"missedAt":null,"isScan":true,"offBy":null,"idle":"no lock files",
         "idleAt":"2026-11-23T02:00:00+00:00",
         "lastBuild":{"id":"{{{FakeAuxo.BuildId}}}","shortId":"3f2a1c7","state":"finished","outcome":"passed",
                      "queuedAt":"2026-11-20T01:00:00+00:00"}}
        """;

    [Theory]
    [InlineData("", "2026-11-24 02:14 nothing: no lock files -")]
    // Somebody has run it since.
    [InlineData("2026-11-20T01 2026-11-23T03", "2026-11-24 02:14 3f2a1c7 ✓ passed -")]
    [InlineData("\"enabled\":true \"enabled\":false;null,\"idle\" \"file\",\"idle\"", "off in the pipeline file nothing: no lock files -")]
    [InlineData(
        "\"enabled\":true \"enabled\":false;null,\"idle\" \"operator\",\"idle\"", "off by Auxo__Schedules__Off nothing: no lock files -")]
    public async Task of_a_scan_the_list_says_why_there_was_nothing_to_do_and_who_has_it_off(string changes, string line)
    {
        var scan = changes.Split(';', StringSplitOptions.RemoveEmptyEntries).Aggregate(
            Scan, static (text, change) => text.Replace(change.Split(' ')[0], change.Split(' ')[1], StringComparison.Ordinal));
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet(
            "/pipeline/schedules", () => FakeAuxo.Json($$"""{"items":[{{scan}}]}""")));
        var shown = Squeezed((await auxo.RunAsync("schedule", "list")).Out);
        Assert.Contains(line + "\n", shown.Replace("…", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task schedules_are_shown_with_their_next_time_last_build_and_what_was_missed()
    {
        await using var auxo = await StartAsync();
        Assert.Equal(
            """
            NAME REPOSITORY WHEN NEXT LAST MISSED
            nightly heartwood… 0 2 * * * Europe/Berlin 2026-11-24 02:04 3f2a1c7 ✗ failed 2
            weekly heartwood… 0 3 * * 0 UTC off by alice, 3 days ago - -

            """,
            Squeezed((await auxo.RunAsync("schedule", "list")).Out));
        Assert.Equal(2, JsonDocument.Parse((await auxo.RunAsync("--json", "schedule", "list", "--repository", "heartwood")).Out)
            .RootElement.GetProperty("items").GetArrayLength());
        Assert.Contains(auxo.Requests, static r => r == $"GET /pipeline/schedules?rid={Uri.EscapeDataString(FakeAuxo.Rid)}");
    }

    [Fact]
    public async Task one_is_switched_off_and_on_and_run_by_its_name()
    {
        await using var auxo = await StartAsync();
        Assert.Equal("✓ Schedule nightly of heartwood is off.\n", (await auxo.RunAsync("schedule", "disable", "nightly")).Out);
        Assert.Equal("✓ Schedule weekly of heartwood is on.\n", (await auxo.RunAsync("schedule", "enable", "weekly")).Out);
        Assert.StartsWith("Build 3f2a1c7 of ", (await auxo.RunAsync("schedule", "run", "nightly")).Out, StringComparison.Ordinal);
        Assert.Contains($"POST /pipeline/schedules/{FakeAuxo.Rid}/nightly/disable", auxo.Requests);
        Assert.Contains($"POST /pipeline/schedules/{FakeAuxo.Rid}/weekly/enable", auxo.Requests);
        Assert.Contains($"POST /pipeline/schedules/{FakeAuxo.Rid}/nightly/run", auxo.Requests);
    }

    [Fact]
    public async Task a_name_that_is_none_is_answered_with_the_nearest()
    {
        await using var auxo = await StartAsync();
        var result = await auxo.RunAsync("schedule", "run", "nightl");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Did you mean 'nightly'?", result.Error, StringComparison.Ordinal);
    }

    private static string Squeezed(string text)
    {
        while (text.Contains("  ", StringComparison.Ordinal)) text = text.Replace("  ", " ", StringComparison.Ordinal);
        return text;
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(app =>
    {
        app.MapGet("/pipeline/schedules", () => FakeAuxo.Json($$"""{"items":[{{Nightly}},{{Weekly}}]}"""));
        app.MapPost("/pipeline/schedules/{rid}/{name}/run", () => FakeAuxo.Json(FakeAuxo.Build("queued", null), 202));
        app.MapPost("/pipeline/schedules/{rid}/{name}/{verb}", () => Results.NoContent());
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(Repository));
    });
}
