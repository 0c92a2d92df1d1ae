namespace Auxo.Ingest.Scanning.Pacing;

/// <summary>
/// How soon a repository may be scanned again. A webhook now and then starts a scan at once. In a flood of webhooks each one
/// would cost a scan that finds nothing new, so after <see cref="AtOnce"/> scans the next ones come in steps of
/// <see cref="Step"/>.
/// </summary>
public sealed class ScanThrottle(TimeProvider time)
{
    /// <summary>Scans without any pause.</summary>
    public const int AtOnce = 20;

    /// <summary>The pause that each further scan earns.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly long _begun = time.GetTimestamp();
    private TimeSpan _earned = -AtOnce * Step;

    /// <summary>Takes the next scan; returns how long it must wait, usually not at all.</summary>
    public TimeSpan Take()
    {
        var now = time.GetElapsedTime(_begun);
        var oldest = now - AtOnce * Step;
        if (_earned < oldest) _earned = oldest;
        _earned += Step;
        return _earned > now ? _earned - now : TimeSpan.Zero;
    }
}
