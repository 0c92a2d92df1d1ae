using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

using Auxo.Api;
using Auxo.Console.Sharing;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Console.Tests;

/// <summary>The verdicts of a repository, for feed readers.</summary>
public sealed class FeedTests
{
    private const string Path = "/feeds/" + FakeAuxo.Rid + ".atom";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public void a_feed_is_valid_atom_with_ids_that_do_not_depend_on_where_it_is_read()
    {
        var (here, there) = (Written("https://ci.example.org"), Written("http://127.0.0.1:8880"));
        // What RFC 4287 asks of a feed and of an entry.
        Assert.All((XElement[])[here, here.Element(Atom + "entry")!], static e =>
        {
            Assert.True(Uri.IsWellFormedUriString((string)e.Element(Atom + "id")!, UriKind.Absolute));
            Assert.NotEmpty((string)e.Element(Atom + "title")!);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)e.Element(Atom + "updated")!);
        });
        Assert.NotNull(here.Element(Atom + "author"));
        Assert.Equal(here.Descendants(Atom + "id").Select(static e => e.Value), there.Descendants(Atom + "id").Select(static e => e.Value));
        Assert.Equal(
            $"https://ci.example.org/builds/{FakeAuxo.BuildId}",
            (string)here.Element(Atom + "entry")!.Element(Atom + "link")!.Attribute("href")!);
    }

    [Fact]
    public void text_from_outside_makes_no_feed_that_cannot_be_read()
    {
        var feed = Written("http://x", "]]> <b>\u0001\uffff & \ud83d\ude00");
        Assert.Contains(
            "]]> <b>\ufffd\ufffd & \ud83d\ude00", (string)feed.Element(Atom + "entry")!.Element(Atom + "title")!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_feed_of_a_public_repository_is_for_everybody()
    {
        await using var console = await ConsoleHost.StartAsync(Map, toVisitors: true);
        using var visitor = console.Visitor();
        using var answer = await visitor.GetAsync(Path);
        Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Single(XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!.Elements(Atom + "entry"));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("auxo_wrong", HttpStatusCode.Unauthorized)]
    [InlineData(FakeAuxo.Token, HttpStatusCode.OK)]
    public async Task any_other_feed_asks_for_a_token_as_password(string? password, HttpStatusCode expected)
    {
        await using var console = await ConsoleHost.StartAsync(Map);
        using var visitor = console.Visitor();
        if (password is not null) visitor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("reader:" + password)));
        using var answer = await visitor.GetAsync(Path);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.Unauthorized) Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task a_repositorys_page_names_its_feed_and_shows_its_badge_to_copy()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => PagesTests.Map(app, FakeAuxo.Build()), settings: ("Auxo:Console:PublicUrl", "https://ci.example.org"));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/repositories/" + FakeAuxo.Rid));
        var rid = Uri.EscapeDataString(FakeAuxo.Rid);
        Assert.Contains($"href=\"/feeds/{rid}.atom\"", page[..page.IndexOf("</head>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains(
            $"[![build](https://ci.example.org/badges/{rid}/master.svg)](https://ci.example.org/repositories/{rid})", page,
            StringComparison.Ordinal);
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/ingest/repositories/{rid}", static () => FakeAuxo.Json(FakeAuxo.Repository));
        app.MapGet("/pipeline/builds", static () => FakeAuxo.Page(FakeAuxo.Build(), FakeAuxo.Build("running", null)));
    }

    private static XElement Written(string address, string title = "Fix the handshake")
        => XDocument.Parse(Encoding.UTF8.GetString(Feed.Write(
            JsonSerializer.Deserialize<Repository>(FakeAuxo.Repository, ApiJson.Options)!,
            [JsonSerializer.Deserialize<Build>(FakeAuxo.Build(), ApiJson.Options)! with { Title = title }], address))).Root!;
}
