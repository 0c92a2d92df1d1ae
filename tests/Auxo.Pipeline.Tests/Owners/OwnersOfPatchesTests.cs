using Auxo.Contracts;
using Auxo.Pipeline.Tests.Host;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Owners;

/// <summary>A patch's way to the verdict that names owners and to the wish for a review, on a real database.</summary>
public sealed class OwnersOfPatchesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
    }

    [Fact]
    public async Task the_comment_names_the_canonical_owners_and_they_are_asked_once_for_a_patch()
    {
        var canonical = await _repository.CommitOnTopAsync(
            ("CODEOWNERS", "/src/ @alice @org/platform\n"), (".auxo/people.yaml", "carol:\n  channel: carol-mail\n"),
                ("README.md", "# Demo\n"));
        var head = await _repository.CommitOnTopAsync(
            ("CODEOWNERS", "* @mallory\n"), (".auxo/people.yaml", "mallory:\n  channel: team\n"), ("README.md", "# Demo\n"),
                ("src/a", "1\n"));
        var opened = _told.Opened(head, canonical: canonical);
        await _host.SendAsync(opened);
        await _host.FinishedAsync(_told.BuildOf(head));
        await _host.SendAsync(opened);
        await _host.Queues.QuietAsync("pipeline");
        await _host.Queues.SentAllAsync("pipeline");

        var comments = await _host.Queues.MessagesAsync<PostPatchComment>("ingest");
        Assert.Contains(
            "\nOwners of what changed: &#64;alice (1 file), &#64;org/platform (1 file); 2 files have no owner\n",
                comments[^1].Markdown,
            StringComparison.Ordinal);
        Assert.DoesNotContain("mallory", comments[^1].Markdown, StringComparison.Ordinal);
        var wanted = Assert.Single(await _host.Queues.MessagesAsync<ReviewWanted>("notify"));
        Assert.Equal((head, 2, "@alice"), (wanted.Head, wanted.OwnerCount, wanted.Owners[0].Owner));
        Assert.Equal(["carol-mail"], wanted.OtherChannels);
    }

    [Fact]
    public async Task a_repository_without_codeowners_asks_nobody()
    {
        var canonical = await _repository.CommitOnTopAsync(("README.md", "# Demo\n"));
        var head = await _repository.CommitOnTopAsync(("README.md", "# Demo\n"), ("CODEOWNERS", "* @mallory\n"));
        await _host.SendAsync(_told.Opened(head, canonical: canonical));
        await _host.FinishedAsync(_told.BuildOf(head));
        await _host.Queues.SentAllAsync("pipeline");
        Assert.DoesNotContain("Owners", (await _host.Queues.MessagesAsync<PostPatchComment>("ingest"))[^1].Markdown,
            StringComparison.Ordinal);
        Assert.Empty(await _host.Queues.MessagesAsync<ReviewWanted>("notify"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
