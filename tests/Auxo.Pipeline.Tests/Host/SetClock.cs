namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// A clock that somebody sets, on a machine that runs on: timers go by the machine, as they do when it was asleep.
/// </summary>
internal sealed class SetClock(DateTimeOffset begin) : TimeProvider
{
    private long _offset = (begin - System.GetUtcNow()).Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

    /// <summary>Sets it on, or back.</summary>
    public void Move(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
