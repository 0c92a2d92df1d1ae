using Auxo.Contracts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Tests.Execution.RegistryAccess;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>What containers of a real engine hold in, beyond what every executor does (<see cref="ExecutorContract"/>).</summary>
public sealed class RealDockerTests : IDisposable
{
    private readonly Bench _bench = new(RealDocker.Settings);

    [Fact]
    public async Task a_step_has_its_workspace_and_neither_network_nor_rights()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        var workspaceFile = "";
        var (exit, log) = await _bench.RunAsync(
            Bench.Step("cat README.md; id -u", "ls /sys/class/net", "grep CapEff /proc/self/status", "echo made > made.txt")
                with { Image = RealDocker.Image },
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
    public async Task a_step_reaches_the_registry_and_nothing_else()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may listen on the loopback of a container");
        await using var server = await SocketServer.StartAsync(_bench.Layout);
        var registry = new StepRegistry("auxo_build_a.b", [new("npm", "npm")], _bench.Layout.StepSocket!, static () => null);
        var (exit, log) = await _bench.RunAsync(
            Bench.Step(
                "exec 3<>/dev/tcp/127.0.0.1/881",
                "printf 'GET /raw/a HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nAuthorization: Bearer %s\\r\\n\\r\\n' "
                    + "\"$AUXO_REGISTRY_TOKEN\" >&3; cat <&3",
                "ls /sys/class/net | wc -l; head -1 ~/.npmrc") with { Image = RealDocker.Image }, registry: registry);
        Assert.True(exit.Outcome == Outcome.Passed, $"{exit.Reason}\n{log}");
        Assert.Contains("/raw/a for Bearer auxo_build_a.b\n", log, StringComparison.Ordinal);
        Assert.EndsWith("\n1\nregistry=http://127.0.0.1:881/npm/npm/\n", log, StringComparison.Ordinal);

        (exit, log) = await _bench.RunAsync(
            Bench.Step("(exec 5<>/dev/tcp/127.0.0.1/881) 2>/dev/null || echo closed") with { Image = RealDocker.Image });
        Assert.True(exit.Outcome == Outcome.Passed && log.EndsWith("\nclosed\n", StringComparison.Ordinal), log);
    }

