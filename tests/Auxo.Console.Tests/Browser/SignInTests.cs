using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace Auxo.Console.Tests.Browser;

/// <summary>A person in a real browser: in by password, and out when the session ends.</summary>
public sealed class SignInTests(Chromium chromium)
{
    [Fact]
    public async Task a_person_signs_in_by_password_and_a_session_that_ends_leads_back_to_the_door()
    {
        var ended = false;
        await using var console = await ConsoleHost.StartAsync(
            static app =>
            {
                PagesTests.Map(app, FakeAuxo.Build());
                app.MapPost("/registry/sessions", static () => FakeAuxo.Json(
                    $$"""{"token":{{ConsoleHost.Token("bob", role: "viewer")}},"text":"{{FakeAuxo.Token}}"}""", 201));
            },
            time: new SteppingTime(), self: () => ended
                ? FakeAuxo.Problem(401, "access/unauthenticated", "no") : FakeAuxo.Json(ConsoleHost.Token("bob", role: "viewer")));
        await using var window = await chromium.OpenAsync(console);
        var page = window.Page;
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/queue");
        await page.GetByLabel("Name").FillAsync("bob");
        await page.GetByLabel("Password").FillAsync("correct horse battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync("/queue");
        await Expect(page.Locator(".who")).ToContainTextAsync("bob");

        // The browser complains that news are refused to the page that was open.
        window.Expected.Add("401 (Unauthorized)");
        ended = true;
        await page.GetByRole(AriaRole.Link, new() { Name = "Repositories" }).ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("Your session has ended");
    }

    /// <summary>Every look at the clock is ten seconds later, so that nothing is remembered.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _looks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(10 * Interlocked.Increment(ref _looks));
    }
}
