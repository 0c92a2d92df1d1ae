using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace Auxo.Console.Tests.Browser;

/// <summary>The command palette, as a keyboard uses it.</summary>
public sealed class PaletteTests(Chromium chromium)
{
    [Fact]
    public async Task a_page_is_found_by_what_the_command_line_calls_it()
    {
        await using var console = await ConsoleHost.StartAsync(BrowserTests.MapAll);
        await using var window = await chromium.OpenAsync(console);
        await TypeAsync(window.Page, "dead lett");
        await Expect(Chosen(window.Page)).ToContainTextAsync("Messages");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync("/messages");
        await Expect(window.Page.Locator("#palette")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task a_button_of_the_page_is_pressed_by_its_name()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            BrowserTests.MapAll(app);
            app.MapPost("/pipeline/builds/{id}/{verb}", static () => FakeAuxo.Json(FakeAuxo.Build()));
        });
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GotoAsync($"/builds/{FakeAuxo.BuildId}");
        await TypeAsync(window.Page, "cancel");
        await Expect(Chosen(window.Page)).ToContainTextAsync("Cancel");
        await Expect(Chosen(window.Page)).ToContainTextAsync("on this page");
        await window.Page.Keyboard.PressAsync("Enter");
        await Eventually.TrueAsync(
            () => Task.FromResult(console.Services.Requests.Any(static r => r.StartsWith(
                $"POST /pipeline/builds/{FakeAuxo.BuildId}/cancel", StringComparison.Ordinal))), "the build is cancelled");
    }

    [Fact]
    public async Task builds_and_patches_are_found_while_somebody_types_and_markup_stays_text()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
            PagesTests.Map(app, FakeAuxo.Build().Replace("Fix the handshake", "<b>Fix</b> it", StringComparison.Ordinal)));
        await using var window = await chromium.OpenAsync(console);
        await TypeAsync(window.Page, "<b>fix");
        await Expect(Chosen(window.Page)).ToContainTextAsync("<b>Fix</b> it");
        await Expect(window.Page.Locator("#palette b")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page).ToHaveURLAsync($"/builds/{FakeAuxo.BuildId}");
    }

    [Fact]
    public async Task what_only_the_command_line_does_is_copied()
    {
        await using var console = await ConsoleHost.StartAsync(BrowserTests.MapAll);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await TypeAsync(window.Page, "repo track");
        await Expect(Chosen(window.Page)).ToContainTextAsync("./auxo repo track");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("#palette-said")).ToContainTextAsync("Copied: ./auxo repo track");
        Assert.StartsWith(
            "./auxo repo track", await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task it_is_a_combobox_that_arrows_move_through_and_axe_finds_nothing_in_it()
    {
        await using var console = await ConsoleHost.StartAsync(BrowserTests.MapAll);
        await using var window = await chromium.OpenAsync(console);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Commands" }).ClickAsync();
        var field = window.Page.Locator("#palette-field");
        await Expect(field).ToBeFocusedAsync();
        await Expect(field).ToHaveAttributeAsync("aria-activedescendant", "palette-0");
        await window.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(field).ToHaveAttributeAsync("aria-activedescendant", "palette-1");
        await Expect(window.Page.GetByRole(AriaRole.Option, new() { Selected = true })).ToHaveCountAsync(1);
        await window.Page.Keyboard.PressAsync("ArrowUp");
        await window.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(Chosen(window.Page)).ToBeInViewportAsync();
        Assert.Empty(await window.Page.AxeAsync());
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.Locator("#palette")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task without_script_its_button_leads_to_the_search()
    {
        await using var console = await ConsoleHost.StartAsync(BrowserTests.MapAll);
        Assert.Matches("""<form action="/search" method="get">\s*<button data-palette""", await console.PageAsync("/queue"));
    }

    private static ILocator Chosen(IPage page) => page.Locator("#palette [aria-selected=true]");

    private static async Task TypeAsync(IPage page, string text)
    {
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#palette-field")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(text);
    }
}