    [Fact]
    public async Task a_step_that_takes_too_much_memory_is_ended_and_the_reason_says_so()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("""x=$(head -c 400000000 /dev/zero | tr '\0' x); echo ${#x}""") with { Image = RealDocker.Image });
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains("it needed more than 256 MiB of memory", exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_image_that_cannot_be_pulled_ends_the_step_in_the_engines_words()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        var (exit, _) = await _bench.RunAsync(Bench.Step("true") with { Image = "localhost:1/none:1" });
        Assert.Equal(Outcome.Errored, exit.Outcome);
        Assert.Contains("Docker could not run localhost:1/none:1: ", exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_service_with_an_image_is_found_by_its_name_and_is_gone_with_the_step()
    {
        var marker = Host.SandboxProcesses.Marker();
        var service = new StepService(
            "db", $"test \"$GREETING\" = hello; test ! -e /workspace/README.md; echo up > /up; echo started; sleep {marker}",
            "test -e /up", TimeSpan.FromSeconds(30))
        {
            Image = RealDocker.Image, Environment = new Dictionary<string, string> { ["GREETING"] = "hello" },
        };
        var (exit, log) = await RunAsync(Bench.Step("grep -w db /etc/hosts", "ls /sys/class/net", "id -u") with { Services = [service] });
        Assert.True(exit.Outcome == Outcome.Passed, $"{exit.Reason}\n{log}");
        Assert.Contains("127.0.0.1\tdb\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("eth", log, StringComparison.Ordinal);
        Assert.DoesNotContain("started", log, StringComparison.Ordinal);
        await Host.SandboxProcesses.GoneAsync(marker);
        await _bench.Executors.DisposeAsync();
        Assert.Equal([], await RealDocker.ContainersAsync(_bench.Layout.Home));
    }

    [Fact]
    public async Task a_port_is_waited_for_on_the_loopback_that_step_and_service_share()
    {
        // What listens is in the step's container of this test's own making: bash cannot listen, perl can.
        const string Listen = """
            perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 7654, Listen => 1) or die $!;
            while ($c = $s->accept) { print $c "hello from the service\n"; close $c }'
            """;
        var service = new StepService("web", Listen, null, TimeSpan.FromSeconds(30)) { Image = RealDocker.Image, Port = 7654 };
        var (exit, log) = await RunAsync(Bench.Step("exec 3<>/dev/tcp/web/7654; cat <&3") with { Services = [service] });
        Assert.True(exit.Outcome == Outcome.Passed, $"{exit.Reason}\n{log}");
        Assert.EndsWith("\nhello from the service\n", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo broken; exit 3", "the service db ended before it was ready")]
    [InlineData("echo broken; sleep 600", "the service db was not ready after 1 s")]
    public async Task a_service_with_an_image_that_does_not_come_up_fails_the_step_with_its_last_words(string run, string reason)
    {
        var service = new StepService("db", run, null, TimeSpan.FromSeconds(1)) { Image = RealDocker.Image, Port = 5432 };
        var (exit, log) = await RunAsync(Bench.Step("echo never") with { Services = [service] });
        Assert.Equal((Outcome.Failed, reason), (exit.Outcome, exit.Reason));
        Assert.Equal("--- Auxo: the last lines of the service db:\nbroken\n", log);
    }

    [Fact]
    public async Task a_container_waits_for_the_next_step_of_a_trusted_author_and_is_used_once()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        var workspace = await _bench.Workspaces.PrepareAsync(
            _bench.Source, _bench.Commit(("a", "hello\n")), Guid.NewGuid(), CancellationToken.None);
        var next = Bench.Step("true") with { Image = RealDocker.Image };
        await _bench.Executors.PrepareAsync(next, Trust.Stranger, workspace.Path, CancellationToken.None);
        Assert.Equal([], await RealDocker.ContainersAsync(_bench.Layout.Home));
        await _bench.Executors.PrepareAsync(next, Trust.Trusted, workspace.Path, CancellationToken.None);
        await Eventually.TrueAsync(async () => await RealDocker.ContainersAsync(_bench.Layout.Home) is ["none"], "one waits");
        var (first, one) = await _bench.RunInAsync(workspace, Bench.Step("cat a; hostname; touch /tmp/x /var/tmp/x; echo 1 > n")
            with { Image = RealDocker.Image });
        var (second, other) = await _bench.RunInAsync(workspace, Bench.Step("cat n; hostname; ls /tmp /var/tmp")
            with { Image = RealDocker.Image });
        Assert.True((first.Outcome, second.Outcome) == (Outcome.Passed, Outcome.Passed), $"{first.Reason} {second.Reason}\n{one}\n{other}");
        var (before, after) = (one.TrimEnd().Split('\n'), other.TrimEnd().Split('\n'));
        Assert.Equal("hello", before[1]);
        Assert.Equal("1", after[1]);
        Assert.NotEqual(before[2], after[2]);
        Assert.Equal(["/tmp:", "", "/var/tmp:"], after[3..]);

        await _bench.Executors.PrepareAsync(next, Trust.Trusted, workspace.Path, CancellationToken.None);
        await _bench.Executors.LeaveAsync(workspace.Path);
        await workspace.DisposeAsync();
        await _bench.Executors.DisposeAsync();
        Assert.Equal([], await RealDocker.ContainersAsync(_bench.Layout.Home));
        Assert.Equal([], Directory.GetDirectories(_bench.Layout.Steps).Where(static f => Guid.TryParse(Path.GetFileName(f), out _)));
    }

    [Fact]
    public async Task what_a_killed_Auxo_left_is_removed_at_the_next_start_and_that_of_others_stays()
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        using var other = new Bench(RealDocker.Settings);
        foreach (var home in (string[])[_bench.Layout.Home, other.Layout.Home]) await RealDocker.LeaveAsync(home);
        Assert.Equal(1, await _bench.Executors.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal([], await RealDocker.ContainersAsync(_bench.Layout.Home));
        Assert.Equal(1, await other.Executors.SweepAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task a_step_has_nothing_of_the_engine_and_cannot_write_its_own_script()
    {
        var (exit, log) = await RunAsync(Bench.Step(
            "ls -a /run/auxo; touch /run/auxo/x 2>&1 || echo read-only", "ls /var/run/docker.sock 2>&1 || true",
            "cat /proc/1/environ | tr '\\0' '\\n'"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("\nread-only\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\n/var/run/docker.sock\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("AUXO_COMMIT=", log, StringComparison.Ordinal);
    }

    public void Dispose() => _bench.Dispose();

    private Task<(StepExit Exit, string Log)> RunAsync(
        CommandStep step, bool isTrusted = false)
    {
        Assert.SkipWhen(RealDocker.WhyNot is not null, RealDocker.WhyNot ?? "");
        return _bench.RunAsync(step with { Image = RealDocker.Image }, isTrusted: isTrusted);
    }
}
