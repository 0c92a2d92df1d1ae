using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Console.Tests;

/// <summary>What is shown of a repository that everybody may read, and who says so.</summary>
public sealed class VisitorTests
{
    [Theory]
    [InlineData("/repositories/" + FakeAuxo.Rid, "heartwood")]
    [InlineData("/patches/" + FakeAuxo.Rid + "/" + FakeAuxo.PatchId, "Fix the handshake")]
    [InlineData("/builds/" + FakeAuxo.BuildId, "Fix the handshake")]
    [InlineData("/schedules/" + FakeAuxo.Rid, "every day at 02:00")]
    public async Task a_visitor_reads_a_public_repository_and_has_nothing_to_press(string path, string title)
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            SchedulePagesTests.Map(app);
        }, toVisitors: true);
        using var visitor = console.Visitor();
        var page = await visitor.GetStringAsync(path);
        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains($"/login?ReturnUrl={Uri.EscapeDataString(path)}\">Sign in</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<nav", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_not_said_to_a_visitor_is_not_called_nothing()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapGet("/pipeline/baselines/{rid}", static () => FakeAuxo.Problem(401, "access/unauthenticated", "no"));
        }, toVisitors: true);
        using var visitor = console.Visitor();
        var page = await visitor.GetStringAsync("/repositories/" + FakeAuxo.Rid);
        Assert.Contains("shown to who is signed in", page, StringComparison.Ordinal);
        Assert.DoesNotContain("none yet", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/repositories/" + FakeAuxo.Rid)]
    [InlineData("/patches/" + FakeAuxo.Rid + "/" + FakeAuxo.PatchId)]
    [InlineData("/builds/" + FakeAuxo.BuildId)]
    public async Task a_visitors_page_asks_again_while_something_is_built_and_rests_then(string path)
    {
        foreach (var state in (string[])["running", "finished"])
        {
            await using var console = await ConsoleHost.StartAsync(
                app => PagesTests.Map(app, FakeAuxo.Build(state)), toVisitors: true);
            using var visitor = console.Visitor();
            Assert.Equal(
                state == "running", (await visitor.GetStringAsync(path)).Contains("data-refresh=\"15\"", StringComparison.Ordinal));
            Assert.DoesNotContain("data-refresh", await console.PageAsync(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_visitor_reads_the_log_of_a_public_build()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapGet("/pipeline/builds/{id}/logs/{step}", static () => Results.Text("hello")), toVisitors: true);
        using var visitor = console.Visitor();
        Assert.Equal("hello", await visitor.GetStringAsync($"/builds/{FakeAuxo.BuildId}/logs/test"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/repositories")]
    [InlineData("/queue")]
    [InlineData("/settings")]
    [InlineData("/settings/secrets")]
    [InlineData("/schedules")]
    [InlineData("/dora")]
    [InlineData("/registry/" + FakeAuxo.Rid)]
    [InlineData("/trace/patch/" + FakeAuxo.Rid + "/" + FakeAuxo.PatchId)]
    public async Task everything_else_leads_to_the_sign_in_whatever_the_services_would_answer(string path)
    {
        await using var console = await ConsoleHost.StartAsync(static app => PagesTests.Map(app, FakeAuxo.Build()), toVisitors: true);
        using var visitor = console.Visitor();
        using var answer = await visitor.GetAsync(path);
        Assert.StartsWith("/login?ReturnUrl=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.Empty(console.Services.Requests);
    }

    [Fact]
    public async Task an_administrator_lets_everybody_read_a_repository()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapPut("/ingest/repositories/{rid}/public", static () => FakeAuxo.Json(FakeAuxo.Repository));
        });
        using var answer = await console.SendAsync(Page, Page + "/public", ("state", "on"));
        Assert.Equal(Page + "#sharing", answer.Headers.Location!.ToString());
        Assert.Contains(console.Services.Requests, static r => r.StartsWith(
            $"PUT /ingest/repositories/{FakeAuxo.Rid}/public", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_repository_that_cannot_be_public_says_why()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            PagesTests.Map(app, FakeAuxo.Build());
            app.MapPut("/ingest/repositories/{rid}/public", static () => FakeAuxo.Problem(
                409, "repository/private", "Radicle keeps demo private"));
        });
        using var answer = await console.SendAsync(Page, Page + "/public", ("state", "on"));
        Assert.Contains(
            "Radicle keeps demo private", await console.PageAsync(answer.Headers.Location!.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task only_an_administrator_is_asked_who_may_look()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => PagesTests.Map(app, FakeAuxo.Build()), scopes: "\"pipeline:write\",\"ingest:write\"");
        Assert.DoesNotContain("/public\"", await console.PageAsync(Page), StringComparison.Ordinal);
    }

    private static readonly string Page = "/repositories/" + Uri.EscapeDataString(FakeAuxo.Rid);
}
