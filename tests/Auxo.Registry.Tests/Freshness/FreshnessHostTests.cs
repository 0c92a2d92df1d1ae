using Auxo.Contracts;
using Auxo.Registry.Freshness;
using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Freshness;

/// <summary>From the packages that pipeline names to the numbers that metrics hears, by what mirrors have kept.</summary>
public sealed class FreshnessHostTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Rid Heartwood = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private UpstreamStandIn _upstream = null!;
    private RegistryHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await UpstreamStandIn.StartAsync();
        _upstream.Answer = http => Documents(http.Request.Path) is { } text ? http.Response.WriteAsync(text) : NotFound(http);
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home, services => services.AddSingleton<TimeProvider>(_time),
            ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("npm", format: "npm", upstream: _upstream.Address, cooldownDays: 3);
        await _host.DefineAsync("pypi", format: "pypi", upstream: $"{_upstream.Address}/simple/");
        await _host.DefineAsync("nuget", format: "nuget", upstream: $"{_upstream.Address}/v3/index.json");

        static Task NotFound(HttpContext http)
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task what_clients_have_fetched_is_known_and_nobody_is_asked_for_more()
    {
        foreach (var path in (string[])["/npm/npm/left-pad", "/pypi/pypi/simple/six/", "/nuget/nuget/v3/registration/npgsql/index.json"])
        {
            using var answer = await _host.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Ct)}");
        }

        var asked = _upstream.Asked.Count;
        await SendAsync(
            new("npm", "left-pad", "1.3.0"), new("npm", "never-fetched", "1.0.0"), new("pypi", "Six", "1.16.0"),
            new("nuget", "Npgsql", "8.0.0"));

        var told = await ToldAsync(1);
        Assert.Equal((4, 3, 0, 1, 2), (told.Count, told.Known, told.Newest, told.MinorBehind, told.MajorBehind));
        // 5.0.0 of left-pad is younger than the cooldown; 99.0 of six was yanked; 10.0.0-rc.1 of Npgsql is for testers.
        Assert.Equal(
            [new OldPackage("npm", "left-pad", "1.3.0", "4.0.1"), new OldPackage("nuget", "Npgsql", "8.0.0", "9.0.3")], told.Oldest);
        Assert.Equal(asked, _upstream.Asked.Count);

        // Daily again, and what nobody has asked upstream about for long is not known any more.
        _time.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Equal(3, (await ToldAsync(2)).Known);
        _time.Advance(TimeSpan.FromDays(20));
        await SendAsync(new UsedPackage("npm", "left-pad", "5.0.0"));
        Assert.Equal((1, 1), (await ToldAsync(3) is { } young ? (young.Known, young.Newest) : default));
    }

    [Fact]
    public async Task a_late_message_changes_nothing_and_what_is_not_followed_is_forgotten()
    {
        await SendAsync(new UsedPackage("npm", "a", "1.0.0"), new("npm", "b", "1.0.0"));
        Assert.Equal((2, 0), (await ToldAsync(1) is { } told ? (told.Count, told.Known) : default));
        await _host.Queues.SendAsync("registry", Found(_time.GetUtcNow().AddHours(-1)));
        await _host.Queues.QuietAsync("registry", TimeSpan.FromSeconds(60));
        Assert.Equal(2, await _host.ScalarAsync<int>("select count from registry.dependencies"));

        _time.Advance(TimeSpan.FromDays(31));
        await RunAsync();
        await Eventually.TrueAsync(
            async () => await _host.ScalarAsync<long>("select count(*) from registry.dependencies") == 0, "it is forgotten");
    }

    private async Task SendAsync(params IReadOnlyList<UsedPackage> packages)
    {
        await _host.Queues.SendAsync("registry", Found(_time.GetUtcNow(), packages));
        await _host.Queues.QuietAsync("registry", TimeSpan.FromSeconds(60));
        await RunAsync();
    }

    private static DependenciesFound Found(DateTimeOffset at, params IReadOnlyList<UsedPackage> packages)
        => new(Heartwood, "heartwood", CommitId.Parse(new string('a', 40)), packages, packages.Count, 1, at);

    /// <summary>The service compares by itself as well, so this may find nothing to do.</summary>
    private Task<int> RunAsync() => _host.Get<CompareDependencies>().RunAsync(Ct);

    private async Task<DependenciesCompared> ToldAsync(int least)
    {
        IReadOnlyList<DependenciesCompared> told = [];
        await Eventually.TrueAsync(
            async () => (told = await _host.Queues.MessagesAsync<DependenciesCompared>("metrics")).Count >= least, "metrics was told");
        return told[^1];
    }

    private string? Documents(string path) => path switch
    {
        "/left-pad" => $$"""
            {"name":"left-pad","dist-tags":{"latest":"5.0.0"},
             "versions":{ {{Version("1.3.0")}},{{Version("4.0.1")}},{{Version("5.0.0")}},{{Version("6.0.0-beta")}} },
             "time":{"1.3.0":"2020-01-01T00:00:00Z","4.0.1":"2020-01-01T00:00:00Z","5.0.0":"{{_time.GetUtcNow().AddDays(-1):O}}",
                     "6.0.0-beta":"2020-01-01T00:00:00Z"} }
            """,
        "/simple/six/" => $$"""
            {"meta":{"api-version":"1.1"},"name":"six","versions":["1.16.0","1.17.0","99.0"],
             "files":[{{File("1.16.0", "false")}},{{File("1.17.0", "false")}},{{File("99.0", "true")}}]}
            """,
        "/v3/index.json" => $$"""
            {"version":"3.0.0","resources":[{"@id":"{{_upstream.Address}}/flat/","@type":"PackageBaseAddress/3.0.0"},
             {"@id":"{{_upstream.Address}}/reg/","@type":"RegistrationsBaseUrl/3.6.0"}]}
            """,
        "/reg/npgsql/index.json" => $$"""
            {"count":2,"items":[{"@id":"{{_upstream.Address}}/reg/npgsql/1.json","lower":"1.0.0","upper":"8.0.0"},
             {"@id":"{{_upstream.Address}}/reg/npgsql/2.json","lower":"9.0.3","upper":"10.0.0-rc.1"}]}
            """,
        "/reg/npgsql/1.json" => $$"""{"items":[{{Leaf("1.0.0")}},{{Leaf("8.0.0")}}]}""",
        "/reg/npgsql/2.json" => $$"""{"items":[{{Leaf("9.0.3")}},{{Leaf("10.0.0-rc.1")}}]}""",
        _ => null,
    };

    private static string Version(string version)
        => $$$"""
            "{{{version}}}":{"name":"left-pad","version":"{{{version}}}",
             "dist":{"tarball":"http://127.0.0.1/left-pad-{{{version}}}.tgz","shasum":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}}
            """;

    private static string File(string version, string yanked)
        => $$"""
            {"filename":"six-{{version}}.tar.gz","url":"http://127.0.0.1/six-{{version}}.tar.gz","upload-time":"2020-01-01T00:00:00Z",
             "hashes":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"yanked":{{yanked}}}
            """;

    private static string Leaf(string version)
        => $$$"""{"catalogEntry":{"id":"Npgsql","version":"{{{version}}}","published":"2020-01-01T00:00:00Z","listed":true}}""";
}
