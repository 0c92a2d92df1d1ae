using System.Net;
using System.Xml.Linq;

using Auxo.Api;
using Auxo.Console.Sharing;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>Small pictures for other pages.</summary>
public sealed class BadgeTests
{
    private const string Path = "/badges/" + FakeAuxo.Rid + "/main.svg";

    [Theory]
    [InlineData("finished", "passed", "passed")]
    [InlineData("finished", "failed", "failed")]
    [InlineData("finished", "timed_out", "timed out")]
    [InlineData("running", null, "running")]
    [InlineData("awaiting_approval", null, "needs approval")]
    [InlineData("finished", "superseded", "no build")]
    public void a_badge_says_how_the_newest_build_stands(string state, string? outcome, string word)
        => Assert.Equal(word, Badge.Of("build", [Build(state, outcome)]).Word);

    [Fact]
    public void a_build_that_runs_does_not_take_the_verdict_before_it_back()
        => Assert.Equal(
            "failed", Badge.Of("build", [Build("running", null), Build("finished", "failed"), Build("finished", "passed")]).Word);

    [Fact]
    public void what_somebody_builds_by_hand_says_nothing_of_a_branch()
        => Assert.Equal("no build", Badge.Of("build", [Build("finished", "failed") with { Trigger = "manual" }]).Word);

    [Fact]
    public void the_picture_is_as_wide_as_its_words_and_says_them_to_who_does_not_see_it()
    {
        var svg = XDocument.Parse(Badge.Of("build", [Build("finished", "passed")]).Svg()).Root!;
        Assert.Equal("build: passed", (string)svg.Attribute("aria-label")!);
        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal("build: passed", (string)svg.Element(ns + "title")!);
        var texts = svg.Descendants(ns + "text").Select(static t => (int)t.Attribute("textLength")!).ToList();
        Assert.Equal((int)svg.Attribute("width")!, texts.Sum() + 20);
        Assert.True(Badge.TextWidth("mmm") > 2 * Badge.TextWidth("iii"));
    }

    [Theory]
    [InlineData("main", "build", "main")]
    [InlineData("feature/x", "build", "feature/x")]
    [InlineData("patches/" + FakeAuxo.PatchId, "patch", FakeAuxo.PatchId)]
    [InlineData("patches/of-mine", "build", "patches/of-mine")]
    public void a_name_means_a_branch_or_a_patch(string name, string label, string subject)
        => Assert.Equal((label, subject), GetBadge.Subject(name));

    [Fact]
    public async Task a_badge_of_a_public_repository_is_for_everybody_on_every_page_and_is_asked_again_cheaply()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/pipeline/builds", static () => FakeAuxo.Page(FakeAuxo.Build(outcome: "failed"))), toVisitors: true);
        using var visitor = console.Visitor();
        using var answer = await visitor.GetAsync(Path);
        Assert.Contains("build: failed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("cross-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal("public, max-age=30", answer.Headers.CacheControl!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, Path);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var unchanged = await visitor.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Contains(console.Services.Requests, static r => r.Contains("patch=main", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_badge_of_what_is_not_public_is_grey_whatever_there_is()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/pipeline/builds", static () => FakeAuxo.Page(FakeAuxo.Build(outcome: "failed"))));
        using var visitor = console.Visitor();
        using var answer = await visitor.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("build: no build", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var reader = await console.SignedInAsync();
        using var seen = await reader.GetAsync(Path);
        Assert.Contains("build: failed", await seen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("private, max-age=30", seen.Headers.CacheControl!.ToString().Replace("max-age=30, private", "private, max-age=30"));
    }

    private static Build Build(string state, string? outcome)
        => System.Text.Json.JsonSerializer.Deserialize<Build>(FakeAuxo.Build(state, outcome), ApiJson.Options)!;
}
