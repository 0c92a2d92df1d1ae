using System.Text.Json;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Running;

using FsCheck;
using FsCheck.Fluent;

using Outcome = Auxo.Contracts.Outcome;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Builds;

public sealed class BuildProperties
{
    private static readonly string[] Names = ["syntax", "secrets", "a", "b", "c"];

    /// <summary>An outcome for each step, and an order in which they come, repeats included.</summary>
    private static readonly Arbitrary<(Outcome[] Outcomes, int[] Order)> Runs =
        (from outcomes in Gen.Elements(Outcome.Passed, Outcome.Failed, Outcome.Errored, Outcome.TimedOut, Outcome.Skipped)
            .ArrayOf(Names.Length)
         from order in Gen.Shuffle(Enumerable.Range(0, Names.Length).ToArray())
         from repeats in Gen.Choose(0, Names.Length - 1).ArrayOf(6)
         select (outcomes, order.Concat(repeats).ToArray())).ToArbitrary();

    [Fact]
    public void any_order_of_results_and_any_repeats_give_the_same_verdict()
        => Prop.ForAll(Runs, run =>
        {
            var straight = Play(run.Outcomes, Enumerable.Range(0, Names.Length));
            var other = Play(run.Outcomes, run.Order);
            return straight.State == BuildState.Finished
                && other.State == BuildState.Finished && (straight.Outcome, straight.Reason) == (other.Outcome, other.Reason)
                && straight.InOrder().SequenceEqual(other.InOrder());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void after_the_end_no_event_changes_anything()
        => Prop.ForAll(Runs, run =>
        {
            var done = Play(run.Outcomes, run.Order);
            BuildEvent[] late =
            [
                new BuildEvent.Started("x", "y", Now), new BuildEvent.StepStarted("a", Now),
                new BuildEvent.StepFinished(Report("a", Outcome.Failed).Result, Now),
                new BuildEvent.ApprovalRequested(Commit, Now), new BuildEvent.ApprovalGranted("x", Commit, Now),
                new BuildEvent.Finished(Outcome.Errored, "late", [], null, Now),
            ];
            return ReferenceEquals(done, Fold(done, late));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_stored_build_is_read_back_as_it_was()
        => Prop.ForAll(Runs, run =>
        {
            var build = Play(run.Outcomes, run.Order.Take(3));
            var text = JsonSerializer.Serialize(build, BuildJson.Default.Build);
            return text == JsonSerializer.Serialize(JsonSerializer.Deserialize(text, BuildJson.Default.Build)!, BuildJson.Default.Build);
        }).QuickCheckThrowOnFailure();

    private static Build Play(Outcome[] outcomes, IEnumerable<int> order)
        => order.Aggregate(
            Queued(PlanOf(steps: ["a", "b", "c"])), (build, i)
                => Fold(build, RecordStepResults.Decide(build, [Report(Names[i], outcomes[i])], [], NoLinks, Now).Events));
}
