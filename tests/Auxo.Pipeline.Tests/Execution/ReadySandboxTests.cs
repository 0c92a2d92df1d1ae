using System.Diagnostics;

using Auxo.Contracts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Cgroups;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>A sandbox that was made before its step: the step finds in it what it finds in one of its own.</summary>
public sealed class ReadySandboxTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task an_empty_workspace_is_moved_to_its_build_with_its_sandbox()
    {
        Assert.SkipWhen(_bench.Executors.Refusal is not null, $"no sandbox here: {_bench.Executors.Refusal}");
        IAsyncDisposable? made = null;
        await _bench.Workspaces.MakeEmptyAsync(async tree => made = await _bench.Executors.MakeMovableAsync(tree));
        await using var workspace = await PrepareAsync(_bench.Commit(("a", "of the commit\n")));
        Assert.Same(made, Peek(workspace));
        Assert.Equal("$ cat a; pwd\nof the commit\n/workspace\n", await RunAsync(workspace, "cat a; pwd"));
        Assert.Single(Directory.GetDirectories(_bench.Layout.Workspaces));
    }

    [Fact]
    public async Task each_step_has_a_sandbox_of_its_own()
    {
        await using var workspace = await PrepareAsync(_bench.Commit(("a", "1")));
        const string Look = "ls -A /tmp; touch /tmp/mine; ps -e | grep -c sleep || true; sleep 300 &";
        Assert.EndsWith("&\n0\n", await RunAsync(workspace, Look), StringComparison.Ordinal);
        workspace.MakeReady(_bench.Executors.MakeReady);
        Assert.EndsWith("&\n0\n", await RunAsync(workspace, Look), StringComparison.Ordinal);
        Assert.Null(workspace.TakeReady());
        Assert.EndsWith("&\n0\n", await RunAsync(workspace, Look), StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_that_has_died_is_replaced()
    {
        await using var workspace = await PrepareAsync(_bench.Commit(("a", "1")));
        if (workspace.TakeReady() is not ReadySandbox ready) return;
        var waiting = await ready.TakeAsync(ready.Arguments);
        waiting!.Kill();
        await waiting.Exited;
        workspace.MakeReady(_ => ready);
        Assert.Equal("$ cat a\n1", await RunAsync(workspace, "cat a"));
    }

    [Fact]
    public async Task one_that_never_stood_is_replaced()
    {
        await using var workspace = await PrepareAsync(_bench.Commit(("a", "1")));
        if (workspace.TakeReady() is not ReadySandbox ready) return;
        await ready.DisposeAsync();
        workspace.MakeReady(tree => _bench.Executors.MakeReady(tree + "-that-was-moved"));
        Assert.Equal("$ cat a\n1", await RunAsync(workspace, "cat a"));
    }

    [Fact]
    public async Task one_that_would_see_another_machine_now_is_not_used()
    {
        await using var workspace = await PrepareAsync(_bench.Commit(("a", "1")));
        if (workspace.TakeReady() is not ReadySandbox ready) return;
        var waiting = await ready.TakeAsync(ready.Arguments);
        Assert.Null(await ready.TakeAsync([.. ready.Arguments, "--ro-bind", "/opt", "/opt"]));
        Assert.True(waiting!.Exited.IsCompleted);
    }

    [Fact]
    public async Task what_nobody_used_is_gone_with_its_workspace()
    {
        var workspace = await PrepareAsync(_bench.Commit(("a", "1")));
        if (workspace.TakeReady() is not ReadySandbox ready) return;
        var waiting = await ready.TakeAsync(ready.Arguments);
        var first = waiting!.First;
        workspace.MakeReady(_ => ready);
        await workspace.DisposeAsync();
        Assert.True(waiting.Exited.IsCompleted);
        Assert.False(ProcessTree.IsAlive(first));
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Layout.Workspaces));
    }

    [Fact]
    public async Task one_that_cannot_be_limited_is_ended_and_nobody_waits_for_its_shell()
    {
        using var launcher = new StepLauncher();
        var start = new ProcessStartInfo("/bin/sh", ["-c", "echo \"{ \\\"child-pid\\\": $$ }\" >&2; exec sleep 300"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var gone = Path.Combine(_bench.Layout.Home, "no-such-group");
        await using var waiting = await WaitingProcess.StartSandboxAsync(
            launcher, start, user: null, new StepCgroup([gone], gone, gone, gone), network: null, TimeProvider.System);
        Assert.NotNull(waiting.Refusal);
        await waiting.Status.ShellKnown;
        await waiting.Exited;
        Assert.False(waiting.IsReady);
    }

    [Fact]
    public async Task steps_that_run_at_the_same_time_make_one_sandbox_for_the_next()
    {
        await using var workspace = await _bench.Workspaces.PrepareAsync(
            _bench.Source, _bench.Commit(("a", "1")), Guid.NewGuid(), CancellationToken.None);
        for (var round = 0; round < 200; round++)
        {
            var made = 0;
            using var together = new Barrier(2);
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() =>
            {
                together.SignalAndWait();
                workspace.MakeReady(_ =>
                {
                    Interlocked.Increment(ref made);
                    Thread.Yield();
                    return new Nothing();
                });
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Equal(1, made);
            Assert.NotNull(workspace.TakeReady());
        }
    }

    [Fact]
    public async Task a_spare_that_git_refuses_takes_its_sandbox_with_it()
    {
        var commit = _bench.Commit(("a", "1"));
        await _bench.Workspaces.MakeSpareAsync(_bench.Source, commit, CancellationToken.None);
        var spare = Assert.Single(Directory.GetDirectories(_bench.Layout.Spares));
        await File.WriteAllTextAsync(Path.Combine(spare, "index"), "no index", CancellationToken.None);
        await using var workspace = await PrepareAsync(commit);
        Assert.Equal("$ cat a\n1", await RunAsync(workspace, "cat a"));
    }

    /// <inheritdoc/>
    public void Dispose() => _bench.Dispose();

    private static IAsyncDisposable? Peek(Workspace workspace)
    {
        var ready = workspace.TakeReady();
        workspace.MakeReady(_ => ready);
        return ready;
    }

    private Task<Workspace> PrepareAsync(CommitId commit)
    {
        Assert.SkipWhen(_bench.Executors.Refusal is not null, $"no sandbox here: {_bench.Executors.Refusal}");
        return _bench.Workspaces.PrepareAsync(
            _bench.Source, commit, Guid.NewGuid(), CancellationToken.None, _bench.Executors.MakeReady);
    }

    private async Task<string> RunAsync(Workspace workspace, string command)
    {
        var (build, step) = (Guid.NewGuid(), Bench.Step(command));
        var log = await _bench.Logs.OpenAsync(build, step.Name, CancellationToken.None);
        var run = new StepRun(build, step, workspace, log, new Dictionary<string, string>());
        var exit = await _bench.Executors.For(step).Executor!.RunAsync(run, CancellationToken.None);
        await log.CompleteAsync();
        Assert.Equal((Outcome.Passed, null), (exit.Outcome, exit.Reason));
        return await File.ReadAllTextAsync(log.Path, CancellationToken.None);
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
