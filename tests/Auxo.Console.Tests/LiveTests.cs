using System.Net;
using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Tests;

/// <summary>News of all services over one connection.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task each_service_is_followed_under_its_name_and_one_that_refuses_stays_quiet()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            foreach (var name in (string[])["ingest", "pipeline", "notify", "metrics"])
            {
                var changes = Channel.CreateUnbounded<string>();
                changes.Writer.TryWrite("build/1");
                app.MapGet($"/{name}/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                    changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
            }

            app.MapGet("/registry/changes", static () => FakeAuxo.Problem(403, "access/missing-scope", "no"));
        });
        using var visitor = await console.SignedInAsync();
        using var lines = new StreamReader(await visitor.GetStreamAsync("/live"));
        var heard = new List<string>();
        while (heard.Count < 4)
        {
            if (await lines.ReadLineAsync() is ['d', 'a', 't', 'a', ':', .. var key]) heard.Add(key.Trim());
        }

        Assert.Equal(["build/1", "build/1", "metrics/build/1", "notify/build/1"], heard.Order(StringComparer.Ordinal));
        await Eventually.TrueAsync(
            () => Task.FromResult(console.Services.Requests.Contains("GET /registry/changes")), "the registry is asked, too");
        Assert.Single(console.Services.Requests, static r => r == "GET /registry/changes");
    }

    [Fact]
    public async Task the_news_end_when_the_session_does_and_who_asks_again_is_refused()
    {
        using var ended = new CancellationTokenSource();
        var time = new ManualTime();
        // Later than any clock of a machine on which this runs: the visitor's cookies end by that one.
        time.Advance(TimeSpan.FromDays(36_500));
        await using var console = await ConsoleHost.StartAsync(
            app =>
            {
                foreach (var name in Contracts.KnownServices.Names)
                    app.MapGet($"/{name}/changes", (HttpContext http) => ended.IsCancellationRequested
                        ? FakeAuxo.Problem(401, "access/unauthenticated", "no") : Followed(http, ended.Token));
            },
            role: "viewer", time: time,
            self: () => ended.IsCancellationRequested
                ? FakeAuxo.Problem(401, "access/unauthenticated", "no")
                : FakeAuxo.Json(ConsoleHost.Token("alice", "\"pipeline:read\"", role: "viewer")));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var heard = answer.Content.ReadAsStringAsync();
        await Eventually.TrueAsync(
            () => Task.FromResult(Contracts.KnownServices.Names.All(name => console.Services.Requests.Contains($"GET /{name}/changes"))),
            "all services are listened to");
        Assert.False(heard.IsCompleted);

        await ended.CancelAsync();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return Task.FromResult(heard.IsCompletedSuccessfully);
            },
            "the news have ended");
        time.Advance(TimeSpan.FromSeconds(10));
        using var again = await visitor.GetAsync("/live");
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    /// <summary>As a service does: an answer without news, until the access ends.</summary>
    private static ServerSentEventsResult<string> Followed(HttpContext http, CancellationToken ended)
        => TypedResults.ServerSentEvents(Nothing(ended, http.RequestAborted), eventType: "changed");

    private static async IAsyncEnumerable<string> Nothing(
        CancellationToken ended, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, gone);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        yield break;
    }
}
