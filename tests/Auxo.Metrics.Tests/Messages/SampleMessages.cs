using Auxo.Contracts;

namespace Auxo.Metrics.Tests.Messages;

/// <summary>Messages about a small repository, with short names.</summary>
internal static class SampleMessages
{
    public static RepositoryLocator Nowhere { get; } = RepositoryLocator.OfFolder("/nowhere");

    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(double hours) => Noon + TimeSpan.FromHours(hours);

    public static PatchOpened Opened(Rid rid, string patch, double at, double? authored = null, string? title = null)
        => new(rid, "sample", Revision(patch, patch, title ?? $"Title of {patch}"), Nowhere, At(authored ?? at), At(at), At(at));

    public static PatchRevised Revised(Rid rid, string patch, string revision, double at, double? authored = null)
        => new(rid, "sample", Revision(patch, revision, $"Title of {patch}"), Nowhere, At(authored ?? at), At(at), At(at));

    public static PatchMerged Merged(Rid rid, string patch, string commit, double at)
        => new(rid, Ids.Patch(patch), null, Ids.Commit(commit), null, At(at), At(at));

    public static PatchArchived Archived(Rid rid, string patch, double at) => new(rid, Ids.Patch(patch), At(at), At(at));

    public static DefaultBranchAdvanced Advanced(
        Rid rid, string? old, string commit, double at, string? title = null, params string[] patches)
        => new(
            rid, "sample", "main", old is null
                ? null
                : Ids.Commit(old), Ids.Commit(commit), null, title ?? $"Title of {commit}", [.. patches.Select(Ids.Patch)], Nowhere,
            At(at), At(at));

    /// <summary>A push of several commits, the newest first.</summary>
    /// <param name="rid">The repository.</param>
    /// <param name="old">The head before.</param>
    /// <param name="commits">What it brings.</param>
    /// <param name="at">Committer time of the head, and when it was seen.</param>
    /// <param name="first">The earliest author time; null when nobody knows it.</param>
    /// <param name="gap">Why not.</param>
    /// <param name="reverts">What takes what back.</param>
    public static DefaultBranchAdvanced Pushed(
        Rid rid, string? old, string[] commits, double at, double? first, BroughtGap? gap = null, params CommitRevert[] reverts)
        => Advanced(rid, old, commits[0], at) with
        {
            Brought = new BroughtCommits([.. commits.Select(Ids.Commit)], first is { } f ? At(f) : null, gap, reverts),
        };

    /// <summary>A commit that takes others back.</summary>
    public static CommitRevert Reverts(string commit, double at, params string[] taken)
        => new(Ids.Commit(commit), $"Revert \"Title of {(taken.Length > 0 ? taken[0] : "none")}\"", At(at), [.. taken.Select(Ids.Commit)]);

    public static BuildFinished Built(Rid rid, string commit, double at, Outcome outcome = Outcome.Passed,
        string? step = null, BuildTrigger trigger = BuildTrigger.Branch, int attempt = 1)
        => new(
            Subject(rid, commit, trigger, attempt), outcome, null,
            outcome == Outcome.Passed
                ? []
                : [new StepResult(step ?? "shellcheck", "check", outcome, Blocks: true, TimeSpan.FromSeconds(1), null, "no")], [], [],
            At(at) - TimeSpan.FromSeconds(70), At(at) - TimeSpan.FromSeconds(60), At(at), null);

    public static BuildSubject Subject(Rid rid, string commit, BuildTrigger trigger = BuildTrigger.Branch, int attempt = 1)
        => new(
            Ids.Build($"{rid} {commit} {attempt}"), rid, "sample", trigger, trigger == BuildTrigger.Patch ? Ids.Patch(commit) : null, null,
            trigger == BuildTrigger.Patch ? "patches/x" : "main", Ids.Commit(commit), "x", null);

    public static DeploymentReported Deployed(
        Rid rid, string id, string commit, double at, string environment = "production", bool succeeded = true,
        DeploymentKind kind = DeploymentKind.Planned, string? rollout = null,
        params string[] patches)
        => new(rid, id, environment, Ids.Commit(commit), [.. patches.Select(Ids.Patch)], succeeded, kind, rollout, null, At(at));

    public static FailureDetected Failed(Rid rid, string id, string? deployment, double at) => new(rid, id, deployment, null, null, At(at));

    public static FailureReopened Reopened(Rid rid, string id, double at) => new(rid, id, At(at));

    public static FailureDismissed Dismissed(Rid rid, string id, double at) => new(rid, id, null, At(at));

    public static FailureRecovered Recovered(Rid rid, string id, double at) => new(rid, id, null, At(at));

    private static PatchRevision Revision(string patch, string revision, string title)
        => new(Ids.Patch(patch), Ids.Revision(revision), Ids.Somebody, null, Trust.Trusted, title, Ids.Commit("base"),
            Ids.Commit(revision), null, false);
}
