using System.Net.Sockets;

using Marten.Exceptions;

using Npgsql;

namespace Auxo.Pipeline.Running;

/// <summary>Errors of PostgreSQL that pass by themselves.</summary>
internal static class DatabaseOutage
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// True when the server is stopped, starting, stopping or out of reach, or undid a transaction that may go well the next time,
    /// such as one of a deadlock. Everything else is an error.
    /// </summary>
    public static bool Passes(Exception e)
        => e is MartenCommandException { InnerException: { } inner } ? Passes(inner)
            : e is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" or "08006" }
                or SocketException or TimeoutException
            || e is NpgsqlException and not PostgresException || e is PostgresException { IsTransient: true };

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
            catch (Exception e) when (Passes(e))
            {
                waiting(e.Message);
            }

            await Task.Delay(pause, time, ct);
        }
    }
}
