using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

using static Microsoft.Playwright.Assertions;

namespace Auxo.Console.Tests.Browser;

/// <summary>Much of everything, names of every kind, services that come and go, a screen that nobody touches for a night.</summary>
public sealed class ScaleTests(Chromium chromium)
{
    private const string Long = "a_name_without_any_place_to_break_it_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on";
    private const string Right = "\u202egnp.exe\u202c";

    [Fact]
    public async Task two_thousand_builds_are_searched_and_a_list_of_them_fits_a_phone()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository));
            app.MapGet("/ingest/patches", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/builds", static (string? after) =>
            {
                var from = after is null ? 0 : int.Parse(after[^4..], System.Globalization.CultureInfo.InvariantCulture);
                var items = Enumerable.Range(from + 1, 200).Select(static n => FakeAuxo.Build(
                        outcome: n % 7 == 0 ? "failed" : "passed", id: $"3f2a1c77-1111-5222-8333-44445555{n:0000}")
                    .Replace("Fix the handshake", $"Change {n:0000}", StringComparison.Ordinal));
                return FakeAuxo.Json($$"""
                    {"items":[{{string.Join(',', items)}}],
                     "next":{{(from + 200 < 2000 ? $"\"3f2a1c77-1111-5222-8333-44445555{from + 200:0000}\"" : "null")}}}
                    """);
            });
        });
        await using var window = await chromium.OpenAsync(console, width: 360);
        await window.Page.GotoAsync("/search?q=Change 1999");
        await Expect(window.Page.Locator(".row .main")).ToHaveTextAsync("Change 1999");
        await window.Page.GotoAsync("/search?q=Change");
        await Expect(window.Page.Locator(".row")).ToHaveCountAsync(100);
        Assert.True(await FitsAsync(window));
    }

    [Fact]
    public async Task a_build_of_five_hundred_steps_shows_each()
    {
        var steps = string.Join(',', Enumerable.Range(1, 500).Select(static n => $$"""
            {"step":"step-{{n}}","kind":"command","state":"finished","outcome":"passed","blocks":true,"durationSeconds":0.1,"exitCode":0,
             "summary":null}
            """));
        await using var console = await ConsoleHost.StartAsync(app => PagesTests.Map(
            app, FakeAuxo.Build(), FakeAuxo.Build(more: $",\"steps\":[{steps}]")));
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync($"/builds/{FakeAuxo.BuildId}");
        await Expect(window.Page.GetByText("step-500", new() { Exact = true }).First).ToBeAttachedAsync();
        Assert.True(await FitsAsync(window));
    }

    [Theory]
    [InlineData(Long)]
    [InlineData(Right)]
    [InlineData("\\u0000\\u0007 \\u001b[31m")]
    [InlineData("🧨‍💥 ﷽﷽﷽﷽ Z̷̨̛͙a̴l̸g̷o̸")]
    [InlineData("<script>document.title='x'</script><img src=x onerror=alert(1)>")]
    [InlineData("javascript:alert(1)")]
    public async Task a_hostile_name_breaks_no_page(string name)
    {
        var build = FakeAuxo.Build(outcome: "failed").Replace("Fix the handshake", name, StringComparison.Ordinal)
            .Replace("\"heartwood\"", $"\"{name}\"", StringComparison.Ordinal);
        await using var console = await ConsoleHost.StartAsync(app => PagesTests.Map(
            app, () => build, () => build, FakeAuxo.Repository.Replace("heartwood", name, StringComparison.Ordinal)));
        await using var window = await chromium.OpenAsync(console, width: 360);
        foreach (var path in (string[])["/", "/repositories", $"/repositories/{FakeAuxo.Rid}", $"/builds/{FakeAuxo.BuildId}", "/wall"])
        {
            await window.Page.GotoAsync(path);
            Assert.True(await FitsAsync(window), $"{path} is wider than a phone");
            Assert.NotEqual("x", await window.Page.TitleAsync());
        }
    }

    [Fact]
    public async Task a_service_that_goes_and_comes_back_is_seen_without_a_hand()
    {
        var away = false;
        using var gone = new CancellationTokenSource();
        var state = "running";
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, () => FakeAuxo.Build(state, state == "running" ? null : "passed"), () => "{}");
            // A connection ends with the service; those after its return stay.
            app.MapGet("/pipeline/changes", (HttpContext http)
                => StayOpenAsync(http, away, gone.IsCancellationRequested ? CancellationToken.None : gone.Token));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/queue");
        await Expect(window.Page.Locator(".standing.busy")).ToHaveCountAsync(1);
        await Eventually.TrueAsync(
            () => Task.FromResult(console.Services.Requests.Contains("GET /pipeline/changes")), "the page listens");
        away = true;
        await gone.CancelAsync();
        state = "finished";
        away = false;
        await Expect(window.Page.GetByText("Nothing runs.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task a_page_that_was_opened_while_a_service_was_away_shows_what_it_should_once_it_is_back()
    {
        var away = true;
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            IResult Answer(IResult back) => away ? FakeAuxo.Problem(503, "x/away", "It is away.") : back;
            app.MapGet("/pipeline/builds", () => Answer(FakeAuxo.Page()));
            app.MapGet("/pipeline/queue", () => Answer(FakeAuxo.Json("""{"items":[]}""")));
            app.MapGet("/pipeline/runners", () => Answer(FakeAuxo.Json(AxeTests.NoRunners)));
            app.MapGet("/pipeline/changes", (HttpContext http) => StayOpenAsync(http, away, CancellationToken.None));
        });
        await using var window = await chromium.OpenAsync(console);
        // The answer that says so has a status of its own, which the browser reports.
        window.Expected.Add("Failed to load resource");
        await window.Page.GotoAsync("/queue");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("A part of Auxo is missing");
        away = false;
        await Expect(window.Page.GetByText("Nothing runs.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task a_wall_that_is_looked_at_all_night_does_not_grow()
    {
        var changes = Channel.CreateUnbounded<string>();
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build("running", null));
            app.MapGet("/pipeline/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/wall");
        await Expect(window.Page.Locator(".running li")).ToHaveCountAsync(1);
        var devtools = await window.Page.Context.NewCDPSessionAsync(window.Page);
        await LookAsync(5);
        var before = await LiveAsync();
        await LookAsync(50);
        Assert.Equal(before, await LiveAsync());
        Assert.InRange(await NodesAsync(), 1, 5 * before);

        async Task LookAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var (seen, asked) = (Loads(), 0);
                await Eventually.TrueAsync(
                    () =>
                    {
                        // Now and then once more: here, unlike in a service, a listener that goes takes what it was to say with it.
                        if (asked++ % 250 == 0) changes.Writer.TryWrite($"build/{FakeAuxo.BuildId}");
                        return Task.FromResult(Loads() > seen);
                    },
                    "the wall has looked again");
            }
        }

        int Loads() => console.Services.Requests.Count(static r => r.StartsWith("GET /ingest/repositories", StringComparison.Ordinal));

        // Those that stand in the page.
        Task<int> LiveAsync() => window.Page.EvaluateAsync<int>(
            "() => { let n = 0; const all = document.createNodeIterator(document); while (all.nextNode()) n++; return n; }");

        // Those that the browser holds at all, among them some that it has not cleared away yet.
        async Task<double> NodesAsync()
        {
            await devtools.SendAsync("HeapProfiler.collectGarbage");
            return (await devtools.SendAsync("Memory.getDOMCounters"))!.Value.GetProperty("nodes").GetDouble();
        }
    }

    /// <summary>News that never come, until the service goes.</summary>
    private static async Task StayOpenAsync(HttpContext http, bool away, CancellationToken gone)
    {
        if (away)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        await http.Response.Body.FlushAsync(http.RequestAborted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, gone);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    private static Task<bool> FitsAsync(Window window)
        => window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth");
}
