using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Running;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Tests.Builds;

/// <summary>A patch by Alice, as it comes from ingest, and what can happen to its build.</summary>
internal static class SampleBuilds
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly Links NoLinks = new((string?)null);
    public static readonly Rid Repository = Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5");
    public static readonly CommitId Commit = CommitId.Parse("1111111111111111111111111111111111111111");
    public static readonly Did Alice = Did.Parse("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");

    public static BuildRequest Request(Trust trust = Trust.Trusted, CommitId? commit = null)
        => new(
            Repository, "tidy", BuildTrigger.Patch, PatchId.Parse("2222222222222222222222222222222222222222"),
            RevisionId.Parse("3333333333333333333333333333333333333333"),
            "patches/2222222222222222222222222222222222222222", commit ?? Commit, "Tidy up", Alice,
            RepositoryLocator.OfFolder("/srv/tidy"), trust, null);

    public static CommandStep Step(string name)
        => new(name, ["true"], null, new Dictionary<string, string>(StringComparer.Ordinal), TimeSpan.FromMinutes(1), null, []);

    public static Plan PlanOf(bool needsApproval = false, params string[] steps)
        => new(["syntax", "secrets"], CheckSettings.Default, [.. steps.Select(Step)], needsApproval, [], []);

    public static Build Queued(Plan plan, Trust trust = Trust.Trusted, CommitId? commit = null)
    {
        var request = Request(trust, commit);
        var id = BuildId.For(request.Rid, request.Commit, request.Trigger, request.SubjectKey, 1);
        return Fold(null, QueueBuild.Decide(id, request, 1, plan, refusal: null, NoLinks, Now).Events);
    }

    public static StepReport Report(string step, Outcome outcome = Outcome.Passed, bool blocks = true, params Finding[] findings)
        => new(new StepResult(step, "check", outcome, blocks, TimeSpan.FromSeconds(1), null, ""), findings, []);

    public static Build Fold(Build? build, IEnumerable<object> events)
        => events.Aggregate(build, static (state, e) => e switch
        {
            BuildEvent.Queued queued => Build.Of(queued),
            BuildEvent.Started x => state!.Apply(x),
            BuildEvent.StepStarted x => state!.Apply(x),
            BuildEvent.Announced x => state!.Apply(x),
            BuildEvent.StepFinished x => state!.Apply(x),
            BuildEvent.FindingsReported x => state!.Apply(x),
            BuildEvent.FixesFound x => state!.Apply(x),
            BuildEvent.ArtifactProduced x => state!.Apply(x),
            BuildEvent.TestsReported x => state!.Apply(x),
            BuildEvent.CoverageReported x => state!.Apply(x),
            BuildEvent.ScanCompared x => state!.Apply(x),
            BuildEvent.ApprovalRequested x => state!.Apply(x),
            BuildEvent.ApprovalGranted x => state!.Apply(x),
            BuildEvent.Finished x => state!.Apply(x),
            _ => throw new InvalidOperationException(e.ToString()),
        })!;
}
