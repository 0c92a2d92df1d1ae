using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Tests.Execution;

public sealed class StepStatusTests
{
    [Fact]
    public void the_first_process_and_the_running_command_are_read_in_any_portions()
    {
        var bytes = "{ \"child-pid\": 4711, \"pid-namespace\": 1 }\ncommand 1\ncommand 2\n{ \"exit-code\": 3 }\n"u8.ToArray();
        for (var size = 1; size <= bytes.Length; size++)
        {
            var status = new StepStatus();
            foreach (var portion in bytes.Chunk(size)) status.Take(portion);
            Assert.Equal((4711, 2), (status.NamespaceInit, status.Command));
            Assert.True(status.InitKnown.IsCompleted);
        }
    }

    [Fact]
    public async Task a_sandbox_that_says_nothing_lets_nobody_wait()
    {
        var status = new StepStatus();
        status.Take("bwrap: no\n"u8);
        Assert.False(status.InitKnown.IsCompleted);
        await status.ReadAsync(Stream.Null);
        await status.InitKnown;
        Assert.Equal(0, status.NamespaceInit);
    }

    [Fact]
    public void lines_without_sense_change_nothing()
    {
        var status = new StepStatus();
        status.Take("{ \"child-pid\": 4711 }\ncommand 1\n"u8);
        status.Take(new byte[1_000_000]);
        status.Take("\n{\ncommand 7\ncommand x\ncommand 99999999999\n{ \"child-pid\": 1 }\n\n"u8);
        Assert.Equal((4711, 1), (status.NamespaceInit, status.Command));
    }
}
