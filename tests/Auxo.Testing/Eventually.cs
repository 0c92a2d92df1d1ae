using System.Diagnostics;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// Waits for the thing itself, with a limit that only a broken program reaches; for effects in other processes, which cannot
/// signal.
/// </summary>
public static class Eventually
{
    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <param name="condition">The question; its exceptions count as no until the limit.</param>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="limit">60 seconds unless told.</param>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
        => ValueAsync<object>(async () => await condition() ? new object() : null, what, limit);

    /// <summary>Asks again and again until there is an answer, and returns it.</summary>
    /// <inheritdoc cref="TrueAsync"/>
    public static async Task<T> ValueAsync<T>(Func<Task<T?>> answer, string what, TimeSpan? limit = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        var until = limit ?? TimeSpan.FromSeconds(60);
        Exception? last = null;
        while (watch.Elapsed < until)
        {
            try
            {
                if (await answer() is { } value) return value;
                last = null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                last = e;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Assert.Fail($"After {until.TotalSeconds:0} s still not: {what}.{(last is null ? "" : " " + last.Message)}");
        throw new UnreachableException();
    }
}
