namespace Auxo.Metrics.Exposition.Past;

/// <summary>What happened to one stream, handed out as time goes on. What has the same time keeps its order.</summary>
internal sealed class Replayed<T>(IEnumerable<(DateTimeOffset At, T Event)> all)
{
    private readonly (DateTimeOffset At, T Event)[] _all = [.. all.OrderBy(static one => one.At)];
    private int _next;

    /// <summary>What happened up to then and was not handed out yet.</summary>
    public IEnumerable<T> UpTo(DateTimeOffset moment)
    {
        while (_next < _all.Length && _all[_next].At <= moment) yield return _all[_next++].Event;
    }
}
