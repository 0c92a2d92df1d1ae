using JasperFx;

using Marten.Exceptions;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// What a save throws when another one changed the same stream since it was read: read it again and decide again. The bus does so
/// for its handlers; this is for code outside of them.
/// </summary>
public static class LostRace
{
    /// <summary>As often as a write is tried. One of the writers always wins, so that this many losses in a row are a defect.</summary>
    private const int Attempts = 100;

    /// <summary>Writes; when another one was first, writes again.</summary>
    /// <param name="write">Opens a session of its own, reads, decides and saves: all of it is repeated.</param>
    /// <exception cref="ConcurrencyException">It lost every time; a route answers 409 then.</exception>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> write)
    {
        for (var left = Attempts; ; left--)
        {
            try
            {
                return await write();
            }
            catch (Exception e) when (left > 1 && Is(e))
            {
                // The next round reads what the other one wrote.
            }
        }
    }

    /// <summary>Whether it is that. The packages have three exceptions for it, without a common base.</summary>
    public static bool Is(Exception e)
        => e is ConcurrencyException or ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException;
}
