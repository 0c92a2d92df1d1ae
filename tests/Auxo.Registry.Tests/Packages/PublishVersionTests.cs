using System.IO.Pipelines;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.Registry.Packages;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Packages;

/// <summary>Versions on a real database and disk.</summary>
public sealed class PublishVersionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_version_is_there_once_and_its_number_never_comes_back()
    {
        await using var host = await StartAsync();
        Assert.Equal(PublishOutcome.Published, await PublishAsync(host, "1.0.0", "one", "latest"));
        Assert.Equal(PublishOutcome.SameContent, await PublishAsync(host, "1.0.0", "one", "latest"));
        Assert.Equal(PublishOutcome.AlreadyThere, await PublishAsync(host, "1.0.0", "other", "latest"));

        var package = await FindAsync(host);
        Assert.Equal(["1.0.0"], package!.Versions.Select(static v => v.Version));
        Assert.Equal("1.0.0", package.Tags["latest"]);
        Assert.Equal(Encoding.UTF8.GetBytes("one").Length, package.Versions[0].Files[0].SizeBytes);

        Assert.True(await host.Get<ChangePackage>().RunAsync("npm", "left", [new PackageChange.Remove("1.0.0")], "test"));
        Assert.Empty((await FindAsync(host))!.Versions);
        Assert.Empty((await FindAsync(host))!.Tags);
        Assert.Equal(PublishOutcome.WasRemoved, await PublishAsync(host, "1.0.0", "one", "latest"));
        Assert.Equal(0L, await host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'npm'"));
    }

    [Fact]
    public async Task of_many_at_once_with_one_number_exactly_one_wins()
    {
        await using var host = await StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PublishAsync(host, "1.0.0", $"content {i}", "latest")));
        Assert.Single(outcomes, PublishOutcome.Published);
        Assert.Equal(7, outcomes.Count(static o => o == PublishOutcome.AlreadyThere));
        Assert.Equal(1L, await host.ScalarAsync<long>("select file_count from registry.repositories where name = 'npm'"));
    }

    [Fact]
    public async Task what_has_no_room_leaves_nothing()
    {
        await using var host = await StartAsync(quota: 10);
        Assert.Equal(PublishOutcome.NoRoom, await PublishAsync(host, "1.0.0", "more than ten bytes", "latest"));
        Assert.Null(await FindAsync(host));
    }

    [Fact]
    public async Task a_version_gets_more_files_where_its_format_says_so()
    {
        await using var host = await StartAsync();
        Assert.Equal(PublishOutcome.Published, await PublishAsync(host, "1.0", "wheel", file: "left-1.0.whl", adds: true));
        Assert.Equal(PublishOutcome.Published, await PublishAsync(host, "1.0", "source", file: "left-1.0.tar.gz", adds: true));
        Assert.Equal(PublishOutcome.AlreadyThere, await PublishAsync(host, "1.0", "another", file: "left-1.0.whl", adds: true));
        Assert.Equal(["left-1.0.tar.gz", "left-1.0.whl"], (await FindAsync(host))!.Versions[0].Files.Select(static f => f.Name));
    }

    [Fact]
    public async Task what_cleaning_up_shows_is_what_it_removes()
    {
        await using var host = await StartAsync(settings: [("Auxo:Registry:KeepNewest", "1"), ("Auxo:Registry:KeepDays", "1")]);
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0"])
            await PublishAsync(host, version, version, version == "1.0.0" ? "old" : null);
        await host.ExecuteAsync("update registry.package_versions set published_at = published_at - interval '30 days'");
        var ct = TestContext.Current.CancellationToken;
        var shown = await host.Client.GetStringAsync("/repositories/npm/cleanup", ct);
        Assert.Contains("\"version\":\"1.1.0\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("1.0.0", shown, StringComparison.Ordinal);
        using var cleaned = await host.Client.PostAsync("/repositories/npm/cleanup", null, ct);
        Assert.Equal(shown, await cleaned.Content.ReadAsStringAsync(ct));
        Assert.Equal(["1.0.0", "1.2.0"], (await FindAsync(host))!.Versions.Select(static v => v.Version));
    }

    private async Task<RegistryHost> StartAsync(long? quota = null, params (string, string)[] settings)
    {
        var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName, settings);
        await host.DefineAsync("npm", quota, format: "npm");
        return host;
    }

    private static Task<StoredPackage?> FindAsync(RegistryHost host)
        => PackageTable.FindAsync(host.Database, "npm", "left", CancellationToken.None);

    private static async Task<PublishOutcome> PublishAsync(
        RegistryHost host, string version, string content, string? tag = null, string? file = null, bool adds = false)
    {
        using var received = await host.Get<BlobUpload>().ReceiveAsync(
            PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(content))), 1000, sha512: false, CancellationToken.None);
        return await host.Get<PublishVersion>().RunAsync(new NewVersion(
            "npm", "left", version, "{}", [new NewPackageFile(file ?? $"left-{version}.tgz", received, "application/gzip")], "test")
        {
            AddsFiles = adds, Tags = _ => tag is null ? [] : [tag],
        });
    }
}
