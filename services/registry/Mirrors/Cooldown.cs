using Auxo.Registry.Access;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// Which versions of upstream are offered: none that is younger than the cooldown (most poisoned releases are found within
/// days), and none that came after the moment that was asked for.
/// </summary>
/// <param name="Until">The newest publishing time that is offered.</param>
public readonly record struct Cooldown(DateTimeOffset Until)
{
    /// <summary>The rule for a package.</summary>
    /// <param name="mirror">How the mirror is set.</param>
    /// <param name="package">The package, in its normal form.</param>
    /// <param name="asOf">The moment that was asked for; null for now.</param>
    /// <param name="now">The present.</param>
    public static Cooldown For(MirrorSettings mirror, string package, DateTimeOffset? asOf, DateTimeOffset now)
    {
        var moment = asOf is { } then && then < now ? then : now;
        return mirror.CooldownOff.Any(pattern => PackagePattern.Matches(pattern, package))
            ? new Cooldown(moment)
            // What was too young at that moment was not offered then either.
            : new Cooldown(Before(moment, TimeSpan.FromDays(mirror.CooldownDays)));
    }

    /// <summary>Nothing is earlier than the first day there is, and anybody may ask for that one.</summary>
    private static DateTimeOffset Before(DateTimeOffset moment, TimeSpan time)
        => moment - DateTimeOffset.MinValue > time ? moment - time : DateTimeOffset.MinValue;

    /// <summary>Changes when what is offered of a document does, though the document is as it was.</summary>
    public string RevisionOf(Blobs.Digest? document) => $"{document} {Until.UtcTicks / TimeSpan.TicksPerMinute}";

    /// <summary>Whether a version is offered. One without a time is: upstream does not say how old it is.</summary>
    public bool Offers(DateTimeOffset? publishedAt) => publishedAt is not { } at || at <= Until;
}
