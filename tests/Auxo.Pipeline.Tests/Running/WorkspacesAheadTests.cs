using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Running.Steps;
using Auxo.Pipeline.Tests.Builds;
using Auxo.Pipeline.Tests.Execution;
using Auxo.ServiceDefaults.Repositories;
using Auxo.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace Auxo.Pipeline.Tests.Running;

/// <summary>What is made before it is needed is used when it is needed, and goes when nobody needs it.</summary>
public sealed class WorkspacesAheadTests : IAsyncLifetime
{
    private readonly Bench _bench = new();
    private readonly ManualTime _time = new();
    private readonly WorkspacesAhead _ahead;

    public WorkspacesAheadTests()
        => _ahead = new WorkspacesAhead(
            _bench.Workspaces, _bench.Executors, new RepositoryFolders(_bench.Folder),
            new CommitJoiner(_bench.Layout, new RepositoryFolders(_bench.Folder)),
            new RunnerSettings(2, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)), _time,
            NullLogger<WorkspacesAhead>.Instance);

    public async ValueTask InitializeAsync() => await _ahead.StartAsync(CancellationToken.None);

    private int Folders => Directory.GetFileSystemEntries(_bench.Layout.Workspaces).Length;

    [Fact]
    public async Task the_files_of_a_planned_build_are_there_when_it_begins()
    {
        var build = Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1"));
        Begin(build);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(FolderOf(build), "tree", "a"))), "the file is written");

        await using var workspace = await _ahead.TakeAsync(build, CancellationToken.None);
        Assert.Equal(Path.Combine(FolderOf(build), "tree"), workspace.Path);
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(workspace.Path, "a"), CancellationToken.None));
        // What was taken is not forgotten later.
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(File.Exists(Path.Combine(workspace.Path, "a")));
    }

    [Fact]
    public async Task a_build_that_nobody_planned_here_has_its_files_written_then()
    {
        var build = Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1"));
        await using var workspace = await _ahead.TakeAsync(build, CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(workspace.Path, "a")));
    }

    [Fact]
    public async Task a_build_that_never_begins_here_leaves_nothing()
    {
        Begin(Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1")));
        await Eventually.TrueAsync(() => Task.FromResult(Folders == 1), "the workspace is begun");
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => Task.FromResult(Folders == 0), "it is gone");
    }

    [Fact]
    public async Task a_stop_leaves_nothing()
    {
        Begin(Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1")));
        await _ahead.StopAsync(CancellationToken.None);
        Assert.Equal(0, Folders);
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Spares));
    }

    [Fact]
    public async Task one_commit_that_is_not_there_is_said_to_whoever_needs_it()
    {
        var build = Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1"));
        build = build with { Subject = build.Subject with { Commit = CommitId.Parse(new string('7', 40)) } };
        Begin(build);
        var error = await Assert.ThrowsAsync<Auxo.Pipeline.Workspaces.WorkspaceException>(
            () => _ahead.TakeAsync(build, CancellationToken.None));
        Assert.Equal("workspace/commit-missing", error.Type);
        Assert.Equal(0, Folders);
    }

    [Theory]
    [InlineData("waits for approval")]
    [InlineData("has no steps")]
    [InlineData("waits for others of its group")]
    [InlineData("has a broken file")]
    [InlineData("leaves its only step out")]
    public async Task nothing_is_written_for_a_build_that(string what)
    {
        var plan = SampleBuilds.PlanOf(steps: "test");
        var step = plan.Steps[0];
        Begin(Queued(what switch
        {
            "waits for approval" => plan with { NeedsApproval = true },
            "has no steps" => plan with { Steps = [] },
            "waits for others of its group" => plan with { Concurrency = new BuildConcurrency(ConcurrencyMode.Queue, "deploy") },
            "has a broken file" => plan with { Problems = [new DefinitionProblem(".auxo/ci.yaml", 1, 1, "wrong")] },
            _ => plan with { Steps = [step with { LeftOut = "for pushes only" }] },
        }, ("a", "1")));
        await AssertNothingWasBegunAsync();
    }

    /// <summary>What is there before is swept as the leftovers of a process that was killed.</summary>
    [Fact]
    public async Task nothing_is_written_before_and_after_its_time()
    {
        await _ahead.StopAsync(CancellationToken.None);
        Begin(Queued(SampleBuilds.PlanOf(steps: "test"), ("a", "1")));
        await AssertNothingWasBegunAsync();
    }

    [Fact]
    public async Task no_more_are_written_than_can_run_at_once()
    {
        for (var i = 0; i < 5; i++) Begin(Queued(SampleBuilds.PlanOf(steps: "test"), ("a", $"{i}")));
        await Eventually.TrueAsync(() => Task.FromResult(Folders == 2), "two are begun");
        await _ahead.StopAsync(CancellationToken.None);
        Assert.Equal(0, Folders);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ahead.StopAsync(CancellationToken.None);
        _ahead.Dispose();
        _bench.Dispose();
    }

    /// <summary>A stop waits for all that was begun, and each of it would have made the mirror of its source.</summary>
    private async Task AssertNothingWasBegunAsync()
    {
        await _ahead.StopAsync(CancellationToken.None);
        Assert.Equal(0, Folders);
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Mirrors));
    }

    private string FolderOf(Build build) => Path.Combine(_bench.Layout.Workspaces, build.BuildId.ToString("N"));

    private void Begin(Build build) => _ahead.Begin(build.BuildId, build.Source, build.Subject.Commit, build.Plan);

    private Build Queued(Plan plan, params (string, string)[] files)
        => SampleBuilds.Queued(plan, commit: _bench.Commit(files)) with { Source = RepositoryLocator.OfFolder(_bench.Source) };
}
