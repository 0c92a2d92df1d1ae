using System.Net;
using System.Text.Json;

using Auxo.Console.Description;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>All services' routes on one page, from what they say of themselves.</summary>
public sealed class ApiPageTests
{
    /// <summary>What a service says of itself, as far as the page reads it.</summary>
    internal const string Document = """
        {"openapi":"3.1.1","paths":{
          "/builds/{id}":{"get":{"summary":"One build with its verdict.","security":[{"token":["pipeline:read"]},{}],
            "parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}},
                          {"name":"limit","in":"query","schema":{"type":["integer","string"],"format":"int32"}}],
            "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Build"}}}}}}},
          "/builds":{"post":{"summary":"Builds a <b>commit</b> by hand.","security":[{"token":["pipeline:write"]}],
            "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/BuildRequest"}}}},
            "responses":{"202":{}}}}},
         "components":{"schemas":{
           "Build":{"required":["id"],"properties":{"id":{"type":"string","format":"uuid"},
             "steps":{"type":"array","items":{"$ref":"#/components/schemas/Step"}},"author":{"oneOf":[{"type":"null"},{"type":"string"}]}}},
           "BuildRequest":{"properties":{"commit":{"type":"string"}}}}}}
        """;

    [Fact]
    public void a_description_is_read_as_routes_with_what_they_take_answer_and_ask_for()
    {
        using var document = JsonDocument.Parse(Document);
        var routes = ApiRoutes.Of("pipeline", document.RootElement).ToList();
        Assert.Equal(["GET /builds/{id}", "POST /builds"], routes.Select(static r => $"{r.Method} {r.Path}"));
        Assert.Equal([("pipeline:read", true), ("pipeline:write", false)], routes.Select(static r => (r.Scope, r.AlsoWithout)));
        Assert.Equal(
            [new("id", "string (uuid)", "path", true), new("limit", "integer (int32)", "query", false)], routes[0].Parameters);
        var answer = Assert.Single(routes[0].Answers);
        Assert.Equal("200: Build", answer.Title);
        Assert.Equal(
            [new("id", "string (uuid)", "", true), new("steps", "Step[]", "", false), new("author", "string or null", "", false)],
            answer.Members);
        Assert.Equal(("BuildRequest", "202: nothing"), (routes[1].Takes!.Title, Assert.Single(routes[1].Answers).Title));
    }

    [Fact]
    public async Task the_page_lists_the_routes_of_all_services_and_says_which_is_away()
    {
        await using var console = await StartAsync();
        var page = await console.PageAsync("/api");
        Assert.Contains("<code class=\"main\">/builds/{id}</code>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/api/pipeline.json\"", page, StringComparison.Ordinal);
        Assert.Contains("notify answered 404", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>commit", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("write hand", "POST", "GET")]
    [InlineData("{id}", "GET", "POST")]
    public async Task routes_are_found_by_words(string words, string there, string gone)
    {
        await using var console = await StartAsync();
        var page = WebUtility.HtmlDecode(await console.PageAsync("/api?q=" + Uri.EscapeDataString(words)));
        Assert.Contains($"calm\">{there}<", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"calm\">{gone}<", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_services_own_description_is_passed_on()
    {
        await using var console = await StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/api/pipeline.json");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Document, await answer.Content.ReadAsStringAsync());
    }

    private static Task<ConsoleHost> StartAsync()
        => ConsoleHost.StartAsync(static app => app.MapGet("/pipeline/openapi/v1.json", static () => FakeAuxo.Json(Document)));
}
