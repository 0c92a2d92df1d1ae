using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Fetching;

/// <summary>What was handed out to whom.</summary>
public sealed class FetchTests(PostgresFixture postgres)
{
    [Fact]
    public async Task what_was_handed_out_is_written_down_once_a_day_and_caller_with_how_often()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        await host.DefineAsync("files");
        (await host.PutAsync("/raw/files/a.txt", "a")).Dispose();
        for (var i = 0; i < 3; i++) (await host.GetAsync("/raw/files/a.txt")).Dispose();
        (await host.SendAsync(HttpMethod.Head, "/raw/files/a.txt")).Dispose();
        JsonNode? fetch = null;
        await Eventually.TrueAsync(
            async () => (fetch = (await host.Client.GetFromJsonAsync<JsonNode>("/fetches?package=a.txt", ct))!["items"]!.AsArray()
                .SingleOrDefault()) is not null && (long)fetch["times"]! == 3, "it was handed out three times");
        Assert.Equal("files", (string?)fetch!["repository"]);
        Assert.StartsWith("test ", (string?)fetch!["caller"], StringComparison.Ordinal);
        Assert.Empty((await host.Client.GetFromJsonAsync<JsonNode>("/fetches?build=3f2a", ct))!["items"]!.AsArray());
        Assert.Single((await host.Client.GetFromJsonAsync<JsonNode>($"/fetches?digest={fetch["digest"]}", ct))!["items"]!.AsArray());
    }
}
