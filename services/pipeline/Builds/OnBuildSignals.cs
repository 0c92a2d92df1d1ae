namespace Auxo.Pipeline.Builds;

/// <summary>There is something to run. Stays in this process, and may be lost: the runner looks by itself every few seconds.</summary>
public sealed record BuildReady;

/// <summary>A build has its verdict. Stays in this process, and may be lost: what runs finds out at its next record.</summary>
/// <param name="BuildId">The build.</param>
public sealed record BuildEnded(Guid BuildId);

/// <summary>Wakes the runner after the commit that gave it something to do.</summary>
public static class BuildReadyHandler
{
    /// <summary>Wakes it.</summary>
    public static void Handle(BuildReady message, BuildSignals signals)
    {
        _ = message;
        CrashPoint.Hit("pipeline.build.queued");
        signals.Ring();
    }
}

/// <summary>Stops the steps of a build after the commit that ended it.</summary>
public static class BuildEndedHandler
{
    /// <summary>Stops them.</summary>
    public static void Handle(BuildEnded message, BuildSignals signals) => signals.Stop(message.BuildId);
}
