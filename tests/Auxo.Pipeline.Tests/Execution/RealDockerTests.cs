using Auxo.Contracts;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// The same executor on a real engine, where there is one: <c>AUXO_TEST_DOCKER</c> names its socket, and it has the image
/// <c>debian:12</c>.
/// </summary>
public sealed class RealDockerTests : IDisposable
{
    private static readonly string? Socket = Environment.GetEnvironmentVariable("AUXO_TEST_DOCKER");
    private readonly Bench _bench = new(Bench.Small with { DockerSocket = Socket ?? "/no/docker.sock" });

    [Fact]
    public async Task a_step_has_its_workspace_and_neither_network_nor_rights()
    {
        Assert.SkipWhen(Socket is null, "AUXO_TEST_DOCKER names no engine");
        var workspaceFile = "";
        var (exit, log) = await _bench.RunAsync(
            Bench.Step("cat README.md; id -u", "ls /sys/class/net", "grep CapEff /proc/self/status", "echo made > made.txt")
                with { Image = "debian:12" },
            async workspace => workspaceFile = await File.ReadAllTextAsync(Path.Combine(workspace.Path, "made.txt")));
        Assert.True(exit.Outcome == Outcome.Passed, $"{exit.Reason}\n{log}");
        Assert.Contains("hello\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\n0\n", log, StringComparison.Ordinal);
        Assert.Contains("\nlo\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("eth", log, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", log, StringComparison.Ordinal);
        Assert.Equal("made\n", workspaceFile);
    }

    [Fact]
    public async Task a_command_that_fails_at_once_is_named_and_its_last_words_are_kept()
    {
        Assert.SkipWhen(Socket is null, "AUXO_TEST_DOCKER names no engine");
        var (exit, log) = await _bench.RunAsync(Bench.Step("echo last words >&2; exit 5") with { Image = "debian:12" });
        Assert.Equal((Outcome.Failed, 5), (exit.Outcome, exit.ExitCode));
        Assert.EndsWith("last words\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_takes_too_much_memory_is_ended_and_the_reason_says_so()
    {
        Assert.SkipWhen(Socket is null, "AUXO_TEST_DOCKER names no engine");
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("""x=$(head -c 400000000 /dev/zero | tr '\0' x); echo ${#x}""") with { Image = "debian:12" });
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains("it needed more than 256 MiB of memory", exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_hangs_is_killed()
    {
        Assert.SkipWhen(Socket is null, "AUXO_TEST_DOCKER names no engine");
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("trap '' TERM; while :; do :; done") with { Image = "debian:12", Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(Outcome.TimedOut, exit.Outcome);
    }

    [Fact]
    public async Task an_image_that_cannot_be_pulled_ends_the_step_in_the_engines_words()
    {
        Assert.SkipWhen(Socket is null, "AUXO_TEST_DOCKER names no engine");
        var (exit, _) = await _bench.RunAsync(Bench.Step("true") with { Image = "localhost:1/none:1" });
        Assert.Equal(Outcome.Errored, exit.Outcome);
        Assert.Contains("Docker could not run localhost:1/none:1: ", exit.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => _bench.Dispose();
}
