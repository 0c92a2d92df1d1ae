using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

using FsCheck;
using FsCheck.Fluent;

using static Auxo.Ingest.Tests.Recording.Seen;

namespace Auxo.Ingest.Tests.Recording;

public sealed class ObserveProperties
{
    /// <summary>A step of a repository's life: who does what to which patch, or a push to main.</summary>
    private sealed record Step(int Kind, int Patch, int Who);

    private static readonly Did[] People = [Alice, Bob, Carol];

    private static readonly Arbitrary<(Step[] Steps, int[] Looks)> Histories =
        (from steps in (from kind in Gen.Choose(0, 5) from patch in Gen.Choose(0, 2) from who in Gen.Choose(0,
            2) select new Step(kind, patch, who)).ArrayOf()
         from looks in Gen.Choose(0, 3).ArrayOf(steps.Length + 1)
         select (steps, looks)).ToArbitrary();

    [Fact]
    public void every_tip_gets_exactly_one_fact_however_often_and_through_whom_we_look()
        => Prop.ForAll(Histories, history =>
        {
            var world = World.Tracking(Repository("m0"));
            var states = Play(history.Steps).Prepend(Repository("m0")).ToList();
            for (var i = 0; i < states.Count; i++)
            {
                // Each state of the storage is seen by nobody, by one or by several, in any way.
                for (var look = 0; look < history.Looks[i]; look++) world.Scan(states[i], (DetectedBy)(1 + look));
            }

            world.Scan(states[^1]);
            Assert.Empty(world.Scan(states[^1], DetectedBy.Webhook));
            AssertOncePerRevision(world.Messages);
            AssertNoTipWithoutFact(world, states[^1]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void what_is_known_in_the_end_does_not_depend_on_the_looks_between()
        => Prop.ForAll(Histories, history =>
        {
            var (often, once) = (World.Tracking(Repository("m0")), World.Tracking(Repository("m0")));
            var states = Play(history.Steps).Prepend(Repository("m0")).ToList();
            foreach (var state in states) often.Scan(state);
            once.Scan(states[^1]);
            foreach (var patch in states[^1].Patches)
            {
                var (a, b) = (often.Find(patch)!, once.Find(patch)!);
                Assert.Equal((a.Title, a.Status, a.Author), (b.Title, b.Status, b.Author));
                Assert.Equal(a.Revisions.Select(r => r.Id).Order(Comparer), b.Revisions.Select(r => r.Id).Order(Comparer));
            }
        }).QuickCheckThrowOnFailure();

    private static Comparer<RevisionId> Comparer { get; } = Comparer<RevisionId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));

    private static IEnumerable<RepositorySnapshot> Play(Step[] steps)
    {
        var patches = new Dictionary<int, PatchSnapshot>();
        var (head, count) = ("m0", 0);
        foreach (var (kind, which, who) in steps)
        {
            var by = People[who];
            var name = $"r{++count}";
            patches.TryGetValue(which, out var patch);
            switch (kind)
            {
                case 0:
                    head = $"m{count}";
                    break;
                case 1 or 2:
                    patches[which] = patch is null
                        ? Patch(name, by, PatchStatus.Open, Revision(name, by))
                        : patch with { Revisions = [.. patch.Revisions, Revision(name, by)] };
                    break;
                case 3 when patch is { Status: not PatchStatus.Merged }:
                    patches[which] = patch with { Status = patch.Status == PatchStatus.Archived ? PatchStatus.Open : PatchStatus.Archived };
                    break;
                case 4 when patch is not null:
                    patches[which] = patch.Merged();
                    break;
                case 5 when patch is not null:
                    patches[which] = patch with { Title = name };
                    break;
                default:
                    break;
            }

            yield return Repository(head, [.. patches.Values]);
        }
    }

    private static void AssertOncePerRevision(IEnumerable<object> messages)
    {
        var facts = messages.Select(m => m switch
        {
            PatchOpened o => o.Revision.RevisionId.Value,
            PatchRevised r => r.Revision.RevisionId.Value,
            PatchMerged p => "merge of " + p.PatchId,
            DefaultBranchAdvanced a => a.New.Value,
            _ => null,
        }).OfType<string>().ToList();
        Assert.Equal(facts.Distinct(StringComparer.Ordinal), facts);
        Assert.Equal(messages.OfType<PatchOpened>()
            .Select(o => o.Revision.PatchId).Distinct().Count(), messages.OfType<PatchOpened>().Count());
    }

    private static void AssertNoTipWithoutFact(World world, RepositorySnapshot now)
    {
        var built = world.Messages.Select(m => (m as PatchOpened)?.Revision ?? (m as PatchRevised)?.Revision)
            .OfType<PatchRevision>().Select(r => r.RevisionId).ToHashSet();
        foreach (var patch in now.Patches.Where(p => p.Status != PatchStatus.Archived)) Assert.All(
            patch.Tips, tip => Assert.Contains(tip.Id, built));
        Assert.Equal(now.Canonical, world.Known.Repository.Tip("main")!.Commit);
    }
}
