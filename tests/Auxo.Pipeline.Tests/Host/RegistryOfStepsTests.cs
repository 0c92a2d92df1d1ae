using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Instances;
using Auxo.Pipeline.Tests.Execution.RegistryAccess;
using Auxo.ServiceDefaults.Access.Builds;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>The registry in steps of whole builds: who is given it, with which token, and what of that is seen.</summary>
public sealed class RegistryOfStepsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly InstanceLayout _layout = new(Directory.CreateTempSubdirectory("auxo-home-").FullName);
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _layout.Make();
        PrivateFiles.Secret(_layout.BuildTokenKey);
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
    }

    [Fact]
    public async Task a_trusted_build_has_a_token_of_its_own_which_no_log_shows()
    {
        await StartAsync(("Auxo:Steps:Registry", "raw,npm"), ("Auxo:Steps:RegistryWrite", "npm"));
        await using var registry = await SocketServer.StartAsync(_layout);
        var (id, _) = await PushAsync(
            "printf '%s' \"$AUXO_REGISTRY_TOKEN\" > kept; curl -sS -H \"Authorization: Bearer $AUXO_REGISTRY_TOKEN\" "
            + "$AUXO_REGISTRY/raw/files/a; printf 'build:%s' \"$AUXO_REGISTRY_TOKEN\" | base64 -w 0; echo");
        var log = await _host.LogAsync(id, "a");
        Assert.Contains("\n/raw/files/a for Bearer ***\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "auxo_build_", log.Replace("auxo_build_id", "", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal);
        // The second step prints what the first one kept.
        Assert.EndsWith("cat kept; fi\n***", await _host.LogAsync(id, "b"), StringComparison.Ordinal);

        // The server heard what the log hides.
        var shown = Assert.Single(registry.Shown)["Bearer ".Length..];
        var key = Encoding.UTF8.GetBytes(await File.ReadAllTextAsync(_layout.BuildTokenKey, TestContext.Current.CancellationToken));
        var token = BuildToken.Verify(shown, key, TimeProvider.System.GetUtcNow());
        Assert.Equal((id, _told.Rid, Trust.Trusted, "npm"), (token!.Build, token.Repository, token.Trust, Assert.Single(token.Writes)));
        var left = token.ExpiresAt - TimeProvider.System.GetUtcNow();
        // Two steps with the usual limit of an hour, and a margin.
        Assert.InRange(left, TimeSpan.FromHours(1), TimeSpan.FromHours(3));
    }

    [Fact]
    public async Task a_strangers_build_is_given_nothing_even_when_it_is_approved_and_its_log_says_so()
    {
        await StartAsync(("Auxo:Steps:Registry", "raw"));
        await using var registry = await SocketServer.StartAsync(_layout);
        var main = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml",
            "steps:\n  - { name: a, run: \"env | grep -c REGISTRY || (exec 5<>/dev/tcp/127.0.0.1/881) 2>/dev/null || echo closed\" }\n"));
        var patch = await _repository.CommitAsync(("README.md", "# Demo\n"), ("stranger.txt", "hello\n"));
        await _host.SendAsync(_told.Advanced(main));
        await _host.SendAsync(_told.Opened(patch, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(patch), "awaiting_approval");
        Assert.Equal(200, (await _host.PostAsync($"/builds/{_told.BuildOf(patch)}/approve")).Status);
        await _host.FinishedAsync(_told.BuildOf(patch));
        var log = await _host.LogAsync(_told.BuildOf(patch), "a");
        Assert.StartsWith("--- Auxo: the step has no registry: its author is not trusted\n", log, StringComparison.Ordinal);
        Assert.EndsWith("\n0\nclosed\n", log, StringComparison.Ordinal);
        Assert.Empty(registry.Asked);
    }

    [Fact]
    public async Task without_the_setting_a_build_is_as_ever()
    {
        await StartAsync();
        var (id, build) = await PushAsync("env | grep -c REGISTRY || echo none");
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.EndsWith("\n0\nnone\n", await _host.LogAsync(id, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_key_a_step_runs_and_its_log_says_what_is_missing()
    {
        File.Delete(_layout.BuildTokenKey);
        await StartAsync(("Auxo:Steps:Registry", "raw"));
        var (id, build) = await PushAsync("env | grep -c REGISTRY || echo none");
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.StartsWith("--- Auxo: the step has no registry: there is no key for its token", await _host.LogAsync(id, "a"),
            StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_layout.Home, recursive: true);
    }

    private async Task StartAsync(params (string, string)[] settings)
    {
        _host = await PipelineHost.StartAsync(_database, _layout.Home, settings: settings);
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
    }

    private async Task<(Guid Id, JsonNode Build)> PushAsync(string command)
    {
        var file = $"steps:\n  - name: a\n    run: |\n      {command}\n  - {{ name: b, run: 'if [ -e kept ]; then cat kept; fi' }}\n";
        var head = await _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", file));
        await _host.SendAsync(_told.Advanced(head));
        var id = BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);
        return (id, await _host.FinishedAsync(id));
    }
}
