using Auxo.Contracts;

namespace Auxo.Registry.Tests.Artifacts;

/// <summary>Builds as the pipeline tells of them.</summary>
internal static class Builds
{
    public static readonly Rid Rid = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero);

    public static CommitId Commit(int number) => CommitId.Parse(number.ToString("x40"));

    public static BuildFinished Finished(
        int commit, IReadOnlyList<BuildArtifact> artifacts, Outcome outcome = Outcome.Passed,
        Trust? trust = Trust.Trusted, BuildTrigger trigger = BuildTrigger.Branch, int attempt = 1)
    {
        var subject = new BuildSubject(
            BuildId.For(Rid, Commit(commit), trigger, "main", attempt), Rid, "heartwood", trigger, trigger == BuildTrigger.Patch
                ? PatchId.Parse(new string('d', 40))
                : null, null,
            trigger == BuildTrigger.Patch
                ? "patches/" + new string('d', 40)
                : "main", Commit(commit), "Add a greeting", Did.Parse("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"));
        return new BuildFinished(subject, outcome, null, [], [], artifacts, Now, Now, Now.AddSeconds(attempt), null, trust);
    }

    public static DefaultBranchAdvanced Advanced(int commit)
        => new(Rid, "heartwood", "main", null, Commit(commit), null, "Add a greeting", [],
            RepositoryLocator.OfFolder("/nowhere"), Now, Now);
}
