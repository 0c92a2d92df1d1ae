using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.Registry.Tests.Oci.Retention;

/// <summary>Cleaning up of images in the real service.</summary>
public sealed class CleanUpImagesTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task what_cleaning_up_shows_is_what_it_removes_and_all_that_a_tag_needs_can_be_pulled_afterwards()
    {
        await using var host = await StartAsync();
        await host.DefineAsync("app", format: "oci");
        var before = await PushIndexAsync(host, "app/web", "one", "v1");
        var signature = await ReferAsync(host, "app/web", before.Index, "signature of before");
        var now = await PushIndexAsync(host, "app/web", "two", "v1");
        var kept = await ReferAsync(host, "app/web", now.Platform, "signature of now");
        await host.PushAsync("app/other", "v1", "other");
        Assert.Equal("[]", await ShownAsync(host));

        await AgeAsync(host);
        var used = await UsedAsync(host);
        var shown = await ShownAsync(host);
        Assert.Equal(new[] { before.Index, before.Platform, signature }.Order(StringComparer.Ordinal),
            Versions(shown).Order(StringComparer.Ordinal));
        // What it frees: the config is of other images too.
        Assert.Equal("one".Length + "signature of before".Length + await host.ScalarAsync<long>(
                $"select sum(size_bytes)::bigint from registry.oci_manifests where digest in ('{string.Join("','", Versions(shown))}')"),
            JsonNode.Parse(shown)!.AsArray().Sum(static v => (long)v!["sizeBytes"]!));
        Assert.Equal(used, await UsedAsync(host));
        Assert.Equal(shown, await CleanAsync(host));
        Assert.Equal("[]", await ShownAsync(host));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, $"/v2/app/web/manifests/{before.Index}"));
        foreach (var path in (string[])[
            "/v2/app/web/manifests/v1", $"/v2/app/web/manifests/{now.Platform}", $"/v2/app/web/manifests/{kept}",
            "/v2/app/other/manifests/v1", $"/v2/app/web/blobs/{Images.DigestOf("two")}"])
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(host, path)));
        Assert.Contains(kept, await host.Client.GetStringAsync($"/v2/app/web/referrers/{now.Platform}", Ct), StringComparison.Ordinal);
        // Its blobs are held for nobody any more: the next sweep takes them.
        await host.ExecuteAsync("update registry.oci_blobs set held_until = '-infinity'");
        await host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        (await host.PostAsync("/sweep")).EnsureSuccessStatusCode().Dispose();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, $"/v2/app/web/blobs/{Images.DigestOf("one")}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, $"/v2/app/web/blobs/{Images.DigestOf("two")}"));
        Assert.True(await UsedAsync(host) < used, "nothing was freed");
    }

    [Fact]
    public async Task tags_go_only_where_the_repository_says_so_and_what_was_pulled_by_digest_stays()
    {
        await using var host = await StartAsync();
        await host.DefineAsync("app", format: "oci");
        var digests = new List<string>();
        foreach (var tag in (string[])["pr-1", "pr-2", "pr-3", "v1"]) digests.Add(await host.PushAsync("app/web", tag, tag));
        await AgeAsync(host);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, $"/v2/app/web/manifests/{digests[0]}"));
        Assert.Equal("[]", await CleanAsync(host));

        using (var wrong = await host.Client.PutAsJsonAsync("/repositories/npm", new { format = "npm", cleanupTags = new[] { "*" } }, Ct))
            Assert.Equal((HttpStatusCode.BadRequest, "repository/invalid-cleanup-tags"), await wrong.ProblemAsync());
        using (var set = await host.Client.PutAsJsonAsync("/repositories/app", new { format = "oci", cleanupTags = new[] { "pr-*" } }, Ct))
            Assert.Contains("\"cleanupTags\":[\"pr-*\"]", await set.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        // pr-3 is the newest, and pr-1 was pulled.
        Assert.Equal(["pr-2", digests[1]], Versions(await CleanAsync(host)));
        var tags = await host.Client.GetFromJsonAsync<JsonNode>("/v2/app/web/tags/list", Ct);
        Assert.Equal(["pr-1", "pr-3", "v1"], tags!["tags"]!.AsArray().Select(static t => (string)t!));
        Assert.Equal(1L, await host.ScalarAsync<long>("select count(*) from registry.mt_events where type = 'image_tag_removed'"));
        // Other changes leave the setting as it is, and who takes it away keeps all tags.
        await host.DefineAsync("app", quota: 1 << 30, format: "oci");
        Assert.Contains("pr-*", await host.Client.GetStringAsync("/repositories/app", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_index_that_cannot_be_read_stops_everything()
    {
        await using var host = await StartAsync();
        await host.DefineAsync("app", format: "oci");
        var index = await PushIndexAsync(host, "app/web", "one", "v1");
        await PushIndexAsync(host, "app/web", "two", "v1");
        await AgeAsync(host);
        var file = Directory.EnumerateFiles(host.Home, index.Index["sha256:".Length..], SearchOption.AllDirectories).Single();
        File.Delete(file);
        using var answer = await host.PostAsync("/repositories/app/cleanup");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(4L, await host.ScalarAsync<long>("select count(*) from registry.oci_manifests"));
    }

    [Fact]
    public async Task pushes_of_the_same_image_meanwhile_are_never_broken()
    {
        await using var host = await StartAsync();
        await host.DefineAsync("app", format: "oci");
        for (var round = 0; round < 5; round++)
        {
            await PushIndexAsync(host, "app/web", $"old {round}", "v1");
            await AgeAsync(host);
            var pushes = Enumerable.Range(0, 4).Select(async i => await PushIndexAsync(host, "app/web", $"new {round} {i}", $"t{i}"));
            await Task.WhenAll([CleanAsync(host), .. pushes]);
            foreach (var i in Enumerable.Range(0, 4))
            {
                var index = JsonNode.Parse(await host.Client.GetStringAsync($"/v2/app/web/manifests/t{i}", Ct))!;
                foreach (var child in index["manifests"]!.AsArray())
                    Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, $"/v2/app/web/manifests/{child!["digest"]}"));
            }
        }
    }

    private async Task<RegistryHost> StartAsync()
        => await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName,
            ("Auxo:Registry:KeepNewest", "1"), ("Auxo:Registry:KeepDays", "30"));

    /// <summary>An index of one platform, of one layer.</summary>
    private static async Task<(string Index, string Platform)> PushIndexAsync(RegistryHost host, string name, string layer, string tag)
    {
        var (config, content) = ("{}"u8.ToArray(), Encoding.UTF8.GetBytes(layer));
        await host.PushBlobAsync(name, config);
        await host.PushBlobAsync(name, content);
        var platform = Images.Of(config, content);
        (await host.PutManifestAsync(name, Images.DigestOf(platform.ToJsonString()), platform.ToJsonString()))
            .EnsureSuccessStatusCode().Dispose();
        var index = Images.IndexOf(platform).ToJsonString();
        (await host.PutManifestAsync(name, tag, index, Images.Index)).EnsureSuccessStatusCode().Dispose();
        return (Images.DigestOf(index), Images.DigestOf(platform.ToJsonString()));
    }

    private static async Task<string> ReferAsync(RegistryHost host, string name, string subject, string layer)
    {
        var (config, content) = ("{}"u8.ToArray(), Encoding.UTF8.GetBytes(layer));
        await host.PushBlobAsync(name, content);
        var manifest = Images.Of(config, content);
        manifest["subject"] = new JsonObject { ["mediaType"] = Images.Manifest, ["digest"] = subject, ["size"] = 1 };
        var text = manifest.ToJsonString();
        (await host.PutManifestAsync(name, Images.DigestOf(text), text)).EnsureSuccessStatusCode().Dispose();
        return Images.DigestOf(text);
    }

    private static async Task AgeAsync(RegistryHost host)
    {
        await host.ExecuteAsync("update registry.oci_manifests set pushed_at = pushed_at - interval '100 days'");
        await host.ExecuteAsync("update registry.oci_tags set set_at = set_at - interval '100 days'");
    }

    private static async Task<string> ShownAsync(RegistryHost host)
        => (await host.Client.GetFromJsonAsync<JsonNode>("/repositories/app/cleanup", Ct))!["items"]!.ToJsonString();

    private static async Task<string> CleanAsync(RegistryHost host)
    {
        using var answer = await host.PostAsync("/repositories/app/cleanup");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!["items"]!.ToJsonString();
    }

    private static List<string> Versions(string shown) => [.. JsonNode.Parse(shown)!.AsArray().Select(static v => (string)v!["version"]!)];

    private static Task<long> UsedAsync(RegistryHost host)
        => host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'app'");

    private static async Task<HttpStatusCode> StatusAsync(RegistryHost host, string path)
    {
        using var answer = await host.GetAsync(path);
        return answer.StatusCode;
    }
}
