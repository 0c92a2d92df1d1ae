using System.Globalization;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Tests.Checks.Packages;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>A vulnerable package blocks, old or new, until it is updated or accepted: the whole service.</summary>
public sealed class VulnerablePackagesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Lock = """{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.20"}}}""";
    private const string Fixed = """{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.21"}}}""";

    private const string Lodash = """
        {"lodash":[{"id":1,"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","title":"Command Injection in lodash",
        "severity":"high","vulnerable_versions":"<4.17.21"}]}
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private FakeRegistry _npm = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    private static string Acceptance
    {
        get
        {
            var until = TimeProvider.System.GetUtcNow().AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return $"- {{ rule: GHSA-35jh-r3h4-6jhm, until: {until}, reason: only in the build, by: ada }}\n";
        }
    }

    public async ValueTask InitializeAsync()
    {
        _npm = await FakeRegistry.StartAsync();
        _npm.Npm = Lodash;
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home, settings:
            [("Auxo:Advisories:Npm", _npm.Address), ("Auxo:Egress:Allow", "127.0.0.1"), ("PATH", "/usr/bin:/bin")]);
        await _host.SendAsync(_told.Tracked());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _npm.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task what_stood_there_before_the_first_build_blocks_until_it_is_accepted_by_the_branch_itself()
    {
        var main = await _repository.CommitOnTopAsync(("package-lock.json", Lock));
        var first = await FollowAsync(main);
        Assert.Equal("dependencies failed", (string)first["reason"]!);
        Assert.Contains(
            "lodash 4.17.20: Command Injection in lodash, fixed in 4.17.21 (not new)", (string)first["verdict"]!, StringComparison.Ordinal);

        var patch = await _repository.CommitOnTopAsync(
            ("package-lock.json", Lock), ("new.txt", "x"), (".auxo/suppressions.yaml", Acceptance));
        await _host.SendAsync(_told.Opened(patch, Trust.Stranger, canonical: main));
        var strange = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal("dependencies failed", (string)strange["reason"]!);
        Assert.Contains("suppressions.yaml of the canonical branch was used", (string)strange["verdict"]!, StringComparison.Ordinal);

        var accepted = await FollowAsync(patch);
        Assert.Equal(("passed", "1 accepted"), ((string)accepted["outcome"]!, Summary(accepted)));
        Assert.Contains("by ada: only in the build", accepted["findings"]!.ToJsonString(), StringComparison.Ordinal);
        var log = await _host.LogAsync(PipelineHost.IdOf(accepted), "dependencies");
        Assert.Contains("package-lock.json:1: accepted: lodash 4.17.20", log, StringComparison.Ordinal);

        var last = await FollowAsync(await _repository.CommitOnTopAsync(("package-lock.json", Fixed)));
        Assert.Equal(("passed", ""), ((string)last["outcome"]!, Summary(last)));
        Assert.Equal(2, _npm.Asked.Count);
    }

    private static string Summary(JsonNode build)
        => (string)build["steps"]!.AsArray().Single(static step => (string)step!["step"]! == "dependencies")!["summary"]!;

    private async Task<JsonNode> FollowAsync(CommitId head)
    {
        await _host.SendAsync(_told.Advanced(head));
        return await _host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
    }
}
