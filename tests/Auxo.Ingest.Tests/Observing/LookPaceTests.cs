using Auxo.Ingest.Observing;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Observing;

public sealed class LookPaceTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void who_tells_now_and_then_is_heard_at_once()
    {
        var pace = new LookPace(_time);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, pace.Take());
            _time.Advance(LookPace.Step);
        }
    }

    [Fact]
    public void a_flood_is_looked_at_in_steps()
    {
        var pace = new LookPace(_time);
        for (var i = 0; i < LookPace.AtOnce; i++) Assert.Equal(TimeSpan.Zero, pace.Take());

        for (var i = 0; i < 50; i++)
        {
            var wait = pace.Take();
            Assert.Equal(LookPace.Step, wait);
            _time.Advance(wait);
        }
    }

    [Fact]
    public void after_a_rest_all_looks_are_to_be_had_again_and_no_more()
    {
        var pace = new LookPace(_time);
        for (var i = 0; i < LookPace.AtOnce + 5; i++) pace.Take();
        _time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < LookPace.AtOnce; i++) Assert.Equal(TimeSpan.Zero, pace.Take());
        Assert.Equal(LookPace.Step, pace.Take());
    }
}
