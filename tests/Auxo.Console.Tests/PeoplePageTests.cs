using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>People: seen, added, changed, ended; and one's own password.</summary>
public sealed class PeoplePageTests
{
    private const string Did = "did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT";

    [Fact]
    public async Task an_administrator_sees_who_signs_in_and_how()
    {
        await using var console = await ConsoleHost.StartAsync(static app => SettingsPageTests.Map(app));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/settings/people"));
        Assert.Contains("<span class=\"main\">bob</span>", page, StringComparison.Ordinal);
        Assert.Contains("developer", page, StringComparison.Ordinal);
        Assert.Contains("2 sessions", page, StringComparison.Ordinal);
        Assert.Contains(Did, page, StringComparison.Ordinal);
        Assert.Contains("bob", await console.PageAsync("/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_nobody_is_yet_the_settings_lead_to_adding_oneself()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/registry/tokens", static () => FakeAuxo.Page());
            app.MapGet("/registry/people", static () => FakeAuxo.Page());
        });
        Assert.Contains("Add yourself and the others", await console.PageAsync("/settings"), StringComparison.Ordinal);
        Assert.Matches("value=\"admin\"[^>]* selected", await console.PageAsync("/settings/people"));
    }

    [Fact]
    public async Task everybody_else_is_refused_by_the_registry()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/registry/people", static () => FakeAuxo.Problem(403, "access/missing-scope", "It lacks 'admin'.")),
            scopes: "\"registry:read\"", role: "viewer");
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/settings/people");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task a_person_is_added_with_role_password_and_keys()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(
            "/settings/people", "/settings/people", ("_handler", "add"), ("name", " carol "), ("role", "viewer"),
            ("password", "correct horse battery"), ("keys", $"{Did}\r\n"));
        Assert.Contains("can sign in now", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var asked = Assert.Single(console.Services.Requests, static r => r.StartsWith("POST /registry/people", StringComparison.Ordinal));
        foreach (var part in (string[])["\"carol\"", "\"viewer\"", "\"correct horse battery\"", Did])
            Assert.Contains(part, asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_person_is_changed_and_an_empty_password_changes_nothing()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(
            "/settings/people", "/settings/people", ("_handler", "change-bob"), ("who", "bob"), ("role", "admin"), ("password", ""),
            ("keys", ""), ("verb", "save"));
        Assert.Contains("bob is changed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var asked = Assert.Single(
            console.Services.Requests, static r => r.StartsWith("PATCH /registry/people/bob", StringComparison.Ordinal));
        Assert.DoesNotContain("password", asked, StringComparison.Ordinal);
        Assert.Contains("\"admin\"", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_person_is_ended()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(
            "/settings/people", "/settings/people", ("_handler", "change-bob"), ("who", "bob"), ("verb", "end"));
        Assert.Contains("DELETE /registry/people/bob", console.Services.Requests);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task what_the_registry_refuses_is_said_and_no_password_comes_back()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, refuse: true));
        using var answer = await console.SendAsync(
            "/settings/people", "/settings/people", ("_handler", "add"), ("name", "<i>"), ("role", "viewer"),
            ("password", "correct horse battery"));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Such a name is not taken.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;i&gt;\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_person_changes_her_own_password_and_a_program_has_none()
    {
        var from = "";
        await using var console = await ConsoleHost.StartAsync(
            app =>
            {
                SettingsPageTests.Map(app);
                app.MapPut("/registry/people/self/password", (HttpContext http) =>
                {
                    from = http.Request.Headers["X-Forwarded-For"].ToString();
                    return Results.NoContent();
                }).WithOrder(-1);
            }, role: "admin");
        using var answer = await console.SendAsync(
            "/settings", "/settings", ("_handler", "own-password"), ("current", "correct horse battery"),
            ("new", "staple of another kind"));
        Assert.Contains("It is changed.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r
            => r.StartsWith("PUT /registry/people/self/password", StringComparison.Ordinal)
                && r.Contains("staple of another kind", StringComparison.Ordinal));
        Assert.Contains("127.0.0.1", from, StringComparison.Ordinal);

        await using var program = await ConsoleHost.StartAsync(static app => SettingsPageTests.Map(app));
        Assert.DoesNotContain("Change your password", await program.PageAsync("/settings"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("change-bob")]
    public async Task a_form_of_another_site_does_nothing(string form)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.ForgeAsync(
            "/settings/people", ("_handler", form), ("name", "evil"), ("role", "admin"), ("who", "bob"), ("verb", "end"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r => !r.StartsWith("GET", StringComparison.Ordinal));
    }

    internal static void Map(IEndpointRouteBuilder app, bool refuse = false)
    {
        app.MapGet("/registry/people", static () => FakeAuxo.Page(Person("bob", "developer", Did), Person("dora", "viewer")));
        app.MapPost("/registry/people", () => refuse
            ? FakeAuxo.Problem(400, "person/invalid-name", "Such a name is not taken.") : FakeAuxo.Json(Person("carol", "viewer"), 201));
        app.MapPatch("/registry/people/{name}", static (string name) => FakeAuxo.Json(Person(name, "admin")));
        app.MapPut("/registry/people/self/password", static () => Results.NoContent());
        app.MapDelete("/registry/people/{name}", static () => Results.NoContent());
    }

    private static string Person(string name, string role, params string[] keys) => $$"""
        {"name":"{{name}}","role":"{{role}}","hasPassword":true,"keys":[{{string.Join(',', keys.Select(static k => $"\"{k}\""))}}],
         "createdAt":"2026-11-20T12:00:00Z","createdBy":"admin","sessions":2,"signedInAt":"2026-11-23T12:00:00Z"}
        """;
}
