using System.Diagnostics;

using Auxo.Contracts;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>What runs beside a step: in the real sandbox, and its script in the smallest shell that images have.</summary>
public sealed class ServicesTests : IDisposable
{
    private static readonly StepService Slow = new(
        "slow", "echo starting; sleep 0.3; echo up > /tmp/up; echo started; sleep 600", "test -e /tmp/up", TimeSpan.FromSeconds(30));

    private readonly Bench _bench = new();

    [Fact]
    public async Task the_first_command_finds_all_services_ready_and_nothing_of_them_is_left()
    {
        var marker = Host.SandboxProcesses.Marker();
        var (exit, log) = await _bench.RunAsync(Bench.Step("cat /tmp/up") with
        {
            Services = [Slow, new StepService("quick", $"sleep {marker}", null, TimeSpan.FromSeconds(1))],
        });
        Assert.Equal((Outcome.Passed, "$ cat /tmp/up\nup\n"), (exit.Outcome, log));
        await Host.SandboxProcesses.GoneAsync(marker);
    }

    [Fact]
    public async Task what_a_service_said_is_printed_when_the_step_fails()
    {
        var (exit, log) = await _bench.RunAsync(Bench.Step("true", "false") with { Services = [Slow] });
        Assert.Equal((Outcome.Failed, 1, "command 2 of 2 (false) ended with exit code 1"), (exit.Outcome, exit.ExitCode, exit.Reason));
        Assert.EndsWith("\n--- Auxo: the last lines of the service slow:\nstarting\nstarted\n", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo broken; exit 3", "false", "the service db ended before it was ready")]
    [InlineData("echo broken; sleep 600", "false", "the service db was not ready after 1 s")]
    public async Task a_service_that_does_not_come_up_fails_the_step_before_its_first_command(string run, string ready, string reason)
    {
        var (exit, log) = await _bench.RunAsync(
            Bench.Step("echo never") with { Services = [new StepService("db", run, ready, TimeSpan.FromSeconds(1))] });
        Assert.Equal((Outcome.Failed, reason), (exit.Outcome, exit.Reason));
        Assert.Equal("--- Auxo: the last lines of the service db:\nbroken\n", log);
    }

    /// <summary>An image need not have bash.</summary>
    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public async Task the_script_is_one_for_every_shell(string shell)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_bench.Folder, shell)).FullName;
        var step = Bench.Step("cat up made/deep; echo new > made/new") with
        {
            Services = [new StepService("one", "echo up > up; sleep 2", "test -e up", TimeSpan.FromSeconds(9))],
        };
        var run = new StepRun(Guid.NewGuid(), step, null!, null!, new Dictionary<string, string>())
        {
            Caches = [new StepCacheFile("in.tar", ["made"], InHome: false) { Restores = true },
                new StepCacheFile("out.tar", ["made", "missing"], InHome: false) { Keeps = true }],
        };
        Directory.CreateDirectory(Path.Combine(folder, "made"));
        await File.WriteAllTextAsync(Path.Combine(folder, "made", "deep"), "kept\n", TestContext.Current.CancellationToken);
        Assert.Equal("", await RunAsync("tar", "-C", folder, "-cf", Path.Combine(folder, "in.tar"), "made"));
        Directory.Delete(Path.Combine(folder, "made"), recursive: true);
        var script = StepScript.Write(
            step.Commands, new Dictionary<string, string> { ["HOME"] = folder }, folder, ["exec 4>/dev/null"], StepSetUp.Of(run, folder));
        Assert.EndsWith("\nup\nkept\n", await RunAsync("setsid", "-w", shell, "-c", script), StringComparison.Ordinal);
        Assert.Equal("made/\nmade/deep\nmade/new\n",
            string.Concat((await RunAsync("tar", "-tf", Path.Combine(folder, "out.tar"))).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal).Select(static line => line + "\n")));
        Assert.False(File.Exists(Path.Combine(folder, "in.tar")));
    }

    public void Dispose() => _bench.Dispose();

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        // What it leaves running keeps no pipe of ours: its output is a file.
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
