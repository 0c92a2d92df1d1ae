using JasperFx;

using Marten.Exceptions;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// What a save throws when another one changed the same stream since it was read: read it again and decide again. The bus does so
/// for its handlers; this is for code outside of them.
/// </summary>
public static class LostRace
{
    /// <summary>Whether it is that. The packages have three exceptions for it, without a common base.</summary>
    public static bool Is(Exception e)
        => e is ConcurrencyException or ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException;
}
