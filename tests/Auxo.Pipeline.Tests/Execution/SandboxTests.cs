using System.Net;
using System.Net.Sockets;

using Auxo.Contracts;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// What the namespace sandbox of this machine holds in, beyond what every executor does (<see cref="ExecutorContract"/>); where there
/// is none the tests skip and say why.
/// </summary>
public sealed class SandboxTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task the_environment_is_clear_but_for_what_the_step_is_told()
    {
        Environment.SetEnvironmentVariable("RAD_HOME", "/root/.radicle");
        var step = Bench.Step("env") with { Environment = new Dictionary<string,
            string> { ["GREETING"] = "it's\na 'quoted' $HOME", ["LD_PRELOAD"] = "/workspace/x.so" } };
        var (exit, log) = await _bench.RunAsync(step);
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("CI=true\n", log, StringComparison.Ordinal);
        Assert.Contains("AUXO_COMMIT=c0ffee\n", log, StringComparison.Ordinal);
        Assert.Contains("GREETING=it's\na 'quoted' $HOME\n", log, StringComparison.Ordinal);
        Assert.Contains("HOME=/home/step\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("RAD_HOME", log, StringComparison.Ordinal);
        Assert.DoesNotContain("AUXO_FIXTURES", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_system_is_read_only_and_nothing_else_of_the_host_is_there()
    {
        var key = Path.Combine(_bench.Folder, "radicle-key");
        await File.WriteAllTextAsync(key, "SECRET", CancellationToken.None);
        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_100);
        var (exit, log) = await _bench.RunAsync(Bench.Step(
            $"cat {key} || true", $"ls {_bench.Layout.Home} || true", "touch /usr/x /etc/x /x /dev/x 2>&1 || true",
            "ls -d /root /home/* /var/* /srv /sys 2>&1 || true",
            "ls /proc/1/root/ 2>&1 || true", "tr '\\0' ' ' < /proc/1/cmdline; ls -d /proc/[0-9]*",
            "id -G; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status", "ls -l /proc/self/fd"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.DoesNotContain("SECRET", log, StringComparison.Ordinal);
        Assert.Equal(4, log.Split("touch: cannot touch").Length - 1);
        Assert.DoesNotContain("/home/root", log, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", log, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", log, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", log, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", log, StringComparison.Ordinal);
        // The first process, the shell and the command itself: none of the host's.
        Assert.True(log.Split("\n/proc/").Length - 1 <= 5, log);
        Assert.DoesNotContain("socket:", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_network_is_out_of_reach()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var (exit, log) = await _bench.RunAsync(Bench.Step(
            $"(exec 5<>/dev/tcp/127.0.0.1/{port}) 2>&1 || echo no-loopback",
            "(exec 5<>/dev/tcp/1.1.1.1/53) 2>&1 || echo no-internet", "cat /proc/net/dev | grep -c : || true"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("no-loopback", log, StringComparison.Ordinal);
        Assert.Contains("no-internet", log, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task new_namespaces_mounts_and_keys_are_refused()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step(
            "unshare -Ur true 2>&1 || echo no-userns", "unshare -m true 2>&1 || echo no-mountns",
            "mount -t tmpfs none /tmp 2>&1 || echo no-mount", "true & wait"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("\nno-userns", log, StringComparison.Ordinal);
        Assert.Contains("\nno-mountns", log, StringComparison.Ordinal);
        Assert.Contains("\nno-mount", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_forks_without_end_is_stopped()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("bomb() { bomb | bomb & }; bomb; sleep 1000"));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains("more than 64 processes", exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_takes_all_memory_is_stopped()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("head -c 2G /dev/zero | tail -c 1G > /dev/null"));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains("memory", exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_fills_the_disk_is_stopped()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("i=0; while :; do head -c 4M /dev/zero > f$i; i=$((i+1)); done"));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains("workspace grew beyond 16 MiB", exit.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("head -c 9M /dev/zero > big", "a file grew beyond 8 MiB")]
    [InlineData("i=0; while head -c 4M /dev/zero > /tmp/f$i; do i=$((i+1)); done; exit 9", "exit code 9")]
    [InlineData("i=0; while head -c 4M /dev/zero > ~/f$i; do i=$((i+1)); done; exit 9", "exit code 9")]
    [InlineData("i=0; while head -c 4M /dev/zero > /dev/shm/f$i; do i=$((i+1)); done; exit 9", "exit code 9")]
    public async Task files_and_temporary_folders_have_their_sizes(string command, string reason)
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step(command));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains(reason, exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task steps_run_beside_each_other()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => new Bench()).Select(static async bench =>
        {
            using (bench) return await bench.RunAsync(Bench.Step("echo one", "exit 7"));
        }));
        Assert.All(runs, static run => Assert.Equal(7, run.Exit.ExitCode));
    }

    public void Dispose() => _bench.Dispose();
}
