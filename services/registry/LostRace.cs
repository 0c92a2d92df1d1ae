using JasperFx;

using Marten.Exceptions;

namespace Auxo.Registry;

/// <summary>What a save throws when another one changed the same stream since it was read: read it again and decide again.</summary>
internal static class LostRace
{
    public static bool Is(Exception e)
        => e is ConcurrencyException or ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException;
}
