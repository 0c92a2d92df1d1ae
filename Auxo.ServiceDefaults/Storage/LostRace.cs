using JasperFx;

using Marten.Exceptions;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>What a save throws when another one changed the same stream since it was read: read it again and decide again.</summary>
public static class LostRace
{
    /// <summary>Whether it is that. The packages have three exceptions for it, of no common base.</summary>
    public static bool Is(Exception e)
        => e is ConcurrencyException or ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException;

    /// <inheritdoc cref="RetryAsync{T}"/>
    public static Task RetryAsync(Func<Task> decide)
        => RetryAsync(async () =>
        {
            await decide();
            return true;
        });

    /// <summary>Reads, decides and saves, as often as another one was faster: one of them is through each time, so it ends.</summary>
    /// <param name="decide">All of it, in a session of its own.</param>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> decide)
    {
        while (true)
        {
            try
            {
                return await decide();
            }
            catch (Exception e) when (Is(e))
            {
                // The next round sees what the other one stored.
            }
        }
    }
}
