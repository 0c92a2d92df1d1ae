using System.Text.Json;

using Auxo.Contracts;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Packing;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Tests.Dora;
using Auxo.Metrics.Tests.Messages;

using FsCheck;
using FsCheck.Fluent;

using JasperFx.Events;

using Outcome = Auxo.Contracts.Outcome;

namespace Auxo.Metrics.Tests.Packs;

public sealed class DayPackTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void every_kind_of_fact_comes_out_as_it_went_in()
    {
        Fact[] facts =
        [
            new RevisionFact(1, At, Ids.Patch("p"), Ids.Somebody, "a \"title\" \ud83d\ude00", DateTimeOffset.MinValue),
            new MergeFact(2, At, Ids.Patch("p"), Ids.Commit("c"), At),
            new ArchiveFact(long.MaxValue, At, Ids.Patch("p")), new BranchAdvancedFact(4, At, "main", null, Ids.Commit("c"), "", [], At),
            new BranchAdvancedFact(5, At, "main", Ids.Commit("b"), Ids.Commit("c"), "t", [Ids.Patch("p"), Ids.Patch("q")],
                DateTimeOffset.MaxValue),
            new BranchAdvancedFact(6, At, "main", Ids.Commit("b"), Ids.Commit("c"), "t", [], At, new BroughtFact(
                [Ids.Commit("c"), Ids.Commit("d")], At, null, [new RevertFact(
                    Ids.Commit("c"), "Revert \"d\"", At, [Ids.Commit("d")])], [])),
            new BranchAdvancedFact(14, At, "main", Ids.Commit("b"), Ids.Commit("e"), "t", [], At, new BroughtFact(
                [], null, BroughtGap.HistoryRewritten, [], [Ids.Commit("gone")])),
            new BuildFact(7, At, Ids.Build("x"), BuildTrigger.Patch, "patches", Ids.Commit("c"), Ids.Patch("p"),
                Outcome.TimedOut, At, null, [new FailedStep("s", "check", Outcome.Errored)]),
            new BuildFact(8, At, Ids.Build("y"), BuildTrigger.Branch, "main", Ids.Commit("c"), null, Outcome.Passed, At, At, []),
            new DeploymentFact(9, At, "d", "production", Ids.Commit("c"), [Ids.Patch("p")], Succeeded: false,
                DeploymentKind.Hotfix, null, "f"),
            new FailureFact(10, At, "f", FailureTransition.Dismissed, null, new string('x', 200), At),
            new FailureFact(11, At, "f", FailureTransition.Detected, "d", null, null),
            new RepositoryFact(12, At, "name", "main", null, Untracked: false),
            new RepositoryFact(13, At, null, null, new CountingPolicy("Europe/Berlin", DeploymentRule.Reported,
                RedMainIsFailure: true, Production: ["live", "edge"]), Untracked: true),
        ];

        Assert.Equal(facts.Select(Say), Unpack(facts).All().OrderBy(f => Array.FindIndex(facts, x => x.Seq == f.Seq)).Select(Say));
    }

    [Fact]
    public void waiting_for_approval_is_neither_work_nor_waiting_for_a_runner()
    {
        var built = SampleMessages.Built(Ids.Rid("waits"), "c", 2);
        var day = new FactDay();
        foreach (var message in (BuildFinished[])[built, built with { StartedAt = null },
            built with
            {
                QueuedAt = built.QueuedAt.AddHours(-1), StartedAt = built.StartedAt!.Value.AddHours(-1), Held = TimeSpan.FromHours(1),
            }])
        {
            foreach (var e in RecordBuildHandler.Handle(message, null))
                new FactReader(new FactDays().Evolve(null, "", new Event<object>(e) { Sequence = 1 })!.Facts.Span).ReadInto(day);
        }

        var took = (TimeSpan?)TimeSpan.FromSeconds(60);
        Assert.Equal([(took, (TimeSpan?)TimeSpan.FromSeconds(10)), ((TimeSpan?)null, (TimeSpan?)null), (took, TimeSpan.FromSeconds(10))],
            day.Builds.Select(static b => (b.Duration, b.Wait)));
    }

    [Fact]
    public void phases_of_builds_and_ids_come_out_as_they_went_in()
    {
        var (pack, day) = (new DayPack(), new FactDay());
        BuildPhase[] phases = [new(6, At, Ids.Build("x"), Started: true), new(7, At, Ids.Build("y"), Started: false)];
        foreach (var phase in phases) pack.Add(phase);
        new FactReader(pack.Facts.Span).ReadInto(day);

        Assert.Equal(phases, day.Phases);
        string[] names = [.. Enumerable.Range(0, 100).Select(static i => Ids.Commit($"c{i}").Value).Order(StringComparer.Ordinal)];
        Assert.Equal(names, names.Select(static n => (Oid)CommitId.Parse(n)).Shuffle().Order().Select(static o => o.Value));
        Assert.Equal(names[0], ((Oid)CommitId.Parse(names[0])).ToCommit().Value);
    }

    [Fact]
    public void any_past_comes_out_as_it_went_in()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var day = GeneratedHistory.Random(seed).Facts(seed);
            Assert.Equal(day.All().Select(Say), Unpack(day.All()).All().Select(Say));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void the_numbers_that_packs_hold_never_change_their_meaning()
    {
        Assert.Equal(["Patch=0", "Branch=1", "Tag=2", "Manual=3", "Schedule=4"], Numbers<BuildTrigger>());
        Assert.Equal(["Passed=0", "Failed=1", "Errored=2", "Cancelled=3", "TimedOut=4", "Superseded=5", "Skipped=6"], Numbers<Outcome>());
        Assert.Equal(["Planned=0", "Hotfix=1", "Rollback=2"], Numbers<DeploymentKind>());
        Assert.Equal(["Detected=0", "Reopened=1", "Recovered=2", "Dismissed=3"], Numbers<FailureTransition>());
        Assert.Equal(
            ["Revision=1", "Merge=2", "Archive=3", "BranchAdvanced=4", "Phase=5", "Build=6", "Deployment=7", "Failure=8", "Repository=9",
                "BranchAdvancedWithCommits=10"],
            Numbers<FactKind>());
        Assert.Equal(["FirstSeen=0", "HistoryRewritten=1", "ObjectsMissing=2", "TooManyCommits=3"], Numbers<BroughtGap>());
    }

    [Fact]
    public void a_kind_of_a_newer_version_is_refused_and_not_guessed()
    {
        var error = Assert.Throws<InvalidDataException>(static () => new FactReader([99, .. new byte[16]]).ReadInto(new FactDay()));

        Assert.Contains("99", error.Message, StringComparison.Ordinal);
    }

    private static FactDay Unpack(IEnumerable<Fact> facts)
    {
        var pack = new DayPack();
        foreach (var fact in facts) pack.Add(fact);
        var stored = JsonSerializer.Deserialize(JsonSerializer.Serialize(pack, StoredJson.Default.DayPack), StoredJson.Default.DayPack)!;
        Assert.Equal(pack.Facts.ToArray(), stored.Facts.ToArray());
        var day = new FactDay();
        new FactReader(stored.Facts.Span).ReadInto(day);
        return day;
    }

    /// <summary>Every field, lists by what is in them, times by the instant.</summary>
    private static string Say(Fact fact) => JsonSerializer.Serialize<object>(fact);

    private static IEnumerable<string> Numbers<T>()
        where T : struct, Enum
        => Enum.GetValues<T>().Select(static v => $"{v}={Convert.ToInt32(v)}");
}
