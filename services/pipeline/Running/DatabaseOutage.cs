namespace Auxo.Pipeline.Running;

/// <summary>Waits while PostgreSQL is away.</summary>
internal static class DatabaseOutage
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Repeats an action until the outage has passed.</summary>
    /// <param name="action">One transaction, or one that repeats safely.</param>
    /// <param name="waiting">Called before each pause with the reason.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<T> SitOutAsync<T>(Func<Task<T>> action, Action<string> waiting, TimeProvider time, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (DatabaseAway.Is(e))
            {
                waiting(e.Message);
            }

            await Task.Delay(pause, time, ct);
        }
    }
}
