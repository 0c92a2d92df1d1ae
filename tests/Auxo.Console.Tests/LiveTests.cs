using System.Threading.Channels;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Console.Tests;

/// <summary>News of all services over one connection.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task each_service_is_followed_under_its_name_and_one_that_refuses_stays_quiet()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            foreach (var name in (string[])["ingest", "pipeline", "notify", "metrics"])
            {
                var changes = Channel.CreateUnbounded<string>();
                changes.Writer.TryWrite("build/1");
                app.MapGet($"/{name}/changes", (HttpContext http) => TypedResults.ServerSentEvents(
                    changes.Reader.ReadAllAsync(http.RequestAborted), eventType: "changed"));
            }

            app.MapGet("/registry/changes", static () => FakeAuxo.Problem(403, "access/missing-scope", "no"));
        });
        using var visitor = await console.SignedInAsync();
        using var lines = new StreamReader(await visitor.GetStreamAsync("/live"));
        var heard = new List<string>();
        while (heard.Count < 4)
        {
            if (await lines.ReadLineAsync() is ['d', 'a', 't', 'a', ':', .. var key]) heard.Add(key.Trim());
        }

        Assert.Equal(["build/1", "build/1", "metrics/build/1", "notify/build/1"], heard.Order(StringComparer.Ordinal));
        await Eventually.TrueAsync(
            () => Task.FromResult(console.Services.Requests.Contains("GET /registry/changes")), "the registry is asked, too");
        Assert.Single(console.Services.Requests, static r => r == "GET /registry/changes");
    }
}
