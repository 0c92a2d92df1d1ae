using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Registry.Fetching;
using Auxo.Registry.Tests.Artifacts;
using Auxo.Registry.Tests.Npm;
using Auxo.Registry.Tests.Oci;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.Testing;

using Microsoft.Extensions.Hosting;

namespace Auxo.Registry.Tests.Fetching;

/// <summary>What a build fetched, from the real service.</summary>
public sealed class InputsOfBuildsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-registry-").FullName);
    private RegistryHost _host = null!;
    private byte[] _key = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _layout.Make();
        _key = Encoding.UTF8.GetBytes(PrivateFiles.Secret(_layout.BuildTokenKey));
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _layout.Home);
        foreach (var format in (string[])["raw", "npm", "oci"]) await _host.DefineAsync(format, format: format);
        (await _host.PutAsync("/raw/raw/tools/a.txt", "a")).EnsureSuccessStatusCode().Dispose();
        (await _host.PutAsync("/npm/npm/@acme%2fleft", TestTarball.Body("@acme/left", "1.0.0").ToJsonString()))
            .EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task all_that_its_steps_fetched_stands_in_one_document_that_never_changes()
    {
        var image = await _host.PushAsync("oci/web", "v1", "layer");
        var build = Builds.Finished(1, []);
        var id = build.Subject.BuildId;
        using var step = Step(build);
        using var early = await _host.GetAsync($"/builds/{id}/sbom");
        Assert.Equal((HttpStatusCode.NotFound, "build/not-ended"), await early.ProblemAsync());

        foreach (var path in (string[])[
            "/raw/raw/tools/a.txt", "/raw/raw/tools/a.txt", "/npm/npm/@acme/left/-/left-1.0.0.tgz", $"/v2/oci/web/manifests/{image}",
            "/v2/oci/web/manifests/v1", $"/v2/oci/web/blobs/{Images.DigestOf("layer")}"])
            (await step.GetAsync(new Uri(path, UriKind.Relative), Ct)).EnsureSuccessStatusCode().Dispose();
        // What others fetch is none of its inputs.
        (await _host.PutAsync("/raw/raw/b.txt", "b")).Dispose();
        (await _host.GetAsync("/raw/raw/b.txt")).Dispose();
        await EndAsync(build);

        using var answer = await _host.GetAsync($"/builds/{id}/sbom");
        Assert.Equal("application/vnd.cyclonedx+json; version=1.6", answer.Content.Headers.ContentType!.ToString());
        var document = await answer.Content.ReadAsByteArrayAsync(Ct);
        var components = JsonNode.Parse(document)!["components"]!.AsArray();
        Assert.Equal(["library @acme/left", $"file {Images.DigestOf("layer")}", "container oci/web", "file tools/a.txt"],
            components.Select(static c => $"{c!["type"]} {c["name"]}"));
        // Asked for by digest and by tag, it is one image, and the tag says more.
        Assert.Equal(("v1", image["sha256:".Length..]),
            ((string?)components[2]!["version"], (string?)components[2]!["hashes"]![0]!["content"]));

        // A repository goes, and the end of the build is told twice.
        (await _host.SendAsync(HttpMethod.Delete, "/raw/raw/tools/a.txt")).Dispose();
        (await _host.SendAsync(HttpMethod.Delete, "/raw/raw/b.txt")).Dispose();
        (await _host.SendAsync(HttpMethod.Delete, "/repositories/raw")).EnsureSuccessStatusCode().Dispose();
        await EndAsync(build);
        Assert.Equal(document, await _host.Client.GetByteArrayAsync($"/builds/{id}/sbom", Ct));
        await (await CycloneDxLibrary.FindAsync()).ReadAsync(document);
    }

    [Fact]
    public async Task a_build_that_fetched_nothing_has_an_empty_one_and_a_strangers_has_none()
    {
        var (own, stranger) = (Builds.Finished(1, [], Outcome.Failed), Builds.Finished(2, [], trust: Trust.Stranger));
        await EndAsync(own, stranger);
        var empty = JsonNode.Parse(await _host.Client.GetByteArrayAsync($"/builds/{own.Subject.BuildId}/sbom", Ct))!;
        Assert.Empty(empty["components"]!.AsArray());
        using var other = new HttpClient { BaseAddress = _host.Address };
        using (var none = await other.GetAsync(new Uri($"/builds/{own.Subject.BuildId}/sbom", UriKind.Relative), Ct))
            Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        var token = await AccessToken.CreateAsync(_host.Database, "other", ["pipeline:read", "registry:read:raw"], null, Ct);
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using (var none = await other.GetAsync(new Uri($"/builds/{own.Subject.BuildId}/sbom", UriKind.Relative), Ct))
            Assert.Equal(HttpStatusCode.Forbidden, none.StatusCode);
        foreach (var id in (string[])[stranger.Subject.BuildId.ToString(), Guid.NewGuid().ToString(), "3f2a1c77"])
        {
            using var none = await _host.GetAsync($"/builds/{id}/sbom");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Fact]
    public async Task what_a_build_fetched_is_known_for_as_long_as_what_it_made_is_here()
    {
        var (kept, old) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var build in (Guid[])[kept, old])
        {
            await _host.ExecuteAsync(
                """
                insert into registry.fetches (day, caller, repository, package, version, file, digest, source, fetched_at, times, format)
                values ('2020-01-01', 'build ' || $1::text, 'npm', 'left', '1.0.0', 'left-1.0.0.tgz', $2, '', '2020-01-01', 1, 'npm')
                """, build, "sha256:" + new string('a', 64));
            await _host.ExecuteAsync(
                "insert into registry.builds values ($1, $2, 'heartwood', 'main', $3, null, '2020-01-01')",
                build, Builds.Rid.Value, Builds.Commit(1).Value);
        }

        await _host.ExecuteAsync(
            "insert into registry.publications (build_id, rid, ref, commit_id, trigger, finished_at, state) "
                + "values ($1, $2, 'main', $3, 'Branch', '2020-01-01', 'published')", kept, Builds.Rid.Value, Builds.Commit(1).Value);
        await _host.Get<IEnumerable<IHostedService>>().OfType<ForgetFetches>().Single().RunAsync(Ct);
        Assert.Single(JsonNode.Parse(await _host.Client.GetByteArrayAsync($"/builds/{kept}/sbom", Ct))!["components"]!.AsArray());
        using var gone = await _host.GetAsync($"/builds/{old}/sbom");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(1, await _host.ScalarAsync<long>("select count(*) from registry.fetches"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_layout.Home, recursive: true);
    }

    private HttpClient Step(BuildFinished build)
    {
        var token = new BuildToken(build.Subject.BuildId, Builds.Rid, Trust.Trusted, TimeProvider.System.GetUtcNow().AddHours(1), []);
        return new HttpClient
        {
            BaseAddress = _host.Address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token.Sign(_key)) },
        };
    }

    private async Task EndAsync(params BuildFinished[] builds)
    {
        foreach (var build in builds) await _host.Queues.SendAsync("registry", build);
        await _host.Queues.QuietAsync("registry");
    }
}
