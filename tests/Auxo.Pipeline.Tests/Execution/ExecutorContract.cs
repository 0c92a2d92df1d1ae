using Auxo.Contracts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Workspaces;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>
/// What every executor promises (docs/executors.md), tried with real processes. One class for each executor runs all of it, and skips,
/// with the reason, where this machine has none.
/// </summary>
public abstract class ExecutorContract : IDisposable
{
    private protected ExecutorContract(ExecutionSettings? settings = null) => Bench = new Bench(settings);

    private protected Bench Bench { get; }

    /// <summary>The image of its steps; null for none.</summary>
    private protected virtual string? Image => null;

    /// <summary>Null for the one that this machine chooses.</summary>
    private protected virtual IStepExecutor? Executor => null;

    /// <summary>False for what only looks for a step's processes: one that hides itself gets away.</summary>
    private protected virtual bool HoldsProcesses => true;

    /// <summary>Why it cannot be tried here; null when it can.</summary>
    private protected virtual string? WhyNot => null;

    [Fact]
    public async Task commands_run_in_one_shell_and_are_printed_before_they_run()
    {
        var (exit, log) = await RunAsync(Step("cd /tmp", "X=1", "echo \"$X $PWD\""));
        Assert.Equal((Outcome.Passed, 0, null), (exit.Outcome, exit.ExitCode, exit.Reason));
        Assert.Equal("$ cd /tmp\n$ X=1\n$ echo \"$X $PWD\"\n1 /tmp\n", log);
    }

