using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Registry.Tests.NuGet;
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

    [Fact]
    public async Task a_package_is_found_in_every_spelling_of_its_format_and_a_file_in_its_own_alone()
    {
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        await host.DefineAsync("ours", format: "nuget");
        await host.DefineAsync("files");
        (await host.PushAsync("Acme.Left", "1.0.0")).Dispose();
        (await host.PutAsync("/raw/files/acme.right", "a")).Dispose();
        (await host.GetAsync("/nuget/ours/v3/flat/acme.left/1.0.0/acme.left.1.0.0.nupkg")).Dispose();
        (await host.GetAsync("/raw/files/acme.right")).Dispose();
        await Eventually.TrueAsync(
            async () => await CountAsync(host, "acme.left") + await CountAsync(host, "acme.right") == 2,
            "both are written down");
        Assert.Equal(1, await CountAsync(host, "Acme.Left"));
        Assert.Equal(0, await CountAsync(host, "acme-left"));
        Assert.Equal(0, await CountAsync(host, "Acme.Right"));
    }

    private static async Task<int> CountAsync(RegistryHost host, string package)
        => (await host.Client.GetFromJsonAsync<JsonNode>(
            $"/fetches?package={package}", TestContext.Current.CancellationToken))!["items"]!.AsArray().Count;
}
