using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>A runner is lost with a build: its steps go on elsewhere, once, and nothing of it is recorded twice.</summary>
public sealed class LostRunnerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _marker = SandboxProcesses.Marker();
    private RunnerBench _bench = null!;

    private PipelineHost Host => _bench.Host;

    public async ValueTask InitializeAsync() => _bench = await RunnerBench.StartAsync(postgres);

    [Fact]
    public async Task the_step_begins_again_on_another_machine_which_makes_the_files_first()
    {
        await using var first = await TestRunner.StartAsync(Host, "first");
        var id = await _bench.PushAsync(
            "  - { name: make, run: 'echo made > made.txt; echo making' }\n"
            + $"  - {{ name: use, run: 'echo begun; cat made.txt; sleep {_marker}' }}\n");
        await Host.PrintedAsync(id, "use", "begun");
        first.Cable.IsCut = true;
        await using var second = await TestRunner.StartAsync(Host, "second");
        await Host.PrintedAsync(id, "use", "--- Auxo: runner first was lost here; the step begins again on another machine.");
        // The one that was cut off has stopped by itself, before the other began.
        await first.SaidAsync("lost: its steps were stopped here");
        first.Cable.IsCut = false;
        await Eventually.TrueAsync(() => Task.FromResult(SandboxProcesses.Count(_marker) > 0), "the step runs on the second machine");
        const string made = "$ echo made > made.txt; echo making\nmaking\n";
        Assert.Equal(
            made + "--- Auxo: runner first was lost; the step runs again for the files that the rest needs. Its result stays.\n" + made,
            await Host.LogAsync(id, "make"));
        await Host.PostAsync($"/builds/{id}/cancel");
        await SandboxProcesses.GoneAsync(_marker);
        Assert.Equal((1L, 2L), (await _bench.CountAsync(id, "build_step_finished", "make"), await _bench.CountAsync(id, "build_started")));
    }

    [Fact]
    public async Task a_second_loss_ends_the_build_and_says_so()
    {
        await using var first = await TestRunner.StartAsync(Host, "first");
        var id = await _bench.PushAsync($"  - {{ name: one, run: 'echo begun; sleep {_marker}' }}\n");
        await Host.PrintedAsync(id, "one", "begun");
        first.Cable.IsCut = true;
        await using var second = await TestRunner.StartAsync(Host, "second");
        await Host.PrintedAsync(id, "one", "runner first was lost here");
        second.Cable.IsCut = true;
        var build = await Host.FinishedAsync(id);
        Assert.Equal(
            ("errored", "Auxo failed: two machines were lost with this build, the last was runner second; it is not tried a third time"),
            ((string)build["outcome"]!, (string)build["reason"]!));
        await SandboxProcesses.GoneAsync(_marker);
        await _bench.NoRowAsync();
    }

    [Fact]
    public async Task one_that_stops_gives_its_build_back_at_once_and_that_is_no_loss()
    {
        var id = Guid.Empty;
        await using (await TestRunner.StartAsync(Host, "first"))
        {
            id = await _bench.PushAsync($"  - {{ name: one, run: 'echo begun; sleep {_marker}' }}\n");
            await Host.PrintedAsync(id, "one", "begun");
        }

        await using var second = await TestRunner.StartAsync(Host, "second");
        await Host.PrintedAsync(id, "one", "runner first was lost here");
        Assert.Equal(0, await Host.ScalarAsync<int>($"select losses from pipeline.handovers where build_id = '{id}'"));
        await Host.PostAsync($"/builds/{id}/cancel");
        await SandboxProcesses.GoneAsync(_marker);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
