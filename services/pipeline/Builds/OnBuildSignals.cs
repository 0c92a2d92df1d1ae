namespace Auxo.Pipeline.Builds;

/// <summary>A build can run. Stays in this process, and may be lost: the runner looks by itself every few seconds.</summary>
/// <param name="Build">As it was committed.</param>
public sealed record BuildReady(Build Build);

/// <summary>A build has its verdict. Stays in this process, and may be lost: what runs finds out at its next record.</summary>
/// <param name="BuildId">The build.</param>
public sealed record BuildEnded(Guid BuildId);

/// <summary>Wakes the runner after the commit that gave it something to do.</summary>
public static class BuildReadyHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(BuildReady message, Envelope envelope, BuildSignals signals)
    {
        CrashPoint.Hit("pipeline.build.queued");
        // A build that was only just queued has not been read back yet; the store has this of the same session.
        signals.Ring(message.Build with { TraceId = message.Build.TraceId ?? envelope.CorrelationId });
    }
}

/// <summary>Stops the steps of a build after the commit that ended it.</summary>
public static class BuildEndedHandler
{
    /// <summary>Stops them.</summary>
    public static void Handle(BuildEnded message, BuildSignals signals) => signals.Stop(message.BuildId);
}
