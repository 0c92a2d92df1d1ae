using System.IO.Pipelines;
using System.Net.Http.Json;

using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>A real pipeline and a real runner's program beside it, over HTTP: what runs there, and what the builds say of it.</summary>
public sealed class RunnerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _marker = SandboxProcesses.Marker();
    private RunnerBench _bench = null!;

    private PipelineHost Host => _bench.Host;

    public async ValueTask InitializeAsync() => _bench = await RunnerBench.StartAsync(postgres);

    [Fact]
    public async Task the_steps_run_there_and_the_build_is_as_if_they_had_run_here()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var id = await _bench.PushAsync(
            "  - { name: one, run: 'cat README.md; echo made > made.txt', artifacts: made.txt }\n"
            + "  - { name: two, run: 'cat made.txt; seq 1 20000; sleep 0.3' }\n  - { name: three, run: 'exit 3' }\n");
        var build = await Host.FinishedAsync(id);
        Assert.Equal(("failed", "passed", "passed", "failed"), ((string)build["outcome"]!, RunnerBench.OutcomeOf(build, "one"),
            RunnerBench.OutcomeOf(build, "two"), RunnerBench.OutcomeOf(build, "three")));
        Assert.EndsWith("made.txt\n# Demo\n", await Host.LogAsync(id, "one"), StringComparison.Ordinal);
        var numbers = string.Join('\n', Enumerable.Range(1, 20000));
        Assert.EndsWith($"\nmade\n{numbers}\n", await Host.LogAsync(id, "two"), StringComparison.Ordinal);
        Assert.Equal(
            "made\n", await Host.Client.GetStringAsync($"/builds/{id}/artifacts/made.txt", TestContext.Current.CancellationToken));
        // Where there are no control groups, who looks four times a second sees it too.
        var used = build["steps"]!.AsArray().Single(step => (string)step!["step"]! == "two")!["usage"]!;
        Assert.True((long)used["peakMemoryBytes"]! > 0, used.ToJsonString());
        Assert.Equal("far", await Host.ScalarAsync<string>(
            $"select data->>'runner' from pipeline.mt_events where stream_id = 'build/{id}' and type = 'build_started'"));
        await _bench.NoRowAsync();
        await runner.SaidAsync(": done");
        await Eventually.TrueAsync(
            () => Task.FromResult(!Directory.EnumerateFileSystemEntries(runner.Workspaces).Any()), "the runner keeps no workspace");
    }

    [Fact]
    public async Task a_log_is_read_while_the_step_runs_there_and_a_cancelled_build_stops_there()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var id = await _bench.PushAsync($"  - {{ name: one, run: 'echo begun; sleep {_marker}' }}\n");
        await Host.PrintedAsync(id, "one", "begun");
        Assert.Equal(200, (await Host.PostAsync($"/builds/{id}/cancel")).Status);
        await SandboxProcesses.GoneAsync(_marker);
        await runner.SaidAsync("stopped: its steps were stopped here");
    }

    [Fact]
    public async Task one_with_a_token_that_is_worth_nothing_ends_and_says_how_to_join_again()
    {
        await using var runner = await TestRunner.StartAsync(Host, token: "auxo_nothing");
        Assert.Equal(1, await runner.Ended);
        Assert.Contains("auxo runner token far", runner.Said, StringComparison.Ordinal);
        Assert.Contains("auxo runner join http://localhost/ far --token", runner.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_secret_is_given_there_and_hidden_in_the_log()
    {
        await Host.SendAsync(_bench.Told.Tracked());
        await Host.Queues.QuietAsync("pipeline");
        using (var set = await Host.Client.PutAsJsonAsync(
            "/secrets/TOKEN", new { value = "s3cr3t-value", patches = "trusted" }, TestContext.Current.CancellationToken))
            Assert.Equal(200, (int)set.StatusCode);
        await using var runner = await TestRunner.StartAsync(Host);
        var id = await _bench.PushAsync("  - { name: one, secrets: TOKEN, run: 'echo is $TOKEN; test $TOKEN = s3cr3t-value' }\n");
        Assert.Equal("passed", (string)(await Host.FinishedAsync(id))["outcome"]!);
        Assert.Equal("$ echo is $TOKEN; test $TOKEN = ***\nis ***\n", await Host.LogAsync(id, "one"));
        // One that this build is not given fails the step there as here.
        var other = await _bench.PushAsync("  - { name: one, secrets: OTHER, run: 'true' }\n");
        Assert.Equal("failed", (string)(await Host.FinishedAsync(other))["outcome"]!);
        Assert.Contains("there is no secret OTHER", await Host.LogAsync(other, "one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task steps_without_labels_run_here_while_there_is_room_and_what_a_lost_runner_had_comes_back_here()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var builds = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            builds.Add(await _bench.PushAsync(
                $"  - {{ name: step, run: 'echo begun; sleep {_marker}' }}\n", labels: "x-nothing: 1", told: _bench.Another()));
            await Host.PrintedAsync(builds[i], "step", "begun");
        }

        var runners = new List<string>();
        foreach (var build in builds) runners.Add(await Host.ScalarAsync<string>(
            $"select data->>'runner' from pipeline.mt_events where stream_id = 'build/{build}' and type = 'build_started'"));
        Assert.Equal([Environment.MachineName, Environment.MachineName, "far"], runners);
        await Host.PostAsync($"/builds/{builds[0]}/cancel");
        runner.Cable.IsCut = true;
        await Host.PrintedAsync(builds[2], "step", "runner far was lost here");
        Assert.Equal(2L, await _bench.CountAsync(builds[2], "build_started"));
        foreach (var build in builds) await Host.PostAsync($"/builds/{build}/cancel");
        await SandboxProcesses.GoneAsync(_marker);
    }

    [Fact]
    public async Task a_cut_shorter_than_the_lease_costs_nothing()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var id = await _bench.PushAsync(
            "  - { name: one, run: 'for i in $(seq 1 40); do echo line $i; sleep 0.05; done', artifacts: README.md }\n");
        await Host.PrintedAsync(id, "one", "line 5\n");
        // What was done there is done, whatever became of the answer.
        runner.Cable.LosesAnswers = true;
        await Eventually.TrueAsync(() => Task.FromResult(runner.Cable.Lost >= 2), "two answers are lost");
        runner.Cable.LosesAnswers = false;
        runner.Cable.IsCut = true;
        await Eventually.TrueAsync(() => Task.FromResult(runner.Cable.Refused >= 2), "two questions are lost");
        runner.Cable.IsCut = false;
        Assert.Equal("passed", (string)(await Host.FinishedAsync(id))["outcome"]!);
        Assert.EndsWith(
            "\n" + string.Concat(Enumerable.Range(1, 40).Select(static i => $"line {i}\n")), await Host.LogAsync(id, "one"),
            StringComparison.Ordinal);
        Assert.Equal(1L, await _bench.CountAsync(id, "build_artifact_produced"));
    }

    [Fact]
    public async Task a_restart_of_the_pipeline_does_not_disturb_what_runs_there()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var id = await _bench.PushAsync("  - { name: one, run: 'echo begun; sleep 4; echo ended' }\n");
        await Host.PrintedAsync(id, "one", "\nbegun");
        await _bench.RestartAsync(runner.Cable);
        Assert.Equal("passed", (string)(await Host.FinishedAsync(id))["outcome"]!);
        Assert.EndsWith("\nbegun\nended\n", await Host.LogAsync(id, "one"), StringComparison.Ordinal);
        Assert.Equal(1L, await _bench.CountAsync(id, "build_step_started"));
    }

    [Fact]
    public async Task what_breaks_a_runner_unforeseen_is_said_and_does_not_go_round_for_ever()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        runner.Cable.Instead = static request => At(request, "/logs/") ? Page() : null;
        var build = await Host.FinishedAsync(await _bench.PushAsync("  - { name: one, run: 'echo one' }\n"));
        Assert.Equal("errored", (string)build["outcome"]!);
        Assert.Contains("two machines were lost with this build", build.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("JsonException", build.ToJsonString(), StringComparison.Ordinal);
        await runner.SaidAsync("given back: System.Text.Json.JsonException");
        // It is as good as before.
        runner.Cable.Instead = null;
        build = await Host.FinishedAsync(await _bench.PushAsync("  - { name: one, run: 'true' }\n"));
        Assert.Equal("passed", (string)build["outcome"]!);
    }

    [Fact]
    public async Task a_page_of_a_proxy_is_no_answer_and_ends_no_lease()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var pages = 0;
        runner.Cable.Instead = request =>
            At(request, "/lease") && Interlocked.Increment(ref pages) <= 2 ? Page() : null;
        // Silent for longer than the lease.
        var id = await _bench.PushAsync("  - { name: one, run: 'sleep 4' }\n");
        Assert.Equal("passed", (string)(await Host.FinishedAsync(id))["outcome"]!);
        Assert.Equal(1L, await _bench.CountAsync(id, "build_started"));
        Assert.True(pages > 2);
    }

    [Fact]
    public async Task a_source_that_is_cut_on_its_way_is_sent_again()
    {
        await using var runner = await TestRunner.StartAsync(Host);
        var packs = 0;
        runner.Cable.Instead = request => !At(request, "/source") ? null : Interlocked.Increment(ref packs) switch
        {
            1 => Broken(),
            2 => new ByteArrayContent("PACK"u8.ToArray()),
            _ => null,
        };
        var id = await _bench.PushAsync("  - { name: one, run: 'cat README.md' }\n");
        Assert.Equal("passed", (string)(await Host.FinishedAsync(id))["outcome"]!);
        Assert.Equal((3, 1L), (packs, await _bench.CountAsync(id, "build_started")));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static bool At(HttpRequestMessage request, string part)
        => request.RequestUri!.AbsolutePath.Contains(part, StringComparison.Ordinal);

    private static StringContent Page() => new("<html>Sign in</html>");

    /// <summary>A connection that ends in the middle.</summary>
    private static StreamContent Broken()
    {
        var pipe = new Pipe();
        pipe.Writer.Complete(new IOException("cut"));
        return new StreamContent(pipe.Reader.AsStream());
    }
}
