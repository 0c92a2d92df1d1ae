using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Console.Tests;

/// <summary>What is asked of the services by whoever searches.</summary>
public sealed class SearchTests
{
    [Fact]
    public async Task while_somebody_types_the_patches_of_twenty_repositories_are_asked_for_at_most()
    {
        await using var console = await ConsoleHost.StartAsync(static app =>
        {
            app.MapGet("/ingest/repositories", static () => FakeAuxo.Page(
                string.Join(',', Enumerable.Repeat(FakeAuxo.Repository, 30))));
            app.MapGet("/ingest/patches", static () => FakeAuxo.Page());
            app.MapGet("/pipeline/builds", static () => FakeAuxo.Page());
        });
        await console.PageAsync("/search/found?q=hand");
        Assert.Equal(20, console.Services.Requests.Count(static r => r.StartsWith("GET /ingest/patches", StringComparison.Ordinal)));
    }
}
