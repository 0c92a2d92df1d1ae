using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace Auxo.Console.Tests.Browser;

/// <summary>The log of a step in a real browser: as it is written, and any part of a long one.</summary>
public sealed class LogTests(Chromium chromium)
{
    private const string Page = "/builds/" + FakeAuxo.BuildId + "?step=test";

    [Fact]
    public async Task a_log_is_seen_as_it_is_written_with_its_colours_and_without_its_markup()
    {
        var printed = new FakeLog().Print("first line");
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync($"/builds/{FakeAuxo.BuildId}");
        var log = window.Page.Locator(".log");
        await Expect(log).ToContainTextAsync("first line");
        printed.Print("\u001b[31mred\u001b[0m <b>no markup</b>", "\u001b[38;5;208morange\u001b[0m \u001b[38;2;1;2;3mdark\u001b[m",
            "10 %\r100 %");
        await Expect(log.Locator("span.f1")).ToHaveTextAsync("red");
        await Expect(log.Locator("span.rgb").First).ToHaveTextAsync("orange");
        await Expect(log).ToContainTextAsync("<b>no markup</b>");
        await Expect(log.Locator("b")).ToHaveCountAsync(0);
        await Expect(log.Locator("#L4 > span")).ToHaveTextAsync("100 %");
        for (var i = 0; i < 20; i++) printed.Print(Enumerable.Range(1000 * i, 1000).Select(static i => $"line {i}"));
        await Expect(log).ToContainTextAsync("line 19999");
        await Expect(log.Locator("#L20004 > span")).ToHaveTextAsync("line 19999");
        Assert.InRange(await log.EvaluateAsync<int>("e => e.childElementCount"), 100, 801);
        printed.End();
        await Expect(log).ToHaveAttributeAsync("data-complete", "");
    }

