using System.Runtime.InteropServices;

using Auxo.Instances;

namespace Auxo.Hosting.Tests;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task a_child_that_ignores_the_request_to_end_is_killed_when_the_limit_has_passed()
    {
        var ready = new TaskCompletionSource();
        using var child = ChildProcess.Start(
            new ChildProcessStart("bash", ["-c", "trap '' TERM; echo ready; while :; do read -t 60 <> <(:); done"])
            {
                OnLine = _ => ready.TrySetResult(),
            });
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await child.StopAsync(PosixSignal.SIGTERM, TimeSpan.FromMilliseconds(50));

        Assert.Equal(137, await child.Exited);
    }

    [Fact]
    public async Task its_end_is_seen_even_while_a_grandchild_holds_its_output()
    {
        using var child = ChildProcess.Start(new ChildProcessStart("bash", ["-c", "tail -f /dev/null & echo $!; exit 3"])
        {
            OnLine = line => Grandchild.TrySetResult(int.Parse(line)),
        });

        Assert.Equal(3, await child.Exited.WaitAsync(TimeSpan.FromSeconds(10)));

        System.Diagnostics.Process.GetProcessById(await Grandchild.Task).Kill();
    }

    [Fact]
    public async Task it_has_a_session_of_its_own_so_that_ctrl_c_reaches_only_us()
    {
        var fields = new TaskCompletionSource<string[]>();
        using var child = ChildProcess.Start(new ChildProcessStart("cat", ["/proc/self/stat"])
        {
            OnLine = line => fields.TrySetResult(line.Split(' ')),
        });

        var stat = await fields.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((stat[0], stat[0]), (stat[4], stat[5]));
    }

    private TaskCompletionSource<int> Grandchild { get; } = new();
}