    [Fact]
    public async Task a_command_of_many_lines_is_shown_as_one()
    {
        var (exit, log) = await RunAsync(Step("for i in 1 2; do\n  echo \"it's $i\"\ndone\n"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Equal("$ for i in 1 2; do\n>   echo \"it's $i\"\n> done\nit's 1\nit's 2\n", log);
    }

    [Theory]
    [InlineData("false; echo never", 1)]
    [InlineData("(exit 42)", 42)]
    [InlineData("exit 255", 255)]
    [InlineData("set +e; false", 1)]
    [InlineData("false | true", 1)]
    [InlineData("echo $UNSET_VARIABLE", 1)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("no-such-program", 127)]
    [InlineData("if then", 2)]
    public async Task the_first_failure_ends_the_step_and_is_named(string command, int code)
    {
        var (exit, log) = await RunAsync(Step("true", command, "echo third"));
        Assert.Equal((Outcome.Failed, code), (exit.Outcome, exit.ExitCode));
        Assert.Equal($"command 2 of 3 ({command}) ended with exit code {code}", exit.Reason);
        Assert.DoesNotContain("third", log, StringComparison.Ordinal);
        Assert.DoesNotContain("never", log.Replace(command, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_printed_stays_in_order_whichever_way_it_takes()
    {
        var (exit, log) = await RunAsync(Step("i=0; while [ $i -lt 300 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        var expected = string.Concat(Enumerable.Range(0, 300).Select(static i => $"o{i}\ne{i}\n"));
        Assert.Equal(expected, log[(log.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    [Fact]
    public async Task what_is_printed_is_kept_byte_for_byte_and_its_last_words_too()
    {
        var (exit, log) = await RunAsync(Step("printf '\\377\\376\\000\\001\\033[31m\\001'; printf '\\001end' >&2"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.EndsWith("\u00FF\u00FE\0\u0001\u001B[31m\u0001\u0001end", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task endless_output_is_cut_with_a_line_that_says_so_and_the_step_goes_on()
    {
        var (exit, log) = await RunAsync(Step("head -c 30M /dev/zero", "true"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.InRange(log.Length, 1 << 20, (1 << 20) + 200);
        Assert.EndsWith("\n--- the log is cut here: it may have 1024 KiB. The step goes on, the rest of its output is dropped.\n",
            log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_script_may_be_long()
    {
        var (exit, log) = await RunAsync(Step($"x='{new string('y', 300_000)}'; echo ${{#x}}"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.EndsWith("\n300000\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_workspace_is_writable_and_what_is_written_stays_for_the_next_step()
    {
        var (exit, log) = await RunAsync(
            Step("cat README.md", "mkdir sub", "echo made > sub/out.txt", "chmod 0 sub/out.txt; chmod 700 sub/out.txt"),
            afterwards: static workspace =>
            {
                Assert.Equal("made\n", File.ReadAllText(Path.Combine(workspace.Path, "sub", "out.txt")));
                return Task.CompletedTask;
            });
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("hello\n", log, StringComparison.Ordinal);

        (exit, _) = await RunAsync(Step("echo never") with { WorkingDirectory = "sub" });
        Assert.Equal((Outcome.Failed, "the working directory 'sub' is not in the workspace"), (exit.Outcome, exit.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1A")]
    [InlineData("A-B")]
    [InlineData("A B")]
    [InlineData("A\n")]
    [InlineData("A=B")]
    [InlineData("BASH_FUNC_ls%%")]
    [InlineData("x;touch /tmp/owned")]
    [InlineData("UID")]
    public async Task a_variable_that_no_shell_takes_is_refused(string name)
    {
        var (exit, log) = await RunAsync(Step("true") with { Environment = new Dictionary<string, string> { [name] = "x" } });
        Assert.Equal((Outcome.Failed, ""), (exit.Outcome, log));
        Assert.Contains(name, exit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_a_variable_holds_is_text_and_runs_nothing()
    {
        const string Hostile = "it's\na 'quoted' $HOME $(echo ran) `echo ran` \\ \"\u00E9";
        var (exit, log) = await RunAsync(Step("printf '%s|' \"$GREETING\" \"$IFS_LIKE\" \"$AUXO_COMMIT\"") with
        {
            Environment = new Dictionary<string, string>
            {
                ["GREETING"] = Hostile, ["IFS_LIKE"] = "", ["BASH_ENV"] = "/workspace/README.md", ["ENV"] = "/workspace/README.md",
                ["PS4"] = "$(echo ran)", ["AUXO_COMMIT"] = "forged",
            },
        });
        Assert.Equal(Outcome.Passed, exit.Outcome);
        var bytes = string.Concat(System.Text.Encoding.UTF8.GetBytes(Hostile).Select(static b => (char)b));
        Assert.EndsWith($"\n{bytes}||c0ffee|", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task nothing_of_Auxos_own_environment_is_there()
    {
        Environment.SetEnvironmentVariable("RAD_HOME", "/root/.radicle");
        var (exit, log) = await RunAsync(Step("env"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.Contains("CI=true\n", log, StringComparison.Ordinal);
        Assert.Contains("AUXO_COMMIT=c0ffee\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("RAD_HOME", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task of_a_script_of_several_lines_no_single_one_is_blamed()
    {
        var (exit, _) = await RunAsync(Step("echo well\ntrue\nexit 3\n"));
        Assert.Equal("command 1 of 1 (echo well and 2 more lines) ended with exit code 3", exit.Reason);
        (exit, _) = await RunAsync(Step("exit 4"));
        Assert.Equal("command 1 of 1 (exit 4) ended with exit code 4", exit.Reason);
    }

    [Fact]
    public async Task a_step_that_hangs_is_stopped_in_time_with_all_it_started()
    {
        var marker = Host.SandboxProcesses.Marker();
        var (exit, log) = await RunAsync(
            Step($"trap '' TERM; (trap '' TERM; sleep {marker}) & while :; do sleep 1000; done") with
            {
                Timeout = TimeSpan.FromSeconds(2),
            });
        Assert.Equal((Outcome.TimedOut, null), (exit.Outcome, exit.ExitCode));
        Assert.StartsWith("stopped after its 2 seconds, in command 1 of 1", exit.Reason, StringComparison.Ordinal);
        Assert.StartsWith("$ trap", log, StringComparison.Ordinal);
        await Host.SandboxProcesses.GoneAsync(marker);
    }

    [Fact]
    public async Task a_cancelled_step_is_asked_first_with_all_its_processes_and_may_tidy_up()
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync(
            Step("(trap 'echo child tidied; exit 3' TERM; while :; do sleep 0.05; done) & trap 'wait; echo tidied; exit 3' TERM; "
                + "echo ready; while :; do sleep 0.05; done"), ct: cancel.Token);
        await ReadyAsync(running);
        await cancel.CancelAsync();
        var (exit, log) = await running;
        Assert.Equal((Outcome.Cancelled, null), (exit.Outcome, exit.ExitCode));
        Assert.Contains("\nchild tidied\n", log, StringComparison.Ordinal);
        Assert.EndsWith("\ntidied\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_step_that_is_cancelled_before_it_begins_does_not_begin()
    {
        var (exit, log) = await RunAsync(Step("echo never"), ct: new CancellationToken(canceled: true));
        Assert.Equal((Outcome.Cancelled, ""), (exit.Outcome, log));
    }

    [Fact]
    public async Task what_a_step_leaves_in_the_background_does_not_outlive_it()
    {
        var marker = Host.SandboxProcesses.Marker();
        var hidden = HoldsProcesses ? $"setsid sleep {marker} >/dev/null 2>&1 & setsid -f sleep {marker} >/dev/null 2>&1" : "true";
        var (exit, _) = await RunAsync(Step(
            $"nohup sleep {marker} >/dev/null 2>&1 &", $"sleep {marker} &", hidden,
            // Until one runs: a command that has only been forked has no name yet. The pattern does not find itself.
            $"until grep -qsz '[9]{marker[1..]}' /proc/[0-9]*/cmdline; do sleep 0.01; done", "echo done"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        await Host.SandboxProcesses.GoneAsync(marker);
    }

    [Fact]
    public async Task a_step_cannot_make_itself_another_result()
    {
        // Without a sandbox, the parent is this test.
        var parent = HoldsProcesses ? "/proc/$PPID/fd/*" : "";
        var (exit, _) = await RunAsync(Step(
            $"for p in /proc/$$/fd/* {parent}; do case $p in */0|*/1|*/2) ;; *) [ -p $p ] && (echo 'command 99'; echo "
                + "'{\"child-pid\":1}'; head -c 30000 /dev/zero) > $p || true ;; esac; done; printf '\\001\\nend 0\\n'; exit 5"));
        Assert.Equal(Outcome.Failed, exit.Outcome);
        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task what_a_step_takes_is_counted()
    {
        var (exit, _) = await RunAsync(Step(
            // Work of a known size at least, and then a wait, so that who only looks now and then sees it.
            "x=$(head -c 20000000 /dev/zero | tr '\\0' x); i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo ${#x}; sleep 0.3"));
        Assert.Equal(Outcome.Passed, exit.Outcome);
        Assert.NotNull(exit.Usage);
        Assert.InRange(exit.Usage.Processor!.Value, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));
        Assert.InRange(exit.Usage.PeakMemoryBytes!.Value, 20_000_000, 256L << 20);
    }

    public virtual void Dispose()
    {
        Bench.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected CommandStep Step(params string[] commands) => Bench.Step(commands) with { Image = Image };

    private protected Task<(StepExit Exit, string Log)> RunAsync(
        CommandStep step, Func<Workspace, Task>? afterwards = null, CancellationToken ct = default)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        return Bench.RunAsync(step, afterwards, executor: Executor, ct: ct);
    }

    private async Task ReadyAsync(Task running)
    {
        await Eventually.TrueAsync(
            () => Task.FromResult(running.IsCompleted || Directory.Exists(Bench.Layout.BuildLogs)
                && Directory.EnumerateFiles(Bench.Layout.BuildLogs, "*.log", SearchOption.AllDirectories)
                    .Any(static f => File.ReadAllText(f).Contains("\nready", StringComparison.Ordinal))),
            "the step is ready");
        if (running.IsCompleted) await running;
    }
}

/// <summary>The namespace sandbox.</summary>
public sealed class SandboxContractTests() : ExecutorContract(Bench.Small with { Grace = TimeSpan.FromSeconds(3) });

/// <summary>No sandbox. It is refused for root (<see cref="ExecutorChoiceTests"/>); these commands are our own.</summary>
public sealed class HostContractTests : ExecutorContract
{
    private readonly StepLauncher _launcher = new();

    public HostContractTests() : base(Bench.Small with { Grace = TimeSpan.FromSeconds(3) })
        => Executor = new HostExecutor(Bench.Layout, Bench.Settings, _launcher, TimeProvider.System);

    private protected override IStepExecutor Executor { get; }

    private protected override bool HoldsProcesses => false;

    public override void Dispose()
    {
        base.Dispose();
        _launcher.Dispose();
    }
}

/// <summary>A real engine, where there is one.</summary>
public sealed class DockerContractTests() : ExecutorContract(RealDocker.Settings with { Grace = TimeSpan.FromSeconds(3) })
{
    private protected override string Image => RealDocker.Image;

    private protected override string? WhyNot => RealDocker.WhyNot;
}
