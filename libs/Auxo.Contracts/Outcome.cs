namespace Auxo.Contracts;

/// <summary>How a build or a step ended. One list for every service; each wire format maps from it once.</summary>
public enum Outcome
{
    /// <summary>Everything that blocks was fine.</summary>
    Passed,

    /// <summary>A check or a command said no: the author has something to fix.</summary>
    Failed,

    /// <summary>Auxo or its surroundings could not do the work: the operator has something to fix.</summary>
    Errored,

    /// <summary>A person stopped it.</summary>
    Cancelled,

    /// <summary>It ran longer than it may.</summary>
    TimedOut,

    /// <summary>A newer commit of the same patch or branch made it pointless.</summary>
    Superseded,

    /// <summary>It was not run, and the reason says why.</summary>
    Skipped,
}
