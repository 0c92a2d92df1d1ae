using System.Text.RegularExpressions;
using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace Auxo.Console.Tests.Browser;

/// <summary>The pages in a real browser: keys, news, a log that grows.</summary>
public sealed class BrowserTests(Chromium chromium)
{
    [Fact]
    public async Task keys_lead_through_the_pages()
    {
        await using var console = await ConsoleHost.StartAsync(static app => PagesTests.Map(app, FakeAuxo.Build(outcome: "failed")));
        await using var window = await chromium.OpenAsync(console);
        var page = window.Page;
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("q");
        await Expect(page).ToHaveURLAsync("/queue");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("o");
        await Expect(page).ToHaveTitleAsync("1 red · Auxo");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".row.chosen")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync($"/builds/{FakeAuxo.BuildId}");
        await Expect(page.Locator("h1")).ToContainTextAsync("Fix the handshake");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog#keys")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task what_is_typed_over_the_routes_stays_there_when_the_page_is_loaded_again()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapGet("/pipeline/openapi/v1.json", static () => FakeAuxo.Json(ApiPageTests.Document));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/api");
        await Expect(window.Page.Locator(".row")).ToHaveCountAsync(2);
        await window.Page.Locator("#words").FillAsync("write hand");
        await Expect(window.Page).ToHaveURLAsync("/api?q=write+hand");
        await window.Page.ReloadAsync();
        await Expect(window.Page.Locator("#words")).ToHaveValueAsync("write hand");
        await Expect(window.Page.Locator(".row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task a_page_shows_what_changes_without_being_loaded_again()
    {
        var changes = Channel.CreateUnbounded<string>();
        var state = "running";
        await using var console = await WithBuildAsync(changes, () => state);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync($"/builds/{FakeAuxo.BuildId}");
        await Expect(window.Page.Locator("h1 .standing")).ToContainTextAsync("running");
        await window.Page.EvaluateAsync("window.notLoadedAgain = true");
        state = "finished";
        changes.Writer.TryWrite($"build/{FakeAuxo.BuildId}");
        await Expect(window.Page.Locator("h1 .standing")).ToContainTextAsync("passed");
        await Expect(window.Page).ToHaveTitleAsync("✓ Fix the handshake · heartwood · Auxo");
        await Expect(window.Page.Locator("link[rel=icon]").Last).ToHaveAttributeAsync(
            "href", new Regex("favicon-passed", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.True(await window.Page.EvaluateAsync<bool>("window.notLoadedAgain"));
    }

    [Fact]
    public async Task a_look_whose_answer_never_came_is_taken_again()
    {
        var changes = Channel.CreateUnbounded<string>();
        var state = "running";
        await using var console = await WithBuildAsync(changes, () => state);
        await using var window = await chromium.OpenAsync(console);
        window.Expected.Add("net::ERR_FAILED");
        window.Expected.Add("Failed to fetch");
        await window.Page.Clock.InstallAsync();
        var address = $"/builds/{FakeAuxo.BuildId}";
        await window.Page.GotoAsync(address);
        await Expect(window.Page.Locator("h1 .standing")).ToContainTextAsync("running");
        var broken = new TaskCompletionSource();
        await window.Page.RouteAsync("**" + address, async route =>
        {
            await route.AbortAsync();
            broken.TrySetResult();
        }, new() { Times = 1 });
        state = "finished";
        changes.Writer.TryWrite($"build/{FakeAuxo.BuildId}");
        await Eventually.TrueAsync(async () =>
        {
            await window.Page.Clock.RunForAsync(1000);
            return broken.Task.IsCompleted;
        }, "the page asked, and got no answer");
        await window.Page.Clock.RunForAsync(40_000);
        await Expect(window.Page.Locator("h1 .standing")).ToContainTextAsync("passed");
    }

    /// <summary>A build that is finished as soon as it is not running any more; its news are said when the test has them.</summary>
    private static Task<ConsoleHost> WithBuildAsync(Channel<string> changes, Func<string> state) => ConsoleHost.StartAsync(app =>
    {
        string Build() => state() == "running" ? FakeAuxo.Build("running", null) : FakeAuxo.Build();
        PagesTests.Map(app, Build, Build);
        app.MapGet("/pipeline/changes", (HttpContext http) => TypedResults.ServerSentEvents(
            changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
    });

    [Fact]
    public async Task a_screen_on_the_wall_outlives_a_defect()
    {
        var broken = true;
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            // Rows that are no builds, which only a defect says.
            string Build() => broken ? "null" : FakeAuxo.Build("running", null);
            PagesTests.Map(app, Build, Build);
        });
        await using var window = await chromium.OpenAsync(console);
        window.Expected.Add("Failed to load resource");
        await window.Page.Clock.InstallAsync();
        await window.Page.GotoAsync("/wall");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("That is a defect of Auxo");
        broken = false;
        await window.Page.Clock.RunForAsync(70_000);
        await Expect(window.Page.Locator(".running li")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task times_go_on_while_a_page_is_open_and_nothing_moves()
    {
        var begin = new DateTimeOffset(2026, 11, 23, 11, 58, 1, TimeSpan.Zero);
        await using var console = await ConsoleHost.StartAsync(
            static app => PagesTests.Map(app, FakeAuxo.Build("running", null, more: """
                ,"steps":[{"step":"test","kind":"command","state":"running","outcome":null,"blocks":null,"durationSeconds":null,
                   "exitCode":null,"summary":null,"startedAt":"2026-11-23T11:58:03Z"}]
                """)),
            time: new StoppedTime(begin.AddSeconds(45)));
        await using var window = await chromium.OpenAsync(console);
        // Nothing but the times makes this page another one.
        await window.Page.AddInitScriptAsync("window.EventSource = class { addEventListener() {} close() {} };");
        await window.Page.Clock.InstallAsync();
        await window.Page.GotoAsync($"/builds/{FakeAuxo.BuildId}");
        var (age, lasts) = (window.Page.Locator("main .facts [data-age]"), window.Page.Locator(".steps [data-lasts]"));
        await Expect(age).ToHaveTextAsync("46 s ago");
        await Expect(lasts).ToHaveTextAsync("43 s");
        var beside = await window.Page.Locator("[data-age] + span").EvaluateAsync<double>("e => e.getBoundingClientRect().left");
        await window.Page.Clock.RunForAsync(60_000);
        await Expect(age).ToHaveTextAsync("1 min ago");
        await Expect(lasts).ToHaveTextAsync("1 min 43 s");
        Assert.Equal(
            beside, await window.Page.Locator("[data-age] + span").EvaluateAsync<double>("e => e.getBoundingClientRect().left"));
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public async Task a_patch_is_read_file_by_file_and_what_was_closed_stays_closed()
    {
        var changes = Channel.CreateUnbounded<string>();
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PatchPageTests.Map(app);
            app.MapGet("/pipeline/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(PatchPageTests.Path);
        var file = window.Page.Locator("#file-0");
        await Expect(file).ToHaveAttributeAsync("open", "");
        await window.Page.Keyboard.PressAsync("j");
        await Expect(window.Page.Locator(".file.chosen")).ToContainTextAsync("src/main.rs");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(file).Not.ToHaveAttributeAsync("open", "");
        await window.Page.Keyboard.PressAsync("j");
        await Expect(window.Page.Locator(".file.chosen")).ToContainTextAsync("logo.png");
        await window.Page.EvaluateAsync("Blazor.addEventListener('enhancedload', () => window.madeAnew = 1)");
        int Asked() => console.Services.Requests.Count(static r => r.EndsWith("/discussion", StringComparison.Ordinal));
        var before = Asked();
        changes.Writer.TryWrite("build/1");
        await Eventually.TrueAsync(() => Task.FromResult(Asked() > before), "the page is made anew");
        await window.Page.WaitForFunctionAsync("window.madeAnew > 0");
        await Expect(window.Page.Locator(".file.chosen")).ToContainTextAsync("logo.png");
        await Expect(file).Not.ToHaveAttributeAsync("open", "");
    }

    [Fact]
    public async Task numbers_follow_what_metrics_tells_and_wait_for_a_reader_who_fills_in_a_form()
    {
        var changes = Channel.CreateUnbounded<string>();
        var name = "heartwood";
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapGet("/metrics/api/dora", () => FakeAuxo.Page(MetricsPagesTests.Report("dora", name)));
            app.MapGet("/metrics/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/dora");
        var link = window.Page.Locator("main h2 a");
        await Expect(link).ToHaveTextAsync("heartwood");
        name = "radicle-cli";
        changes.Writer.TryWrite("build/1");
        await Expect(link).ToHaveTextAsync("radicle-cli");
        var days = window.Page.GetByLabel("Days");
        await days.FillAsync("12");
        name = "heartwood";
        changes.Writer.TryWrite("build/2");
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-late", "");
        await Expect(days).ToHaveValueAsync("12");
        await Expect(link).ToHaveTextAsync("radicle-cli");
        await days.FillAsync("90");
        await days.BlurAsync();
        await Expect(link).ToHaveTextAsync("heartwood");
    }

    [Fact]
    public async Task a_mark_of_a_chart_opens_the_build_that_it_is()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            MetricsPagesTests.MapMetrics(app, MetricsPagesTests.Evidence);
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.Keyboard.PressAsync("g");
        await window.Page.Keyboard.PressAsync("d");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("DORA");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "heartwood" }).ClickAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("DORA of heartwood");
        await window.Page.GetByLabel("Days").FillAsync("30");
        await window.Page.GetByLabel("As of the end of").FillAsync("2026-11-22");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(DoraAsOf("2026-11-22"));
        await Expect(window.Page.GetByLabel("As of the end of")).ToHaveValueAsync("2026-11-22");
        await window.Page.Locator("input[type=range]").FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(window.Page).ToHaveURLAsync(DoraAsOf("2026-11-21"));
        await window.Page.Locator("circle.mark").First.ClickAsync();
        await Expect(window.Page).ToHaveURLAsync($"/builds/{FakeAuxo.BuildId}");
        await Expect(window.Page.Locator("h1")).ToContainTextAsync("Fix the handshake");
    }

    private static string DoraAsOf(string day) => $"/dora/{Uri.EscapeDataString(FakeAuxo.Rid)}?days=30&asOf={day}";

    [Fact]
    public async Task a_schedule_is_switched_off_by_its_button_and_the_page_says_who_did()
    {
        var isOn = true;
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            const string on = "\"enabled\":true,\"disabledBy\":null", off = "\"enabled\":false,\"disabledBy\":\"alice\"";
            app.MapGet("/pipeline/schedules", () => FakeAuxo.Json(
                $$"""{"items":[{{SchedulePagesTests.Nightly.Replace(on, isOn ? on : off, StringComparison.Ordinal)}}]}"""));
            app.MapPost("/pipeline/schedules/{rid}/{name}/{verb}", (string verb) =>
            {
                isOn = verb == "enable";
                return Results.NoContent();
            });
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.Keyboard.PressAsync("g");
        await window.Page.Keyboard.PressAsync("t");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Schedules");
        await Expect(window.Page.Locator("tbody")).ToContainTextAsync("every day at 02:00");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Disable nightly" }).ClickAsync();
        await Expect(window.Page.Locator("tbody")).ToContainTextAsync("off by alice");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Enable nightly" }).ClickAsync();
        await Expect(window.Page.Locator("tbody")).ToContainTextAsync("2026-11-24 02:04");
    }

    [Fact]
    public async Task a_secret_is_set_and_its_value_stands_nowhere()
    {
        const string value = "tok-5f3a9c";
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            SecretsPageTests.Map(app);
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/settings/secrets");
        await window.Page.Locator("#name").FillAsync("DEPLOY_TOKEN");
        await window.Page.Locator("#repository").SelectOptionAsync(FakeAuxo.Rid);
        await Expect(window.Page.Locator("#value")).ToHaveAttributeAsync("type", "password");
        await window.Page.Locator("#value").FillAsync(value);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Set it" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync("/settings/secrets?done=set");
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The secret is set.");
        Assert.DoesNotContain(value, await window.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal("", await window.Page.Locator("#value").InputValueAsync());
        Assert.Contains(
            console.Services.Requests, static r => r.StartsWith("PUT /pipeline/secrets/DEPLOY_TOKEN?rid=", StringComparison.Ordinal)
                && r.Contains(value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    public async Task no_page_is_wider_than_its_window(ColorScheme scheme, int width)
    {
        await using var console = await ConsoleHost.StartAsync(MapAll);
        await using var window = await chromium.OpenAsync(console, scheme, width);
        foreach (var path in (string[])["/", "/repositories", $"/repositories/{FakeAuxo.Rid}", $"/builds/{FakeAuxo.BuildId}",
            $"/patches/{FakeAuxo.Rid}/{FakeAuxo.PatchId}", "/queue", "/messages", "/search?q=fix",
            "/trace/heartwood", "/notifications", $"/notifications/{NotificationPagesTests.DeliveryId}", "/nodes", "/settings",
            "/settings/people", "/settings/secrets", "/schedules", $"/schedules/{FakeAuxo.Rid}",
            "/dora", $"/dora/{FakeAuxo.Rid}", "/ci", $"/ci/{FakeAuxo.Rid}", "/registry", $"/registry/{FakeAuxo.Rid}",
            "/registry/raw/files", "/wall", "/api"])
        {
            await window.Page.GotoAsync(path);
            Assert.True(
                await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
                $"{path} is wider than {width}");
        }
    }

    [Fact]
    public async Task how_a_build_stands_is_never_printed_over_its_title()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
            PagesTests.Map(app, FakeAuxo.Build("awaiting_approval", null)));
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync("/queue");
        Assert.True(await window.Page.Locator(".row").First.EvaluateAsync<bool>(
            "row => row.children[0].scrollWidth <= row.children[0].clientWidth"));
    }

    /// <summary>All that pages ask for.</summary>
    internal static void MapAll(IEndpointRouteBuilder app)
    {
        PagesTests.Map(app, Running());
        NotificationPagesTests.Map(app);
        NodesPageTests.MapNode(app);
        SettingsPageTests.Map(app);
        TracePageTests.MapParts(app);
        PatchPageTests.MapReview(app);
        MetricsPagesTests.MapMetrics(app, MetricsPagesTests.Evidence);
        RegistryPagesTests.Map(app);
        SchedulePagesTests.Map(app);
        SecretsPageTests.Map(app);
        app.MapGet("/pipeline/openapi/v1.json", static () => FakeAuxo.Json(ApiPageTests.Document));
        foreach (var name in Contracts.KnownServices.Names)
        {
            app.MapGet($"/{name}/queues", () => FakeAuxo.Json(
                $$"""{"items":[{"queue":"{{name}}","ready":12,"scheduled":0,"deadLetters":0,"oldestSeconds":3.5}]}"""));
        }
    }

    internal static string Running() => FakeAuxo.Build("running", null, more: """
        ,"steps":[{"step":"secrets","kind":"check","state":"finished","outcome":"passed","blocks":true,"durationSeconds":0.4,
           "exitCode":null,"summary":null},
          {"step":"test","kind":"command","state":"running","outcome":null,"blocks":null,"durationSeconds":null,
           "exitCode":null,"summary":null}]
        """);
}
