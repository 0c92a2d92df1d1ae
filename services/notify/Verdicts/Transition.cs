namespace Auxo.Notify.Verdicts;

/// <summary>What a verdict says beside the one before it, of the same branch, patch or schedule.</summary>
public enum Transition
{
    /// <summary>It failed, and the one before had passed, or there was none.</summary>
    Broke,

    /// <summary>It passed, and the one before had failed.</summary>
    Fixed,

    /// <summary>It failed as the one before had.</summary>
    StillFailing,
}
