using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>To the OpenID Connect provider and back.</summary>
public sealed class ProviderSignInTests
{
    private static readonly (string, string) Issuer = ("Auxo:Oidc:Issuer", "https://id.example.org/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_link_leads_to_the_provider_and_the_code_signs_in_and_back_to_the_page()
    {
        await using var console = await StartAsync();
        using var visitor = console.Visitor();
        var page = await visitor.GetStringAsync("/login?ReturnUrl=%2Fqueue", Ct);
        Assert.Contains("href=\"/login/provider\"", page, StringComparison.Ordinal);
        using var away = await visitor.GetAsync("/login/provider", Ct);
        Assert.Equal("https://id.example.org/authorize?x", away.Headers.Location?.ToString());
        Assert.DoesNotContain(away.Headers.GetValues("Set-Cookie"), static c => c.Contains("the-verifier", StringComparison.Ordinal));
        var address = $"\"{console.Address.ToString().TrimEnd('/')}\"";
        Assert.Contains(console.Services.Requests, r => r.Contains(address, StringComparison.Ordinal));

        using var back = await visitor.GetAsync("/login/provider/back?code=abc&state=the-state", Ct);
        Assert.Equal("/queue", back.Headers.Location?.ToString());
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("POST /registry/sessions ", StringComparison.Ordinal)
            && r.Contains("the-verifier", StringComparison.Ordinal) && r.Contains("the-nonce", StringComparison.Ordinal));
        Assert.Contains("Your session, as oidc", await visitor.GetStringAsync("/settings", Ct), StringComparison.Ordinal);

        // Once.
        using var again = await visitor.GetAsync("/login/provider/back?code=abc&state=the-state", Ct);
        Assert.Equal("/login?refused=late", again.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("?code=abc&state=another", true, "late")]
    [InlineData("?code=abc", true, "late")]
    [InlineData("?error=access_denied&state=the-state", true, "no")]
    [InlineData("?code=abc&state=the-state", false, "late")]
    public async Task who_comes_back_otherwise_is_not_signed_in(string query, bool began, string why)
    {
        await using var console = await StartAsync();
        using var visitor = console.Visitor();
        if (began) (await visitor.GetAsync("/login/provider", Ct)).Dispose();
        using var back = await visitor.GetAsync("/login/provider/back" + query, Ct);
        Assert.Equal("/login?refused=" + why, back.Headers.Location?.ToString());
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("POST /registry/sessions ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_refusal_is_said_on_the_page_and_nothing_that_a_link_brings()
    {
        await using var console = await StartAsync(accepts: false);
        using var visitor = console.Visitor();
        (await visitor.GetAsync("/login/provider", Ct)).Dispose();
        using var back = await visitor.GetAsync("/login/provider/back?code=abc&state=the-state", Ct);
        Assert.Equal("/login?refused=no", back.Headers.Location?.ToString());
        Assert.Contains("did not let you in", await visitor.GetStringAsync("/login?refused=no", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("call 555", await visitor.GetStringAsync("/login?refused=call+555", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_provider_there_is_no_link()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        Assert.DoesNotContain("/login/provider", await visitor.GetStringAsync("/login", Ct), StringComparison.Ordinal);
    }

    private static Task<ConsoleHost> StartAsync(bool accepts = true)
        => ConsoleHost.StartAsync(
            app =>
            {
                app.MapPost("/registry/sessions/authorizations", static () => FakeAuxo.Json(
                    """
                    {"url":"https://id.example.org/authorize?x","state":"the-state","verifier":"the-verifier","nonce":"the-nonce"}
                    """));
                app.MapPost("/registry/sessions", () => accepts
                    ? FakeAuxo.Json($$"""{"token":{{ConsoleHost.Token("erin", role: "oidc")}},"text":"{{FakeAuxo.Token}}"}""", 201)
                    : FakeAuxo.Problem((int)HttpStatusCode.Unauthorized, "session/refused", "No group."));
            },
            holder: "erin", scopes: "\"pipeline:read\"", role: "oidc", settings: [Issuer]);
}
