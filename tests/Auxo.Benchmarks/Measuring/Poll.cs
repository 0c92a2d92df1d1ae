namespace Auxo.Benchmarks.Measuring;

/// <summary>Waits for something that cannot signal, looking often and cheaply.</summary>
internal static class Poll
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Now, by the clock that the steps' own stamps use.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Asks every few milliseconds until there is an answer.</summary>
    /// <exception cref="TimeoutException">There is none after half a minute, or after <paramref name="limit"/>.</exception>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T?>> ask, string what, CancellationToken ct, int everyMilliseconds = 5, TimeSpan? limit = null)
        where T : struct
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer) return answer;
            if (TimeProvider.System.GetElapsedTime(since) > (limit ?? Limit)) throw new TimeoutException(
                $"After {(limit ?? Limit).TotalSeconds:0} s still not: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(everyMilliseconds), TimeProvider.System, ct);
        }
    }
}
