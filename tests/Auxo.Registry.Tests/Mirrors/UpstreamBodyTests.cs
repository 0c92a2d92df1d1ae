using Auxo.Registry.Mirrors;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Mirrors;

public sealed class UpstreamBodyTests
{
    [Fact]
    public async Task a_byte_now_and_then_is_as_good_as_none()
    {
        var time = new ManualTime();
        await using var body = new UpstreamBody(new Slow(time, 1, TimeSpan.FromSeconds(5)), time);
        await Assert.ThrowsAsync<UpstreamStillException>(
            () => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task a_slow_line_is_waited_for_and_a_slow_reader_too()
    {
        var time = new ManualTime();
        await using var body = new UpstreamBody(new Slow(time, 16 << 10, TimeSpan.FromSeconds(5)), time);
        var buffer = new byte[16 << 10];
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(buffer.Length, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
            time.Advance(TimeSpan.FromHours(1));
        }
    }

    private sealed class Slow(ManualTime time, int bytes, TimeSpan after) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(after);
            return ValueTask.FromResult(bytes);
        }
    }
}
