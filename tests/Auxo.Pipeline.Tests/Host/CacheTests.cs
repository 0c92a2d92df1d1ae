using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What a step keeps for later builds: of which, for which, and for whose.</summary>
public sealed class CacheTests(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>Says whether it found what it keeps.</summary>
    private const string Pipeline = """
        steps:
          - name: make
            run: "cat out/made ~/made || echo nothing; mkdir -p out; echo $AUXO_COMMIT > out/made; echo home > ~/made"
            cache: { key: [lock], paths: [out, ~/made] }

        """;

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
    }

    [Fact]
    public async Task a_later_build_with_the_same_key_finds_it_and_one_with_another_does_not()
    {
        var first = await BuildAsync(Pipeline, "1");
        Assert.Contains("nothing\n", await MakeAsync(first), StringComparison.Ordinal);
        Assert.Contains("--- Auxo: out is kept for later builds (", await MakeAsync(first), StringComparison.Ordinal);
        var second = await MakeAsync(await BuildAsync(Pipeline, "1"));
        Assert.Contains($"\n{first.Value}\nhome\n", second, StringComparison.Ordinal);
        Assert.Contains("--- Auxo: out is there from the cache (", second, StringComparison.Ordinal);
        Assert.DoesNotContain("is kept", second, StringComparison.Ordinal);
        Assert.Contains("nothing\n", await MakeAsync(await BuildAsync(Pipeline, "2")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_an_equal_key_the_newest_is_taken_where_the_file_says_so()
    {
        var pipeline = Pipeline.Replace("~/made]", "~/made], fallback: newest", StringComparison.Ordinal);
        var first = await BuildAsync(pipeline, "1");
        var second = await MakeAsync(await BuildAsync(pipeline, "2"));
        Assert.Contains($"\n{first.Value}\nhome\n", second, StringComparison.Ordinal);
        Assert.Contains("out is there from the newest cache, of other contents (", second, StringComparison.Ordinal);
        Assert.Contains("out is kept for later builds (", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_strangers_build_finds_what_is_kept_and_keeps_nothing()
    {
        var main = await BuildAsync(Pipeline, "1");
        var same = await CommitAsync(Pipeline, "1");
        Assert.Contains($"\n{main.Value}\nhome\n", await ApprovedAsync(same, main), StringComparison.Ordinal);
        var other = await CommitAsync(Pipeline, "2");
        Assert.DoesNotContain("is kept", await ApprovedAsync(other, main), StringComparison.Ordinal);
        Assert.Contains("nothing\n", await MakeAsync(await BuildAsync(Pipeline, "2")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_failed_keeps_nothing_and_a_pattern_that_names_nothing_says_so()
    {
        var failing = Pipeline.Replace("echo home > ~/made", "echo home > ~/made; exit 1", StringComparison.Ordinal);
        Assert.DoesNotContain("is kept", await MakeAsync(await BuildAsync(failing, "1")), StringComparison.Ordinal);
        var wrong = await MakeAsync(await BuildAsync(Pipeline.Replace("[lock]", "[lcok]", StringComparison.Ordinal), "1"));
        Assert.Contains("--- Auxo: out is not cached: no file matches 'lcok' of its key\n", wrong, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_home, "caches"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task a_link_in_the_place_of_what_is_kept_leads_nowhere()
    {
        var secret = Path.Combine(_home, "secret");
        await File.WriteAllTextAsync(secret, "hidden\n", TestContext.Current.CancellationToken);
        var first = await BuildAsync($"""
            steps:
              - name: make
                run: "ln -sfn {_home} out; ls out/ || echo closed"
                cache: {"{"} key: [lock], paths: [out] {"}"}

            """, "1");
        Assert.Contains("closed\n", await MakeAsync(first), StringComparison.Ordinal);
        var kept = Assert.Single(Directory.EnumerateFiles(Path.Combine(_home, "caches"), "*.tar", SearchOption.AllDirectories));
        Assert.DoesNotContain("hidden", await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task<CommitId> CommitAsync(string pipeline, string key)
        => _repository.CommitAsync(
            (".auxo/ci.yaml", pipeline), ("README.md", "# Demo\n"), ("lock", key), ("any", Guid.NewGuid().ToString()));

    /// <summary>Builds a commit of the default branch to its end.</summary>
    private async Task<CommitId> BuildAsync(string pipeline, string key)
    {
        var head = await CommitAsync(pipeline, key);
        await _host.SendAsync(_told.Advanced(head));
        await _host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
        return head;
    }

    private Task<string> MakeAsync(CommitId head)
        => _host.LogAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1), "make");

    private async Task<string> ApprovedAsync(CommitId head, CommitId main)
    {
        await _host.SendAsync(_told.Opened(head, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(head), "awaiting_approval");
        await _host.PostAsync($"/builds/{_told.BuildOf(head)}/approve");
        await _host.FinishedAsync(_told.BuildOf(head));
        return await _host.LogAsync(_told.BuildOf(head), "make");
    }
}
