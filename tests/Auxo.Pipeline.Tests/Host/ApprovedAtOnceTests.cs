using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Testing;

using Marten;
using Marten.Services;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>An approval that comes in the very moment in which the build begins to wait for it.</summary>
public sealed class ApprovedAtOnceTests(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>Without its secret it is refused at once: no second run is too slow to be seen.</summary>
    private const string Deploy = "steps:\n  - { name: deploy, secrets: DEPLOY_TOKEN, run: echo deployed }\n";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly Approver _approver = new();
    private GitRepository _repository = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home, commits: _approver);
        _approver.Approve = async id =>
        {
            Assert.Equal(200, (await _host.PostAsync($"/builds/{id}/approve")).Status);
            await Eventually.TrueAsync(() => _host.ScalarAsync<bool>(
                $"select leased_until is not null from pipeline.builds where build_id = '{id}'"), "the runner has taken it again");
        };
    }

    [Fact]
    public async Task its_steps_run_once()
    {
        var told = new Told(_repository);
        await _host.SendAsync(told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
        var main = await _repository.CommitAsync((".auxo/ci.yaml", Deploy));
        var patch = await _repository.CommitAsync((".auxo/ci.yaml", Deploy), ("stranger.txt", "hello\n"));
        await _host.SendAsync(told.Advanced(main));
        await _host.SendAsync(told.Opened(patch, Trust.Stranger, main));
        var build = await _host.FinishedAsync(told.BuildOf(patch));
        Assert.Equal((1, "failed"), (_approver.Asked, (string)build["outcome"]!));
        // Who runs it once more begins when the first has ended: by the end of the next build that is seen.
        Assert.Equal(202, (await _host.PostAsync($"/builds/{told.BuildOf(patch)}/rerun")).Status);
        await _host.FinishedAsync(told.BuildOf(patch, attempt: 2));
        var log = await _host.LogAsync(told.BuildOf(patch), "deploy");
        Assert.Single(log.Split('\n'), static line => line.StartsWith("not run: ", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Approves between the commit of the wait and everything that its writer does next, and lets the runner hear of it.</summary>
    private sealed class Approver : DocumentSessionListenerBase
    {
        public Func<Guid, Task> Approve { get; set; } = null!;

        public int Asked { get; private set; }

        public override async Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
        {
            var held = commit.GetEvents().FirstOrDefault(static e => e.Data is BuildEvent.ApprovalRequested);
            if (held is null) return;
            Asked++;
            await Approve(Guid.Parse(held.StreamKey!["build/".Length..]));
        }
    }
}
