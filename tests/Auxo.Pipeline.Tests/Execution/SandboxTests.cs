using System.Net;
using System.Net.Sockets;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>Real processes in the real sandbox of this machine; where there is none the tests skip and say why.</summary>
public sealed class SandboxTests : IDisposable
{
    private readonly Bench _bench = new();

    [Fact]
    public async Task commands_run_in_one_shell_and_are_printed_before_they_run()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("cd /tmp", "X=1", "echo \"$X $PWD\""));
        Assert.Equal((Outcome.Passed, 0, null), (exit.Outcome, exit.ExitCode, exit.Reason));
        Assert.Equal("$ cd /tmp\n$ X=1\n$ echo \"$X $PWD\"\n1 /tmp\n", log);
    }

    [Theory]
    [InlineData("false; echo never", 1)]
    [InlineData("(exit 42)", 42)]
    [InlineData("set +e; false", 1)]
    [InlineData("false | true", 1)]
    [InlineData("echo $UNSET_VARIABLE", 1)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("no-such-program", 127)]
    [InlineData("if then", 2)]
    public async Task the_first_failure_ends_the_step_and_is_named(string command, int code)
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("true", command, "echo third"));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Equal(code, exit.ExitCode);
        Assert.Equal($"command 2 of 3 ({command}) ended with exit code {code}", exit.Reason);
        Assert.DoesNotContain("third", log, StringComparison.Ordinal);
        Assert.DoesNotContain("never", log.Replace(command, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_command_of_many_lines_is_shown_as_one()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("for i in 1 2; do\n  echo \"it's $i\"\ndone\n"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Equal("$ for i in 1 2; do\n>   echo \"it's $i\"\n> done\nit's 1\nit's 2\n", log);
    }

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

    [Theory]
    [InlineData("1A")]
    [InlineData("A-B")]
    [InlineData("UID")]
    public async Task a_variable_that_no_shell_takes_is_refused(string name)
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("true") with { Environment = new Dictionary<string, string> { [name] = "x" } });
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.Contains(name, exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_workspace_is_writable_and_what_is_written_stays_for_the_next_step()
    {
        var (exit, _) = await _bench.RunAsync(
            Bench.Step("echo made > out.txt") with { WorkingDirectory = "sub" });
        Assert.Equal((Outcome.Failed, "the working directory 'sub' is not in the workspace"), (exit.Outcome, exit.Reason));

        (exit, var log) = await _bench.RunAsync(
            Bench.Step("cat README.md", "mkdir sub", "echo made > sub/out.txt", "id -u"),
            afterwards: static workspace =>
            {
                Assert.Equal("made\n", File.ReadAllText(Path.Combine(workspace.Path, "sub", "out.txt")));
                return Task.CompletedTask;
            });
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("hello\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("\n0\n", log, StringComparison.Ordinal);
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
    public async Task a_gigabyte_of_output_is_cut_with_a_line_that_says_so_and_the_step_goes_on()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("head -c 1G /dev/zero", "true"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.InRange(log.Length, 1 << 20, (1 << 20) + 200);
        Assert.EndsWith("\n--- the log is cut here: it may have 1024 KiB. The step goes on, the rest of its output is dropped.\n",
            log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task binary_output_is_kept_byte_for_byte()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("printf '\\377\\376\\000\\001\\033[31m'"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.EndsWith("\u00FF\u00FE\0\u0001\u001B[31m", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_hangs_is_stopped_in_time_with_all_it_started()
    {
        var (exit, log) = await _bench.RunAsync(
            Bench.Step("trap '' TERM; (trap '' TERM; sleep 1000) & while :; do sleep 1000; done") with { Timeout =
                TimeSpan.FromSeconds(2) });
        Assert.Equal(Outcome.TimedOut, exit.Outcome);
        Assert.Null(exit.ExitCode);
        Assert.StartsWith("stopped after its 2 seconds, in command 1 of 1", exit.Reason, StringComparison.Ordinal);
        Assert.StartsWith("$ trap", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_cancelled_step_is_asked_first_and_may_tidy_up()
    {
        using var bench = new Bench(Bench.Small with { Grace = TimeSpan.FromMinutes(5) });
        using var cancel = new CancellationTokenSource();
        var step = Bench.Step("trap 'echo tidied; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        var running = bench.RunAsync(step, ct: cancel.Token);
        await Eventually.TrueAsync(
            () => Task.FromResult(Directory.Exists(bench.Layout.BuildLogs)
                && Directory.EnumerateFiles(bench.Layout.BuildLogs, "*.log", SearchOption.AllDirectories)
                    .Any(f => File.ReadAllText(f).Contains("\nready", StringComparison.Ordinal))),
            "the step is ready");
        await cancel.CancelAsync();
        var (exit, log) = await running;
        Assert.Equal(Outcome.Cancelled, exit.Outcome);
        Assert.Contains("\ntidied\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_step_leaves_in_the_background_does_not_outlive_it()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step("setsid sleep 1000 &", "nohup sleep 1000 >/dev/null 2>&1 &", "echo done"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
    }

    [Fact]
    public async Task a_step_cannot_forge_another_result_through_the_progress_channel()
    {
        var (exit, _) = await _bench.RunAsync(Bench.Step(
            "for p in /proc/[0-9]*/fd/*; do case $p in */0|*/1|*/2) ;; *) [ -p $p ] && (echo 'command 99'; echo "
                + "'{\"child-pid\":1}'; head -c 100000 /dev/zero) > $p || true ;; esac; done; exit 5"));
        Assert.Equal((Outcome.Failed, 5), (exit.Outcome, exit.ExitCode));
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
