using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>Access tokens: seen, made, renewed, ended.</summary>
public sealed class SettingsPageTests
{
    private const string Id = "aaaaaaaa-1111-5222-8333-444455556666";
    private const string Text = "auxo_shown_this_once";

    [Fact]
    public async Task an_administrator_sees_all_tokens_and_what_they_may()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/settings"));
        Assert.Contains("ci-bot", page, StringComparison.Ordinal);
        Assert.Contains("<code>pipeline:read</code>", page, StringComparison.Ordinal);
        Assert.Contains("ends 2027-02-01", page, StringComparison.Ordinal);
        Assert.Contains("✓</span> active", page, StringComparison.Ordinal);
        Assert.Contains("value=\"notify:write\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_counts_and_what_is_off_is_shown()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapGet("/pipeline/settings", static () => FakeAuxo.Page("""
                {"variable":"Auxo__Keep__Days","about":"kept","meaning":"how long logs stay","value":"30","isSet":true}
                """));
            app.MapGet("/pipeline/diagnosis", static () => FakeAuxo.Page("""
                {"name":"shellcheck","state":"warning","text":"not installed: the check is off","next":"./auxo up"}
                """));
        });
        var page = WebUtility.HtmlDecode(await console.PageAsync("/settings"));
        Assert.Contains("What is kept, and how long", page, StringComparison.Ordinal);
        Assert.Contains("<code>Auxo__Keep__Days</code>", page, StringComparison.Ordinal);
        Assert.Contains("not installed: the check is off", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task everybody_else_sees_his_own_token_only()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app), scopes: "\"pipeline:read\",\"ingest:read\"");
        var page = WebUtility.HtmlDecode(await console.PageAsync("/settings"));
        Assert.Contains("<code>ingest:read</code>", page, StringComparison.Ordinal);
        Assert.Contains("An administrator makes, renews and ends tokens.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Make it", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ci-bot", page, StringComparison.Ordinal);
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("GET /registry/tokens?", StringComparison.Ordinal));
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("GET /pipeline/secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task who_may_build_sees_which_secrets_steps_can_be_given()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            Map(app);
            app.MapGet("/pipeline/secrets", static () => FakeAuxo.Json($$"""
                {"items":[{"rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood","name":"DEPLOY_TOKEN","branches":["release/*"],"steps":[],
                "patches":"trusted","setBy":"<b>bob</b>","setAt":"2026-11-20T12:00:00Z","usedAt":null,"usedBy":null,"isReadable":false}]}
                """));
        });
        var page = await console.PageAsync("/settings");
        Assert.Contains("DEPLOY_TOKEN", page, StringComparison.Ordinal);
        Assert.Contains("release/*, trusted patches", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("its key is not in secrets.key", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bob", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_belongs_to_auxo_itself_or_has_ended_has_no_buttons()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, refuse: false, ConsoleHost.Token("registry"), ConsoleHost.Token("old", state: "revoked")));
        Assert.DoesNotContain("Rotate", await console.PageAsync("/settings?all=true"), StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r => r == "GET /registry/tokens?all=True");
    }

    [Fact]
    public async Task text_from_outside_is_never_markup()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(
            app, refuse: false, ConsoleHost.Token("<img src=x>", "\"<img src=x>\"")));
        var page = await console.PageAsync("/settings");
        Assert.Contains("&lt;img src=x&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_token_is_made_and_its_text_is_shown_once()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(
            "/settings", "/settings", ("_handler", "make"), ("name", "ci-bot"), ("scope", "pipeline:read"), ("scope", "ingest:read"),
            ("expires", "30"));
        Assert.Contains(Text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("POST /registry/tokens {", StringComparison.Ordinal)
            && r.Contains("\"pipeline:read\"", StringComparison.Ordinal) && r.Contains("\"ingest:read\"", StringComparison.Ordinal)
            && r.Contains("\"expiresInSeconds\": 2592000", StringComparison.Ordinal));
        Assert.DoesNotContain(Text, await console.PageAsync("/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_token_that_never_ends_is_asked_for_as_such()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(
            "/settings", "/settings", ("_handler", "make"), ("name", "ci-bot"), ("scope", "admin"), ("expires", "0"));
        Assert.DoesNotContain(console.Services.Requests, static r => r.Contains("expiresInSeconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_the_registry_refuses_is_said_and_what_was_typed_stays()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, refuse: true));
        using var answer = await console.SendAsync(
            "/settings", "/settings", ("_handler", "make"), ("name", "bad"), ("scope", "notify:send"), ("expires", "0"));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Such a name is not taken.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"bad\"", page, StringComparison.Ordinal);
        Assert.Matches("value=\"notify:send\" checked", page);
    }

    [Fact]
    public async Task a_token_is_renewed_and_ended()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var rotated = await console.SendAsync("/settings", "/settings", ("_handler", "change"), ("rotate", Id));
        Assert.Contains(Text, await rotated.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var ended = await console.SendAsync("/settings", "/settings", ("_handler", "change"), ("end", Id));
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Contains(console.Services.Requests, static r
            => r.StartsWith($"POST /registry/tokens/{Id}/rotate", StringComparison.Ordinal));
        Assert.Contains($"DELETE /registry/tokens/{Id}", console.Services.Requests);
    }

    [Theory]
    [InlineData("make")]
    [InlineData("change")]
    public async Task a_form_of_another_site_does_nothing(string form)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.ForgeAsync("/settings", ("_handler", form), ("name", "evil"), ("scope", "admin"), ("end", Id));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r
            => r.StartsWith("POST", StringComparison.Ordinal) || r.StartsWith("DELETE", StringComparison.Ordinal));
    }

    internal static void Map(IEndpointRouteBuilder app, bool refuse = false, params string[] tokens)
    {
        string[] shown = tokens.Length > 0 ? tokens : [ConsoleHost.Token("ci-bot", id: Id, expiresAt: "2027-02-01T12:00:00Z")];
        app.MapGet("/registry/tokens", () => FakeAuxo.Page(shown));
        PeoplePageTests.Map(app);
        var made = $$"""{"token":{{ConsoleHost.Token("ci-bot", id: Id)}},"text":"{{Text}}"}""";
        app.MapPost("/registry/tokens", () => refuse
            ? FakeAuxo.Problem(400, "token/invalid-name", "Such a name is not taken.") : FakeAuxo.Json(made, 201));
        app.MapPost("/registry/tokens/{id}/rotate", () => FakeAuxo.Json(made, 201));
        app.MapDelete("/registry/tokens/{id}", static () => Results.NoContent());
    }
}
