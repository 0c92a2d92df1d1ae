namespace Auxo.EventStore.Tests;

/// <summary>Waits for the thing itself, for at most half a minute.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }

    /// <summary>Runs a property over so many cases; xunit's assertions are its failures.</summary>
    public static Task CheckAsync(this FsCheck.Property property, int cases)
        => Task.Run(() => FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(cases).WithEndSize(15), property));
}
