namespace Auxo.Pipeline.Merging;

/// <summary>What people decide about the merge of a patch. Stored in stream <c>merge/{rid}/{patchId}</c>.</summary>
public abstract record MergeEvent
{
    private MergeEvent()
    {
    }

    /// <summary>The key of a merge's stream.</summary>
    public static string StreamKey(Rid rid, PatchId patch) => $"merge/{rid}/{patch}";

    /// <summary>Somebody merges what the gate refuses, and says why.</summary>
    /// <param name="Commit">What the default branch shall become.</param>
    /// <param name="BuildId">The build that decided against it; null where there was none.</param>
    /// <param name="Verdict">What the gate said.</param>
    /// <param name="Reason">Why it is merged all the same; one line.</param>
    /// <param name="By">Who says so.</param>
    /// <param name="At">When.</param>
    /// <param name="Owners">
    /// Whose accept was missing, in one line; null where it was not for that, and in events of earlier versions.
    /// </param>
    public sealed record GateOverridden(
        CommitId Commit, Guid? BuildId, string Verdict, string Reason, string By, DateTimeOffset At, string? Owners = null) : MergeEvent;
}