    [Fact]
    public async Task a_reader_who_scrolls_up_is_left_in_peace_until_he_goes_to_the_end_again()
    {
        var printed = new FakeLog().Print(Enumerable.Range(1, 400).Select(static i => $"line {i}"));
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page);
        var follow = window.Page.Locator("[data-follow]");
        await Expect(follow).ToHaveAttributeAsync("aria-pressed", "true");
        await window.Page.Locator(".log").EvaluateAsync("log => log.scrollTop -= 500");
        await Expect(follow).ToHaveAttributeAsync("aria-pressed", "false");
        var at = await window.Page.Locator(".log").EvaluateAsync<double>("log => log.scrollTop");
        printed.Print("more");
        Assert.Equal(at, await window.Page.Locator(".log").EvaluateAsync<double>("log => log.scrollTop"));
        await follow.ClickAsync();
        await Expect(window.Page.Locator("#L401 > span")).ToHaveTextAsync("more");
        printed.Print("and more");
        await Expect(window.Page.Locator("#L402 > span")).ToHaveTextAsync("and more");
    }

    [Fact]
    public async Task a_line_of_a_long_log_is_opened_by_its_address_and_the_lines_around_it_come_when_they_are_looked_for()
    {
        await using var console = await StartAsync(Long());
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L50000-L50002");
        var log = window.Page.Locator(".log");
        await Expect(log.Locator("#L50000")).ToBeInViewportAsync();
        await Expect(log.Locator(".marked")).ToHaveCountAsync(3);
        for (var i = 0; i < 12; i++)
        {
            await log.EvaluateAsync("log => log.scrollTop = 0");
            await Expect(log.Locator($"#L{50000 - 200 * (i + 1) + 60}")).ToHaveCountAsync(1);
        }

        Assert.InRange(await log.EvaluateAsync<int>("e => e.childElementCount"), 400, 800);
        Assert.True(await InOrderAsync(log));
        await log.EvaluateAsync("log => log.scrollTop = log.scrollHeight");
        await Expect(log.Locator("#L48300")).ToHaveCountAsync(1);
        Assert.True(await InOrderAsync(log));
        await window.Page.Locator(".position").EvaluateAsync("bar => { bar.value = 99990; bar.dispatchEvent(new Event('input')); }");
        await Expect(log.Locator("#L100000")).ToHaveCountAsync(1);
        await log.Locator("#L99990 .n").ClickAsync();
        Assert.EndsWith("&line=99990#L99990", window.Page.Url, StringComparison.Ordinal);
        await log.Locator("#L99992 .n").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        Assert.EndsWith("&line=99990#L99990-L99992", window.Page.Url, StringComparison.Ordinal);
        await Expect(log.Locator(".marked")).ToHaveCountAsync(3);
        await window.Page.ReloadAsync();
        await Expect(log.Locator("#L99990")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task without_scripts_a_line_is_opened_by_its_address_too()
    {
        await using var console = await StartAsync(Long());
        var page = await console.PageAsync(Page + "&line=50000");
        Assert.Contains("<div id=\"L50000\" data-n=\"50000\" class=\"marked\">", page, StringComparison.Ordinal);
        Assert.Contains("Lines 49900 to 50099 of 100000", page, StringComparison.Ordinal);
        Assert.Contains("line=50199#L50199\">later</a>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_range_of_lines_is_in_sight_when_its_address_is_opened(bool scripts)
    {
        await using var console = await StartAsync(Long(), ManySteps);
        await using var window = await chromium.OpenAsync(console);
        await using var context = await window.Page.Context.Browser!.NewContextAsync(new()
        {
            JavaScriptEnabled = scripts, BaseURL = console.Address.ToString(), ViewportSize = new() { Width = 1280, Height = 800 },
            StorageState = await window.Page.Context.StorageStateAsync(),
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync(Page + "&line=400#L400-L405");
        await Expect(page.Locator("#L400")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task a_search_goes_from_hit_to_hit_in_the_whole_log()
    {
        await using var console = await StartAsync(Long());
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L1");
        await Expect(window.Page.Locator("#L1")).ToBeInViewportAsync();
        await window.Page.Locator(".tools input").FillAsync("NEEDLE");
        await Expect(window.Page.Locator(".tools output")).ToHaveTextAsync("1 of 3");
        await Expect(window.Page.Locator(".log .current")).ToHaveAttributeAsync("data-n", "20000");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("#L40000")).ToBeInViewportAsync();
        await window.Page.Locator(".log").FocusAsync();
        await window.Page.Keyboard.PressAsync("n");
        await Expect(window.Page.Locator("#L60000")).ToBeInViewportAsync();
        await window.Page.Keyboard.PressAsync("Shift+N");
        await Expect(window.Page.Locator(".tools output")).ToHaveTextAsync("2 of 3");
        await window.Page.Locator(".tools input").FillAsync("no such thing");
        await Expect(window.Page.Locator(".tools output")).ToHaveTextAsync("nothing");
    }

    [Fact]
    public async Task a_hit_is_scrolled_into_sight_and_a_button_leaves_the_reader_at_his_line()
    {
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, ManySteps);
            Long().Map(app);
            app.MapPost("/pipeline/builds/{id}/cancel", static () => FakeAuxo.Json(FakeAuxo.Build()));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page);
        await Expect(window.Page.Locator("#L100000")).ToHaveCountAsync(1);
        await window.Page.EvaluateAsync("scrollTo(0, 0)");
        await window.Page.Locator(".tools input").EvaluateAsync(
            "field => { field.value = 'needle'; field.dispatchEvent(new Event('input')); }");
        await Expect(window.Page.Locator(".log .current")).ToBeInViewportAsync();
        await window.Page.Locator(".log .current .n").ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex("step=test&line=20000#L20000$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        // The browser's own word for a page that is left while it fades in.
        window.Expected.Add("Transition was aborted");
    }

    [Fact]
    public async Task a_log_that_is_not_followed_says_what_came_and_finds_more()
    {
        var printed = new FakeLog().Print(Enumerable.Range(1, 400).Select(static i => i == 300 ? "a needle" : $"line {i}"));
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L1");
        await Expect(window.Page.Locator("[data-count]")).ToHaveTextAsync("400 lines");
        await window.Page.Locator(".tools input").FillAsync("needle");
        var said = window.Page.Locator(".tools output");
        await Expect(said).ToHaveTextAsync("1 of 1");
        var news = window.Page.Locator("[data-new]");
        await Expect(news).ToBeHiddenAsync();
        printed.Print(Enumerable.Range(401, 770).Select(static i => i > 1168 ? "a needle" : $"line {i}"));
        await Expect(news).ToHaveTextAsync("770 new lines");
        await Expect(window.Page.Locator("[data-count]")).ToHaveTextAsync("1,170 lines");
        await Expect(said).ToHaveTextAsync("1 of 3");
        await news.ClickAsync();
        await ExpectEndAsync(window.Page, 1170);
        await Expect(news).ToBeHiddenAsync();
        await Expect(window.Page.Locator(".log .found")).ToHaveCountAsync(2);
        printed.Print("a needle");
        await Expect(said).ToHaveTextAsync("1 of 4");
    }

    [Fact]
    public async Task groups_are_folded_the_first_error_is_found_and_times_are_shown_when_asked_for()
    {
        var printed = new FakeLog
        {
            Outline = """
                {"groups":[{"from":2,"to":1500,"title":"Install","isFolded":true},{"from":1501,"to":1503,"title":"Build","isFolded":false}],
                 "firstError":1502}
                """,
        }.Print(Enumerable.Range(1, 1600).Select(static i => i == 1502 ? "error: no" : $"line {i}")).End();
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L1");
        var log = window.Page.Locator(".log");
        await Expect(log.Locator("#L2 .fold")).ToHaveTextAsync("Install");
        await Expect(log.Locator("#L3")).ToHaveCountAsync(0);
        await Expect(log.Locator("#L1501")).ToHaveCountAsync(1);
        await log.Locator("#L2 .fold").ClickAsync();
        await Expect(log.Locator("#L3")).ToHaveCountAsync(1);
        await log.Locator("#L2 .fold").ClickAsync();
        await Expect(log.Locator("#L3")).ToHaveCountAsync(0);
        await window.Page.Locator("[data-error]").ClickAsync();
        await Expect(log.Locator(".wrong")).ToBeInViewportAsync();
        await Expect(log.Locator(".wrong time")).ToBeHiddenAsync();
        await window.Page.Locator(".tools select").SelectOptionAsync("clock");
        await Expect(log.Locator(".wrong time")).Not.ToBeEmptyAsync();
    }

    [Fact]
    public async Task without_scripts_a_line_that_the_log_does_not_have_opens_its_end()
    {
        await using var console = await StartAsync(Long());
        Assert.Contains("Lines 99801 to 100000 of 100000", await console.PageAsync(Page + "&line=200000"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_line_that_the_log_does_not_have_opens_its_end()
    {
        await using var console = await StartAsync(Long());
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L200000");
        await ExpectEndAsync(window.Page, 100_000);
    }

    [Fact]
    public async Task the_end_of_a_log_is_shown_though_its_last_group_was_folded_and_times_without_a_begin_are_empty()
    {
        var printed = new FakeLog { Outline = """{"groups":[{"from":2,"to":null,"title":"Deploy","isFolded":true}],"firstError":null}""" }
            .Print(Enumerable.Range(1, 1000).Select(static i => $"line {i}")).End();
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L1");
        var log = window.Page.Locator(".log");
        await Expect(log.Locator("#L2 .fold")).ToHaveAttributeAsync("aria-expanded", "false");
        await window.Page.Locator("[data-follow]").ClickAsync();
        await ExpectEndAsync(window.Page, 1000);
        await log.EvaluateAsync("log => log.dataset.begin = ''");
        await window.Page.Locator(".tools select").SelectOptionAsync("since");
        await Expect(log.Locator("#L1000 time")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task the_hits_that_follow_the_first_thousand_are_asked_for_once_and_a_search_that_fails_says_so()
    {
        await using var console = await StartAsync(Long());
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page + "#L1");
        await Expect(window.Page.Locator("#L1")).ToBeInViewportAsync();
        await window.Page.Locator(".tools input").FillAsync("line");
        var said = window.Page.Locator(".tools output");
        await Expect(said).ToHaveTextAsync("1 of 1000+");
        await window.Page.Locator(".log").FocusAsync();
        await window.Page.Keyboard.PressAsync("Shift+N");
        await Expect(said).ToHaveTextAsync("1000 of 1000+");
        await window.Page.RouteAsync("**/search?**", static route => route.AbortAsync());
        await window.Page.Locator("[data-next]").ClickAsync();
        await Expect(said).ToHaveTextAsync("The search failed; try again.");
        await window.Page.UnrouteAllAsync();
        await window.Page.EvaluateAsync("() => { for (let i = 0; i < 2; i++) document.querySelector('[data-next]').click(); }");
        await Expect(said).ToHaveTextAsync("1002 of 2000+");
        await Expect(window.Page.Locator(".log .current")).ToHaveAttributeAsync("data-n", "1002");
        window.Expected.Add("/search?");
    }

    [Fact]
    public async Task a_log_is_followed_on_after_an_answer_that_failed()
    {
        var printed = new FakeLog().Print("first");
        await using var console = await StartAsync(printed);
        await using var window = await chromium.OpenAsync(console);
        var failed = 0;
        await window.Page.RouteAsync("**/bytes?**", route =>
            failed++ == 0 ? route.FulfillAsync(new() { Status = 502 }) : route.ContinueAsync());
        await window.Page.GotoAsync(Page);
        printed.Print("second");
        await Expect(window.Page.Locator("#L2 > span")).ToHaveTextAsync("second");
        window.Expected.Add("502");
    }

    [Fact]
    public async Task a_log_that_may_not_be_followed_any_more_says_that_it_is_not()
    {
        await using var console = await StartAsync(new FakeLog().Print("first"));
        await using var window = await chromium.OpenAsync(console);
        await window.Page.RouteAsync("**/bytes?**", static route => route.FulfillAsync(new() { Status = 403 }));
        await window.Page.RunAndWaitForResponseAsync(() => window.Page.GotoAsync(Page), static answer => answer.Url.Contains("/bytes?"));
        await Expect(window.Page.Locator("[data-follow]")).ToHaveAttributeAsync("aria-pressed", "false");
        window.Expected.Add("403");
    }

    [Fact]
    public async Task a_page_goes_on_while_something_is_looked_for_in_its_log()
    {
        var changes = Channel.CreateUnbounded<string>();
        var state = "running";
        await using var console = await ConsoleHost.StartAsync(app =>
        {
            string Build() => state == "running" ? BrowserTests.Running() : FakeAuxo.Build();
            PagesTests.Map(app, Build, Build);
            new FakeLog().Print("first").Map(app);
            app.MapGet("/pipeline/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync(Page);
        var field = window.Page.Locator(".tools input");
        await field.FillAsync("first");
        await field.BlurAsync();
        state = "finished";
        changes.Writer.TryWrite($"build/{FakeAuxo.BuildId}");
        await Expect(window.Page.Locator("h1 .standing")).ToContainTextAsync("passed");
    }

    private static async Task ExpectEndAsync(IPage page, int total)
    {
        await Expect(page.Locator($"#L{total}")).ToHaveCountAsync(1);
        await page.WaitForFunctionAsync(
            "() => { const log = document.querySelector('.log'); return log.scrollTop > 0"
                + " && log.scrollHeight - log.scrollTop - log.clientHeight < 5; }");
    }

    private static Task<ConsoleHost> StartAsync(FakeLog log, string? build = null)
        => ConsoleHost.StartAsync(app =>
        {
            PagesTests.Map(app, build ?? BrowserTests.Running());
            log.Map(app);
        });

    /// <summary>So many that the log begins below the first screen.</summary>
    private static string ManySteps => FakeAuxo.Build("running", null, more: $$"""
        ,"steps":[{{string.Concat(Enumerable.Range(1, 20).Select(static i => $$"""
            {"step":"check{{i}}","kind":"check","state":"finished","outcome":"passed","blocks":true,"durationSeconds":1,
             "exitCode":null,"summary":null},
            """))}}
          {"step":"test","kind":"command","state":"running","outcome":null,"blocks":null,"durationSeconds":null,
           "exitCode":null,"summary":null}]
        """);

    private static FakeLog Long()
        => new FakeLog().Print(Enumerable.Range(1, 100_000).Select(static i
            => i is 20_000 or 40_000 or 60_000 ? "a needle" : string.Create(CultureInfo.InvariantCulture, $"line {i}"))).End();

    private static Task<bool> InOrderAsync(ILocator log)
        => log.EvaluateAsync<bool>(
            "log => [...log.children].every((row, i, all) => i === 0 || row.dataset.n == +all[i - 1].dataset.n + 1)");
}
