using System.Net;
using System.Text.Json.Nodes;

using Auxo.Registry.Oci.Mirrors;
using Auxo.Registry.Repositories;
using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Oci;

/// <summary>Images of another registry: a second one of ours, and stand-ins that lie.</summary>
public sealed class ImageMirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly string _upstreamHome = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private RegistryHost _host = null!;
    private RegistryHost _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _upstreamHome);
        await _upstream.DefineAsync("app", format: "oci", anonymousRead: true);
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home, services => services.AddSingleton<TimeProvider>(_time),
            ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("hub", format: "oci", upstream: $"{_upstream.Address}app");
    }

    [Fact]
    public async Task an_image_is_fetched_once_and_is_there_when_upstream_is_not()
    {
        var digest = await _upstream.PushAsync("app/web", "v1", "layer");
        await PullAsync("hub/web", "v1", digest, "layer");
        Assert.Equal("""{"name":"hub/web","tags":["v1"]}""", await _host.Client.GetStringAsync("/v2/hub/web/tags/list"));
        await _upstream.DisposeAsync();
        await PullAsync("hub/web", "v1", digest, "layer");

        _time.Advance(TimeSpan.FromMinutes(6));
        using (var stale = await _host.GetAsync("/v2/hub/web/manifests/v1"))
            Assert.Equal((HttpStatusCode.OK, digest, true), (
                stale.StatusCode, stale.Header("Docker-Content-Digest"),
                    stale.Header("Warning")?.StartsWith("299 ", StringComparison.Ordinal)));
        using var never = await _host.GetAsync("/v2/hub/web/manifests/v2");
        Assert.Equal((HttpStatusCode.BadGateway, "UNKNOWN"), await never.ErrorAsync());
    }

    [Fact]
    public async Task a_tag_that_moved_is_seen_after_minutes_and_what_it_meant_stays()
    {
        var first = await _upstream.PushAsync("app/web", "v1", "one");
        await PullAsync("hub/web", "v1", first, "one");
        var second = await _upstream.PushAsync("app/web", "v1", "two");
        await PullAsync("hub/web", "v1", first, "one");
        _time.Advance(TimeSpan.FromMinutes(6));
        await PullAsync("hub/web", "v1", second, "two");
        (await _upstream.SendAsync(HttpMethod.Delete, $"/v2/app/web/manifests/{first}")).Dispose();
        await PullAsync("hub/web", first, first, "one");
    }

    [Fact]
    public async Task an_image_of_our_own_is_never_asked_upstream()
    {
        await _upstream.PushAsync("app/web", "v1", "theirs");
        var ours = await _host.PushAsync("hub/web", "v2", "ours");
        await PullAsync("hub/web", "v2", ours, "ours");
        using var theirs = await _host.GetAsync("/v2/hub/web/manifests/v1");
        Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_UNKNOWN"), await theirs.ErrorAsync());
        Assert.Equal("""{"name":"hub/web","tags":["v2"]}""", await _host.Client.GetStringAsync("/v2/hub/web/tags/list"));
        using var blob = await _host.GetAsync($"/v2/hub/web/blobs/{Images.DigestOf("theirs")}");
        Assert.Equal((HttpStatusCode.NotFound, "BLOB_UNKNOWN"), await blob.ErrorAsync());
    }

    [Fact]
    public async Task referrers_come_from_upstream_or_from_its_fallback_tag()
    {
        var subject = await _upstream.PushAsync("app/web", "v1", "layer");
        var manifest = Images.Of("{}"u8.ToArray());
        manifest["artifactType"] = "x/bill";
        manifest["subject"] = new JsonObject { ["mediaType"] = Images.Manifest, ["digest"] = subject, ["size"] = 1 };
        (await _upstream.PutManifestAsync("app/web", Images.DigestOf(manifest.ToJsonString()), manifest.ToJsonString())).Dispose();
        Assert.Contains(Images.DigestOf(manifest.ToJsonString()), await _host.Client.GetStringAsync($"/v2/hub/web/referrers/{subject}"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("sha256:", await _host.Client.GetStringAsync($"/v2/hub/web/referrers/{subject}?artifactType=x/other"),
            StringComparison.Ordinal);

        await using var old = await UpstreamStandIn.StartAsync();
        var index = Images.IndexOf(manifest).ToJsonString();
        old.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal) ? 405 : 200;
            http.Response.ContentType = Images.Index;
            return http.Request.Path.Value.EndsWith(subject.Replace(':', '-'), StringComparison.Ordinal)
                ? http.Response.WriteAsync(index) : Task.CompletedTask;
        };
        await _host.DefineAsync("old", format: "oci", upstream: old.Address);
        Assert.Contains(Images.DigestOf(manifest.ToJsonString()), await _host.Client.GetStringAsync($"/v2/old/web/referrers/{subject}"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_upstream_that_lies_is_not_believed()
    {
        await using var liar = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("liar", format: "oci", upstream: liar.Address);
        liar.Answer = http =>
        {
            http.Response.ContentType = http.Request.Path.Value!.Contains("/html", StringComparison.Ordinal) ? "text/html"
                : Images.Manifest;
            return http.Response.WriteAsync("something else");
        };
        foreach (var path in (string[])[$"blobs/{Images.DigestOf("layer")}", $"manifests/{Images.DigestOf("manifest")}",
            "manifests/html", "manifests/v1"])
        {
            using var answer = await _host.GetAsync($"/v2/liar/web/{path}");
            Assert.Equal((HttpStatusCode.BadGateway, "UNKNOWN"), await answer.ErrorAsync());
        }
    }

    [Fact]
    public async Task a_token_for_everybody_is_fetched_once_and_ours_never_goes_out()
    {
        await using var registry = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("token", format: "oci", upstream: registry.Address);
        registry.Answer = http =>
        {
            if (http.Request.Path == "/token") return http.Response.WriteAsync("""{"token":"theirs","expires_in":300}""");
            if (http.Request.Headers.Authorization == "Bearer theirs")
                return http.Response.WriteAsync(Uri.UnescapeDataString(http.Request.Path.Value!).EndsWith(Images.DigestOf("b"),
                    StringComparison.Ordinal) ? "b" : "a");
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"{registry.Address}/token\",service=\"them\",scope=\"repository:library/web:pull\"";
            return Task.CompletedTask;
        };
        foreach (var content in (string[])["a", "b"])
            Assert.Equal(content, await _host.Client.GetStringAsync($"/v2/token/web/blobs/{Images.DigestOf(content)}"));
        Assert.Equal("/token?service=them&scope=repository%3Alibrary%2Fweb%3Apull", Assert.Single(
            registry.Asked, static a => a.Path.StartsWith("/token", StringComparison.Ordinal)).Path);
        Assert.DoesNotContain(registry.Asked, a => a.Headers.Authorization.ToString().Contains(_host.Token, StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromMinutes(6));
        using var third = await _host.GetAsync($"/v2/token/web/blobs/{Images.DigestOf("c")}");
        Assert.Equal(2, registry.Asked.Count(static a => a.Path.StartsWith("/token", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task whoever_means_another_registry_is_sent_on()
    {
        await _upstream.PushAsync("app/web", "v1", "layer");
        using (var meant = await _host.GetAsync($"/v2/hub/web/manifests/v1?ns={_upstream.Address.Authority}"))
            Assert.Equal((HttpStatusCode.OK, _upstream.Address.Authority), (meant.StatusCode, meant.Header("OCI-Namespace")));
        using var other = await _host.GetAsync("/v2/hub/web/manifests/v1?ns=docker.io");
        Assert.Equal((HttpStatusCode.NotFound, "MANIFEST_UNKNOWN"), await other.ErrorAsync());
    }

    [Theory]
    [InlineData("https://registry-1.docker.io", "alpine", "library/alpine")]
    [InlineData("https://registry-1.docker.io", "grafana/grafana", "grafana/grafana")]
    [InlineData("https://images.example/acme", "web", "acme/web")]
    [InlineData("https://images.example/v2/acme/", "web", "acme/web")]
    [InlineData("https://images.example", "", null)]
    [InlineData("https://images.example/acme/web", "", "acme/web")]
    [InlineData("https://images.example/UPPER", "web", null)]
    public void a_name_upstream_is_what_follows_the_mirrors_own(string upstream, string image, string? name)
        => Assert.Equal(name, ImageUpstream.Of(new MirrorSettings(upstream, 0, [], 7), image)?.Name);

    [Fact]
    public void docker_hub_has_several_names()
    {
        var hub = ImageUpstream.Of(new MirrorSettings("https://registry-1.docker.io", 0, [], 7), "alpine")!;
        Assert.True(hub.IsNamed("docker.io"));
        Assert.False(hub.IsNamed("images.example"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_home, recursive: true);
        Directory.Delete(_upstreamHome, recursive: true);
    }

    /// <summary>As docker pulls: HEAD by the reference, GET by the digest, and then what it holds.</summary>
    private async Task PullAsync(string name, string reference, string digest, string layer)
    {
        using (var head = await _host.SendAsync(HttpMethod.Head, $"/v2/{name}/manifests/{reference}"))
            Assert.Equal((HttpStatusCode.OK, digest, Images.Manifest), (
                head.StatusCode, head.Header("Docker-Content-Digest"), head.Content.Headers.ContentType?.ToString()));
        Assert.Equal(digest, Images.DigestOf(await _host.Client.GetByteArrayAsync($"/v2/{name}/manifests/{digest}")));
        Assert.Equal(layer, await _host.Client.GetStringAsync($"/v2/{name}/blobs/{Images.DigestOf(layer)}"));
    }
}
