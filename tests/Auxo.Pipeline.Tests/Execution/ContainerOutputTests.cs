using System.Text;

using Auxo.Contracts;
using Auxo.Pipeline.Execution.Cgroups;
using Auxo.Pipeline.Execution.Docker;
using Auxo.Pipeline.Running.Steps;

namespace Auxo.Pipeline.Tests.Execution;

/// <summary>What comes out of a container, without one.</summary>
public sealed class ContainerOutputTests
{
    private const string Secret = "c0ffee";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task the_end_is_known_wherever_the_bytes_are_cut(int size)
    {
        var (printed, output) = await TakeAsync(
            "one\n\u0001two\n\u0001c0ff\u0001c0ffee\n"
                + "io read_bytes: 4096\nmemory.peak 1000\ncpu.stat usage_usec 2500\nend c0ffee 7\n", size);
        Assert.Equal("one\n\u0001two\n\u0001c0ff", printed);
        Assert.Equal(7, output.End!.Code);
        Assert.Equal(new StepUsage(TimeSpan.FromMilliseconds(2.5), 1000, 4096), output.End.Usage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("end c0ffee 0\n")]
    [InlineData("\u0001c0ffe")]
    [InlineData("\u0001deadbeef\nend deadbeef 0\n")]
    public async Task what_a_step_prints_is_no_end(string text)
    {
        var (printed, output) = await TakeAsync(text, 2);
        Assert.Equal(text, printed);
        Assert.Null(output.End);
    }

    [Theory]
    [InlineData("end 0\n")]
    [InlineData("end other 0\n")]
    [InlineData("end c0ffee zero\n")]
    [InlineData("end c0ffee -1\n")]
    [InlineData("end c0ffee 0")]
    public async Task what_a_process_in_the_background_adds_is_no_end(string text)
        => Assert.Null((await TakeAsync($"out\n\u0001{Secret}\n{text}", 5)).Output.End);

    [Theory]
    [InlineData("cpuacct.usage", "1500000000", 1.5, null, null, null)]
    [InlineData("cpu.stat", "usage_usec 1500000", 1.5, null, null, null)]
    [InlineData("cpu.stat", "user_usec 1500000", null, null, null, null)]
    [InlineData("memory.max_usage_in_bytes", "4096", null, 4096L, null, null)]
    [InlineData("memory.peak", "4096", null, 4096L, null, null)]
    [InlineData("memory.peak", "-4096", null, null, null, null)]
    [InlineData("memory.peak", "99999999999999999999999", null, null, null, null)]
    [InlineData("io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0", null, null, 1L, 2L)]
    [InlineData("io", "read_bytes: 5", null, null, 5L, null)]
    [InlineData("io", "write_bytes: 6", null, null, null, 6L)]
    [InlineData("other", "1", null, null, null, null)]
    [InlineData("cpu.stat", "usage_usec 9223372036854775807", null, null, null, null)]
    public void files_of_the_kernel_say_what_was_taken(
        string file, string line, double? seconds, long? memory, long? read, long? written)
    {
        var count = new UsageCount();
        count.Take(file, line);
        Assert.Equal(
            new StepUsage(seconds is { } s ? TimeSpan.FromSeconds(s) : null, memory, read, written), count.Usage);
    }

    [Fact]
    public void disks_are_added_up()
    {
        var count = new UsageCount();
        count.Take("io.stat", "8:0 rbytes=1 wbytes=2");
        count.Take("io.stat", "8:16 rbytes=10 wbytes=20");
        Assert.Equal((11L, 22L), (count.Usage.ReadBytes, count.Usage.WrittenBytes));
    }

    [Fact]
    public void tries_of_a_step_add_up_and_the_higher_peak_counts()
    {
        var one = new StepUsage(TimeSpan.FromSeconds(1), 100, 5);
        Assert.Equal(
            new StepUsage(TimeSpan.FromSeconds(3), 200, 5, 7),
            StepUses.Together(one, new StepUsage(TimeSpan.FromSeconds(2), 200, null, 7)));
        Assert.Equal(one, StepUses.Together(one, null));
        Assert.Equal(one, StepUses.Together(null, one));
        Assert.Null(StepUses.Together(null, null));
    }

    private static async Task<(string Printed, ContainerOutput Output)> TakeAsync(string text, int size)
    {
        var printed = new StringBuilder();
        var output = new ContainerOutput(Secret, bytes =>
        {
            printed.Append(Encoding.Latin1.GetString(bytes.Span));
            return Task.CompletedTask;
        });
        foreach (var chunk in Encoding.Latin1.GetBytes(text).Chunk(size)) await output.TakeAsync(chunk);
        await output.CloseAsync();
        return (printed.ToString(), output);
    }
}
