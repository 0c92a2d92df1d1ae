using Auxo.Ingest.Scanning.Pacing;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Scanning;

public sealed class ScanThrottleTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void who_tells_now_and_then_is_heard_at_once()
    {
        var throttle = new ScanThrottle(_time);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, throttle.Take());
            _time.Advance(ScanThrottle.Step);
        }
    }

    [Fact]
    public void a_flood_is_looked_at_in_steps()
    {
        var throttle = new ScanThrottle(_time);
        for (var i = 0; i < ScanThrottle.AtOnce; i++) Assert.Equal(TimeSpan.Zero, throttle.Take());

        for (var i = 0; i < 50; i++)
        {
            var wait = throttle.Take();
            Assert.Equal(ScanThrottle.Step, wait);
            _time.Advance(wait);
        }
    }

    [Fact]
    public void after_a_rest_all_looks_are_to_be_had_again_and_no_more()
    {
        var throttle = new ScanThrottle(_time);
        for (var i = 0; i < ScanThrottle.AtOnce + 5; i++) throttle.Take();
        _time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < ScanThrottle.AtOnce; i++) Assert.Equal(TimeSpan.Zero, throttle.Take());
        Assert.Equal(ScanThrottle.Step, throttle.Take());
    }
}
