namespace Auxo.Ingest.Observing;

/// <summary>
/// How soon a repository may be looked at again. Whoever tells now and then is heard at once; of a flood of webhooks each would
/// cost a look at a storage in which nothing is new, so beyond <see cref="AtOnce"/> looks one follows the other in steps of
/// <see cref="Step"/>.
/// </summary>
public sealed class LookPace(TimeProvider time)
{
    /// <summary>Looks without any pause.</summary>
    public const int AtOnce = 20;

    /// <summary>The pause that each further look earns.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly long _begun = time.GetTimestamp();
    private TimeSpan _earned = -AtOnce * Step;

    /// <summary>Takes the next look; how long it must wait, usually not at all.</summary>
    public TimeSpan Take()
    {
        var now = time.GetElapsedTime(_begun);
        var oldest = now - AtOnce * Step;
        if (_earned < oldest) _earned = oldest;
        _earned += Step;
        return _earned > now ? _earned - now : TimeSpan.Zero;
    }
}
