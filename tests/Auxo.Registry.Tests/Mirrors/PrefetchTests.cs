using System.Net;
using System.Net.Http.Json;

using Auxo.Registry.Mirrors.Prefetching;
using Auxo.Registry.Tests.Npm;
using Auxo.Registry.Tests.NuGet;
using Auxo.Registry.Tests.PyPi;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Mirrors;

/// <summary>Fetching a version before somebody installs it.</summary>
public sealed class PrefetchTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Wheels =
    [
        "a-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a-1.0-cp313-cp313-musllinux_1_2_x86_64.whl",
        "a-1.0-cp312-cp312-manylinux_2_17_aarch64.whl", "a-1.0-cp312-cp312-macosx_11_0_arm64.whl",
        "a-1.0-cp312-cp312-macosx_10_9_universal2.whl", "a-1.0-cp312-cp312-win_amd64.whl", "a-1.0.tar.gz",
    ];

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;
    private RegistryHost _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Path.Combine(_home, "mirror"), ("Auxo:Egress:Allow", "127.0.0.1"));
        _upstream = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "upstream"));
    }

    [Theory]
    [InlineData("linux_x86_64", "0 1")]
    [InlineData("linux_aarch64", "2")]
    [InlineData("macosx_arm64", "3 4")]
    [InlineData("win_amd64", "5")]
    [InlineData("win_arm64", "6")]
    [InlineData("linux_", "6")]
    [InlineData("_", "6")]
    [InlineData(null, "0 1 2 3 4 5 6")]
    public void of_a_release_the_wheels_of_a_platform_are_chosen_and_else_its_source(string? platform, string chosen)
        => Assert.Equal(
            chosen, string.Join(' ', WheelPlatform.Choose(Wheels, static w => w, platform).Select(w => Array.IndexOf(Wheels, w))));

    [Fact]
    public void a_wheel_for_every_platform_is_for_each()
        => Assert.Equal(["b-1.0-py3-none-any.whl"],
            WheelPlatform.Choose(["b-1.0-py3-none-any.whl", "b-1.0.tar.gz"], static w => w, "linux_x86_64"));

    [Fact]
    public async Task python_gets_the_wheels_of_its_platform_with_their_metadata_and_the_page()
    {
        await _upstream.DefineAsync("py", format: "pypi", anonymousRead: true);
        foreach (var file in ((string, byte[])[])[
            Distributions.Wheel("Demo", "1.0", tags: "cp312-cp312-manylinux_2_17_x86_64"),
            Distributions.Wheel("Demo", "1.0", tags: "cp312-cp312-win_amd64"), Distributions.Source("Demo", "1.0"),
            Distributions.Wheel("Demo", "2.0", tags: "cp312-cp312-win_amd64")])
            (await _upstream.UploadAsync(file, "py")).EnsureSuccessStatusCode().Dispose();
        await _host.DefineAsync("mirror", format: "pypi", upstream: $"{_upstream.Address}pypi/py/simple/", cooldownDays: 0);
        Assert.Equal(new PrefetchAnswer(1, 0), await PrefetchAsync("DEMO", "1.0.0", "linux_x86_64"));
        Assert.Equal(new PrefetchAnswer(0, 1), await PrefetchAsync("demo", "1.0", "linux_x86_64"));
        Assert.Equal(new PrefetchAnswer(0, 0), await PrefetchAsync("demo", "2.0", "linux_x86_64"));
        Assert.Equal(new PrefetchAnswer(2, 1), await PrefetchAsync("demo", "1.0", null));

        await _upstream.DisposeAsync();
        Assert.Contains("demo-1.0", await _host.Client.GetStringAsync("/pypi/mirror/simple/demo/"), StringComparison.Ordinal);
        foreach (var suffix in (string[])["", ".metadata"])
            Assert.NotEmpty(await _host.Client.GetByteArrayAsync(
                $"/pypi/mirror/files/demo/demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl{suffix}"));
        using var other = await _host.GetAsync("/pypi/mirror/files/demo/demo-2.0-cp312-cp312-win_amd64.whl");
        Assert.Equal(HttpStatusCode.BadGateway, other.StatusCode);
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await RefusedAsync("other", "1.0"));
    }

    [Fact]
    public async Task nuget_gets_the_package_and_its_versions()
    {
        await _upstream.DefineAsync("theirs", format: "nuget", anonymousRead: true);
        (await _upstream.PushAsync(Nupkgs.Of("Acme.Left", "1.0.0"), "/nuget/theirs/v3/push/")).EnsureSuccessStatusCode().Dispose();
        await _host.DefineAsync("mirror", format: "nuget", upstream: $"{_upstream.Address}nuget/theirs/v3/index.json", cooldownDays: 0);
        Assert.Equal(new PrefetchAnswer(1, 0), await PrefetchAsync("Acme.Left", "1.0"));
        Assert.Equal(new PrefetchAnswer(0, 1), await PrefetchAsync("acme.left", "1.0.0"));
        Assert.Equal((HttpStatusCode.NotFound, "mirror/not-found"), await RefusedAsync("acme.left", "9.0.0"));
        await _upstream.DisposeAsync();
        Assert.Equal("""{"versions":["1.0.0"]}""", await _host.Client.GetStringAsync("/nuget/mirror/v3/flat/acme.left/index.json"));
        Assert.NotEmpty(await _host.Client.GetByteArrayAsync("/nuget/mirror/v3/flat/acme.left/1.0.0/acme.left.1.0.0.nupkg"));
    }

    [Fact]
    public async Task our_own_package_is_there_or_not_and_upstream_is_not_asked()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("mirror", format: "npm", upstream: upstream.Address);
        var body = TestTarball.Body("@acme/left", "1.0.0");
        (await _host.PutAsync("/npm/mirror/@acme/left", body.ToJsonString())).EnsureSuccessStatusCode().Dispose();
        Assert.Equal(new PrefetchAnswer(0, 1), await PrefetchAsync("@acme/left", "1.0.0"));
        Assert.Equal((HttpStatusCode.NotFound, "mirror/not-found"), await RefusedAsync("@acme/left", "2.0.0"));
        Assert.Empty(upstream.Asked);
    }

    [Fact]
    public async Task what_is_too_young_is_refused_as_an_installation_would_be()
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        upstream.Answer = static http => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response,
            $$$"""
            {"name":"left","versions":{"1.0.0":{"name":"left","version":"1.0.0","dist":{"tarball":"http://127.0.0.1/left.tgz",
             "integrity":"sha512-{{{Convert.ToBase64String(new byte[64])}}}"} } },
             "time":{"1.0.0":"{{{TimeProvider.System.GetUtcNow():O}}}"} }
            """);
        await _host.DefineAsync("mirror", format: "npm", upstream: upstream.Address);
        Assert.Equal((HttpStatusCode.Forbidden, "mirror/too-young"), await RefusedAsync("left", "1.0.0"));
        Assert.Equal((HttpStatusCode.NotFound, "mirror/not-found"), await RefusedAsync("left", "1.0.1"));
    }

    [Theory]
    [InlineData("", "1.0.0", null, "mirror/invalid-package")]
    [InlineData("left", "", null, "mirror/invalid-package")]
    [InlineData("left", null, null, "mirror/invalid-package")]
    [InlineData("le\0ft", "1.0.0", null, "mirror/invalid-package")]
    [InlineData("left", "1.0.0", "linux", "mirror/invalid-package")]
    [InlineData("../left", "1.0.0", null, "mirror/not-found")]
    [InlineData("left", "../../1.0.0", null, "mirror/not-found")]
    [InlineData("left/..", "%2e%2e", null, "mirror/not-found")]
    public async Task a_name_that_is_none_is_refused(string? package, string? version, string? platform, string problem)
    {
        await using var upstream = await UpstreamStandIn.StartAsync();
        await _host.DefineAsync("mirror", format: "npm", upstream: upstream.Address);
        Assert.Equal(problem, (await RefusedAsync(package, version, platform)).Type);
        Assert.DoesNotContain(upstream.Asked, static a => a.Path != "/left");
    }

    [Fact]
    public async Task only_a_mirror_can_be_asked()
    {
        await _host.DefineAsync("mirror", format: "npm");
        Assert.Equal((HttpStatusCode.NotFound, "mirror/not-found"), await RefusedAsync("left", "1.0.0"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<PrefetchAnswer?> PrefetchAsync(string package, string version, string? platform = null)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/mirrors/mirror/prefetch", new { package, version, platform });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<PrefetchAnswer>();
    }

    private async Task<(HttpStatusCode Status, string? Type)> RefusedAsync(string? package, string? version, string? platform = null)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/mirrors/mirror/prefetch", new { package, version, platform });
        return await answer.ProblemAsync();
    }
}
