using Auxo.Contracts;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// The Engine API as spoken, against <see cref="FakeEngine"/>. That a container holds a step in is the engine's to prove.
/// </summary>
public sealed class DockerTests : IAsyncLifetime
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"auxo-docker-{Guid.NewGuid().ToString("N")[..8]}.sock");
    private readonly FakeEngine _engine;
    private readonly Bench _bench;

    public DockerTests()
    {
        _engine = new FakeEngine(_socket);
        _bench = new Bench(Bench.Small with { DockerSocket = _socket });
    }

    public async ValueTask InitializeAsync() => await _engine.StartAsync();

    [Fact]
    public async Task a_step_runs_in_a_container_without_network_rights_and_image_user()
    {
        var step = Bench.Step("echo out; echo err >&2", "cat README.md") with { Image = "debian:12" };
        var (exit, log) = await _bench.RunAsync(step);
        Assert.Equal((Outcome.Passed, 0), (exit.Outcome, exit.ExitCode));
        Assert.Contains("$ cat README.md\n", log, StringComparison.Ordinal);
        Assert.Contains("hello\n", log, StringComparison.Ordinal);
        await _bench.Executors.DisposeAsync();
        Assert.Equal(["create", "attach", "start", "wait", "remove"], _engine.Calls);
        var host = _engine.Spec.GetProperty("HostConfig");
        Assert.Equal("none", host.GetProperty("NetworkMode").GetString());
        Assert.Equal("ALL", host.GetProperty("CapDrop")[0].GetString());
        Assert.Equal("no-new-privileges", host.GetProperty("SecurityOpt")[0].GetString());
        Assert.Equal((256 << 20, 64), (host.GetProperty("Memory").GetInt64(), host.GetProperty("PidsLimit").GetInt32()));
        Assert.DoesNotMatch("^0:", _engine.Spec.GetProperty("User").GetString());
        // Variables come with the script: what the engine is asked for can be read by everybody who may ask it.
        Assert.DoesNotContain("c0ffee", _engine.Spec.ToString(), StringComparison.Ordinal);
        Assert.Equal([], Directory.GetDirectories(_bench.Layout.Steps));
    }

    [Fact]
    public async Task a_step_that_gets_a_network_has_the_engines()
    {
        await _bench.RunAsync(Bench.Step("true") with { Image = "debian:12" }, hasNetwork: true);
        Assert.Equal("bridge", _engine.Spec.GetProperty("HostConfig").GetProperty("NetworkMode").GetString());
    }

    [Fact]
    public async Task where_the_containers_are_none_of_this_machine_a_step_runs_without_the_registry_and_its_log_says_so()
    {
        var registry = new StepRegistry("auxo_build_a.b", [new("npm", "npm")], _bench.Layout.StepSocket!, static () => null);
        var (exit, log) = await _bench.RunAsync(
            Bench.Step("env | grep -c REGISTRY || true", "ls ~/.npmrc 2>/dev/null || echo no-file") with { Image = "debian:12" },
            registry: registry);
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.StartsWith(
            "--- Auxo: the step cannot reach the registry: the engine's processes are none of this machine's\n", log,
            StringComparison.Ordinal);
        Assert.Contains("\n0\n", log, StringComparison.Ordinal);
        Assert.EndsWith("no-file\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_failing_command_is_named_as_in_the_sandbox()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("true", "exit 5") with { Image = "debian:12" });
        Assert.Equal((Outcome.Failed, 5, "command 2 of 2 (exit 5) ended with exit code 5"), (exit.Outcome, exit.ExitCode, exit.Reason));
    }

    [Fact]
    public async Task a_missing_image_is_pulled_once()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("true") with { Image = "registry.example:5000/tool" });
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("--- pulling registry.example:5000/tool\n", log, StringComparison.Ordinal);
        Assert.Contains("pull registry.example:5000/tool:latest", _engine.Calls);
    }

    [Fact]
    public async Task an_image_that_does_not_exist_is_the_engines_word()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("true") with { Image = "bad/image" });
        Assert.Equal((Outcome.Errored, "Docker could not run bad/image: manifest unknown"), (exit.Outcome, exit.Reason));
    }

    [Fact]
    public async Task what_the_engine_refuses_is_said_in_its_words()
    {
        _engine.Refusal = "invalid mount config";
        var (exit, _) = await _bench.RunAsync(Bench.Step("true") with { Image = "debian:12" });
        Assert.Equal((Outcome.Errored, "Docker could not run debian:12: invalid mount config (HTTP 400)"), (exit.Outcome, exit.Reason));
    }

    [Fact]
    public async Task a_container_that_hangs_is_asked_then_killed_and_removed()
    {
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("trap '' TERM; while :; do :; done") with { Image = "debian:12", Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(Outcome.TimedOut, exit.Outcome);
        await _bench.Executors.DisposeAsync();
        Assert.Equal(["exec", "kill SIGKILL", "remove"], _engine.Calls.Where(
            static c => c.StartsWith("kill", StringComparison.Ordinal) || c is "remove" or "exec"));
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _bench.Dispose();
    }
}
