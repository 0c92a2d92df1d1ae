using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Locks;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Npm.Clients;

/// <summary>npm on a machine whose network is cut, after its lock file was fetched for.</summary>
public sealed class PrefetchTests(NpmClients clients, PostgresFixture postgres) : IClassFixture<NpmClients>
{
    [Fact]
    public async Task what_a_lock_file_names_is_installed_when_upstream_is_gone()
    {
        var app = clients.Project("npm", "far");
        var upstream = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-upstream-").FullName);
        await using (upstream)
        {
            await upstream.DefineAsync("world", format: "npm", anonymousRead: true);
            var left = new JsonObject
            {
                ["name"] = "far-left", ["version"] = "1.0.0", ["dependencies"] = new JsonObject { ["@far/pad"] = "1.x" },
            };
            foreach (var body in (JsonObject[])[
                TestTarball.Body("@far/pad", "1.0.0"), TestTarball.Body("far-left", "1.0.0", package: left)])
                (await upstream.PutAsync($"/npm/world/{body["name"]}", body.ToJsonString())).EnsureSuccessStatusCode().Dispose();
            await clients.Host.DefineAsync("far", format: "npm", upstream: $"{upstream.Address}npm/world", cooldownDays: 0);
            await app.RunAsync("install", "--package-lock-only", "far-left");
            Assert.Equal(0L, await FilesAsync());

            var locked = LockFormat.Find("package-lock.json")!.PackagesOf(app.Read("package-lock.json")!);
            Assert.Equal(["@far/pad", "far-left"], locked.Select(static p => p.Name).Order(StringComparer.Ordinal));
            foreach (var expected in (string[])["""{"fetched":1,"present":0}""", """{"fetched":0,"present":1}"""])
            {
                foreach (var package in locked)
                {
                    using var answer = await clients.Host.Client.PostAsJsonAsync(
                        "/mirrors/far/prefetch", new { package = package.Name, version = package.Version });
                    Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                }
            }
        }

        Assert.Equal(2L, await FilesAsync());
        await app.RunAsync("ci");
        Assert.Equal(("1.0.0", "1.0.0"), (app.Installed("far-left"), app.Installed("@far/pad")));
    }

    private Task<long> FilesAsync()
        => clients.Host.ScalarAsync<long>("select count(*) from registry.mirrored_files where repository = 'far'");
}
