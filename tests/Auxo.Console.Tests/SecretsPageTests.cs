using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>Secrets of steps: which there are, set, removed; their values are nowhere.</summary>
public sealed class SecretsPageTests
{
    private const string Page = "/settings/secrets";
    private const string Value = "tok-5f3a9c & <more>";

    private const string Secrets = $$"""
        {"items":[{"rid":"{{FakeAuxo.Rid}}","repositoryName":"heartwood","name":"DEPLOY_TOKEN","branches":["release/*"],"steps":["deploy*"],
        "patches":"trusted","setBy":"<b>bob</b>","setAt":"2026-11-20T12:00:00Z","usedAt":null,"usedBy":null,"isReadable":true},
        {"rid":null,"repositoryName":null,"name":"MIRROR","branches":[],"steps":[],
        "patches":"none","setBy":"ada","setAt":"2026-11-20T12:00:00Z","usedAt":null,"usedBy":null,"isReadable":true}]}
        """;

    [Fact]
    public async Task each_is_listed_with_its_rule()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        var page = await console.PageAsync(Page);
        foreach (var words in (string[])[
            "DEPLOY_TOKEN", "heartwood", "release/*, trusted patches", "only steps deploy*", "all repositories"])
            Assert.Contains(words, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bob", page, StringComparison.Ordinal);
        Assert.Matches("id=\"value\" name=\"value\" type=\"password\"[^>]*autocomplete=\"new-password\"", page);
    }

    [Fact]
    public async Task one_is_set_with_its_rule_and_the_browser_comes_back_without_it()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await SetAsync(console, ("repository", FakeAuxo.Rid));
        Assert.Equal("/settings/secrets?done=set", new Uri(console.Address, answer.Headers.Location!).PathAndQuery);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var asked = Assert.Single(console.Services.Requests, static r => r.StartsWith("PUT", StringComparison.Ordinal));
        Assert.StartsWith($"PUT /pipeline/secrets/DEPLOY_TOKEN?rid={Uri.EscapeDataString(FakeAuxo.Rid)} ", asked, StringComparison.Ordinal);
        var body = System.Text.Json.Nodes.JsonNode.Parse(asked[asked.IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.Equal((Value, "approved"), ((string)body["value"]!, (string)body["patches"]!));
        Assert.Equal(["main", "refs/tags/v*"], body["branches"]!.AsArray().Select(static pattern => (string)pattern!));
        Assert.Equal(["deploy*"], body["steps"]!.AsArray().Select(static pattern => (string)pattern!));
        Assert.Contains("The secret is set.", await console.PageAsync("/settings/secrets?done=set"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_of_every_repository_has_to_be_asked_for_as_such()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await SetAsync(console, ("repository", "*"));
        Assert.Contains(
            console.Services.Requests,
            static r => r.StartsWith("PUT /pipeline/secrets/DEPLOY_TOKEN {", StringComparison.Ordinal));
        using var unsaid = await SetAsync(console, ("repository", ""));
        Assert.Contains("of which repository", await unsaid.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(console.Services.Requests, static r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_the_pipeline_refuses_is_said_what_was_typed_stays_and_the_value_does_not()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app, refuse: true));
        using var answer = await SetAsync(console, ("repository", FakeAuxo.Rid));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("The value has fewer than 4 characters.", page, StringComparison.Ordinal);
        Assert.Contains("value=\" DEPLOY_TOKEN \"", page, StringComparison.Ordinal);
        Assert.Contains("main\r\nrefs/tags/v*", page, StringComparison.Ordinal);
        Assert.Matches($"value=\"{FakeAuxo.Rid}\" selected", page);
        Assert.DoesNotContain("tok-5f3a9c", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FakeAuxo.Rid + " DEPLOY_TOKEN", "DELETE /pipeline/secrets/DEPLOY_TOKEN?rid=")]
    [InlineData(" MIRROR", "DELETE /pipeline/secrets/MIRROR")]
    public async Task one_is_removed(string which, string asked)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.SendAsync(Page, Page, ("_handler", "remove"), ("remove", which));
        Assert.Equal("/settings/secrets?done=removed", new Uri(console.Address, answer.Headers.Location!).PathAndQuery);
        Assert.Contains(console.Services.Requests, r => r.StartsWith(asked, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_developer_sees_which_there_are_and_changes_none()
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app), scopes: "\"pipeline:write\",\"pipeline:read\"");
        var page = await console.PageAsync(Page);
        Assert.Contains("DEPLOY_TOKEN", page, StringComparison.Ordinal);
        Assert.Contains("An administrator sets and removes them.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Remove it now", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task everybody_else_is_refused_by_the_pipeline()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/pipeline/secrets", static () => FakeAuxo.Problem(403, "access/missing-scope", "It lacks it.")),
            scopes: "\"pipeline:read\"");
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(Page);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    public async Task a_form_of_another_site_does_nothing(string form)
    {
        await using var console = await ConsoleHost.StartAsync(static app => Map(app));
        using var answer = await console.ForgeAsync(
            Page, ("_handler", form), ("name", "EVIL"), ("repository", "*"), ("value", "evil"), ("remove", " MIRROR"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r => !r.StartsWith("GET", StringComparison.Ordinal));
    }

    internal static void Map(IEndpointRouteBuilder app, bool refuse = false)
    {
        app.MapGet("/pipeline/secrets", static () => FakeAuxo.Json(Secrets));
        app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(FakeAuxo.Repository)).WithOrder(-1);
        app.MapPut("/pipeline/secrets/{name}", () => refuse
            ? FakeAuxo.Problem(400, "secret/invalid", "The value has fewer than 4 characters.")
            : FakeAuxo.Json(System.Text.Json.Nodes.JsonNode.Parse(Secrets)!["items"]![0]!.ToJsonString()));
        app.MapDelete("/pipeline/secrets/{name}", static () => Results.NoContent());
    }

    private static Task<HttpResponseMessage> SetAsync(ConsoleHost console, (string Name, string Value) repository)
        => console.SendAsync(
            Page, Page, ("_handler", "set"), ("name", " DEPLOY_TOKEN "), repository, ("value", Value), ("branches", "main\r\nrefs/tags/v*"),
            ("steps", "deploy*\r\n"), ("patches", "approved"));
}
