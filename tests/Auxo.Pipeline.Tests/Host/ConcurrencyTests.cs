using System.Globalization;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Builds of which one runs at a time, and what becomes of those that wait.</summary>
public sealed class ConcurrencyTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly string _marker = SandboxProcesses.Marker();
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
    public async Task builds_that_queue_run_one_after_the_other_and_none_is_dropped()
    {
        var first = await PushAsync("queue", $"echo asleep; sleep {_marker}");
        await _host.PrintedAsync(first, "step", "asleep");
        var second = await PushAsync("queue", "echo second");
        var third = await PushAsync("queue", "echo third");
        // One that is in no group does not wait, so there was room.
        var patch = await _repository.CommitAsync((".auxo/ci.yaml", "steps: [{ name: step, run: echo patch }]"), ("README.md", "# x\n"));
        await _host.SendAsync(_told.Opened(patch));
        await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal(["queued", "queued"], [await StateAsync(second), await StateAsync(third)]);

        await _host.PostAsync($"/builds/{first}/cancel");
        var (before, after) = (await _host.FinishedAsync(second), await _host.FinishedAsync(third));
        Assert.Equal(["passed", "passed"], [(string)before["outcome"]!, (string)after["outcome"]!]);
        Assert.True(Time(before, "finishedAt") <= Time(after, "startedAt"));
    }

    [Fact]
    public async Task of_those_that_wait_the_newest_is_kept_and_what_runs_goes_on()
    {
        var first = await PushAsync("latest", $"echo asleep; sleep {_marker}");
        await _host.PrintedAsync(first, "step", "asleep");
        var second = await PushAsync("latest", "echo second");
        var third = await PushAsync("latest", "echo third");
        var superseded = await _host.FinishedAsync(second);
        Assert.Equal("superseded", (string)superseded["outcome"]!);
        Assert.EndsWith("of the builds that wait, the newest is kept", (string)superseded["reason"]!, StringComparison.Ordinal);
        Assert.Equal(("running", "queued"), (await StateAsync(first), await StateAsync(third)));
        await _host.PostAsync($"/builds/{first}/cancel");
        Assert.Equal("passed", (string)(await _host.FinishedAsync(third))["outcome"]!);
    }

    [Fact]
    public async Task a_group_with_a_name_holds_builds_of_patches_and_branches_alike()
    {
        var first = await PushAsync("{ mode: cancel, group: deploy }", $"echo asleep; sleep {_marker}");
        await _host.PrintedAsync(first, "step", "asleep");
        var head = await CommitAsync("{ mode: cancel, group: deploy }", "echo patch");
        await _host.SendAsync(_told.Opened(head));
        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(head)))["outcome"]!);
        Assert.Equal("superseded", (string)(await _host.FinishedAsync(first))["outcome"]!);
        await SandboxProcesses.GoneAsync(_marker);
    }

    [Fact]
    public async Task one_that_was_begun_goes_on_when_an_older_one_of_its_group_was_approved_meanwhile()
    {
        var main = await CommitAsync("queue", "echo canonical");
        var stranger = await CommitAsync("queue", "echo theirs");
        await _host.SendAsync(_told.Opened(stranger, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(stranger), "awaiting_approval");
        var trusted = await CommitAsync("queue", $"echo asleep; sleep {_marker}");
        await _host.SendAsync(_told.Revised(trusted));
        await _host.PrintedAsync(_told.BuildOf(trusted), "step", "asleep");
        Assert.Equal(200, (await _host.PostAsync($"/builds/{_told.BuildOf(stranger)}/approve")).Status);
        Assert.Equal("running", await StateAsync(_told.BuildOf(trusted)));
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from pipeline.builds where lease_owner is not null"));
        await _host.PostAsync($"/builds/{_told.BuildOf(trusted)}/cancel");
        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(stranger)))["outcome"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static DateTimeOffset Time(System.Text.Json.Nodes.JsonNode build, string key)
        => DateTimeOffset.Parse((string)build[key]!, CultureInfo.InvariantCulture);

    private async Task<string> StateAsync(Guid build) => (string)(await _host.BuildAsync(build))["state"]!;

    private Task<CommitId> CommitAsync(string concurrency, string run)
        => _repository.CommitAsync(
            (".auxo/ci.yaml", $"concurrency: {concurrency}\nsteps:\n  - {{ name: step, run: \"{run}\" }}\n"), ("README.md", "# Demo\n"));

    private async Task<Guid> PushAsync(string concurrency, string run)
    {
        var head = await CommitAsync(concurrency, run);
        await _host.SendAsync(_told.Advanced(head));
        return BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);
    }
}
