using Auxo.Contracts;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

using static Auxo.Ingest.Tests.Recording.Seen;

namespace Auxo.Ingest.Tests.Recording;

public sealed class LinkedPatchesTests
{
    private static readonly PatchSnapshot Library = Patch("library", Alice, PatchStatus.Open, Revision("l1", Alice));
    private static readonly PatchSnapshot Newer =
        Patch("library", Alice, PatchStatus.Open, Revision("l1", Alice), Revision("l2", Alice));

    [Fact]
    public void a_patch_is_told_with_the_newest_commits_of_what_it_needs()
    {
        var world = World.Tracking(Repository("c1"));
        var use = Use(Library);
        var sent = Opened(world.Scan(Repository("c1", use, Newer)), use);
        Assert.Equal([new NeededPatch(Library.Id, Commit("head of l2"), Alice, Trust.Trusted)], sent.Linked!);
        Assert.Null(sent.LinkProblems);
        Assert.Null(Opened(world.Messages, Newer).Linked);
        Assert.Empty(world.Scan(Repository("c1", use, Newer)));
    }

    [Fact]
    public void it_is_built_again_when_what_it_needs_is_revised_and_not_when_that_is_merged()
    {
        var world = World.Tracking(Repository("c1"));
        var use = Use(Library);
        world.Scan(Repository("c1", use, Library));
        var sent = world.Scan(Repository("c1", use, Newer));
        var again = Assert.Single(sent.OfType<PatchRelinked>());
        Assert.Equal((use.Revisions[0].Id, Commit("head of l2")), (again.Revision.RevisionId, Assert.Single(again.Revision.Linked!).Head));
        Assert.Empty(world.Scan(Repository("c1", use, Newer)));
        Assert.DoesNotContain(world.Scan(Repository("c1", use, Newer.Merged())), static m => m is PatchRelinked);
        // Its own next revision needs nothing that is not there.
        var next = use with { Revisions = [.. use.Revisions, Revision("u2", Bob)] };
        Assert.Null(Assert.Single(world.Scan(Repository("c1", next, Newer.Merged())).OfType<PatchRevised>()).Revision.Linked);
    }

    [Fact]
    public void a_closed_patch_is_not_built_again()
    {
        foreach (var closed in (PatchSnapshot[])[Use() with { Status = PatchStatus.Archived }, Use().Merged()])
        {
            var world = World.Tracking(Repository("c1"));
            world.Scan(Repository("c1", Use(Library), Library));
            Assert.DoesNotContain(world.Scan(Repository("c1", closed, Newer)), static m => m is PatchRelinked);
            Assert.DoesNotContain(world.Scan(Repository("c1", closed, Newer)), static m => m is PatchRelinked);
        }
    }

    [Fact]
    public void a_line_that_is_written_or_taken_away_later_is_reason_enough()
    {
        var world = World.Tracking(Repository("c1"));
        var alone = Use();
        world.Scan(Repository("c1", alone, Library));
        Assert.Single(Assert.Single(world.Scan(Repository("c1", Use(Library), Library)).OfType<PatchRelinked>()).Revision.Linked!);
        Assert.Null(Assert.Single(world.Scan(Repository("c1", alone, Library)).OfType<PatchRelinked>()).Revision.Linked);
        Assert.Empty(world.Scan(Repository("c1", alone, Library)));
    }

    [Fact]
    public void what_was_there_before_the_repository_was_tracked_is_not_built_by_a_change_of_another_patch()
    {
        var use = Use(Library);
        var world = World.Tracking(Repository("c1", use, Library));
        Assert.DoesNotContain(world.Scan(Repository("c1", use, Newer)), static m => m is PatchRelinked);
    }

    [Fact]
    public void what_those_need_comes_first_and_each_once()
    {
        var deep = Patch("deep", Alice, PatchStatus.Open, Revision("d1", Bob), Revision("d2", Alice));
        var middle = Needing(Library, deep);
        var linked = Of(Use(middle, deep), middle, deep);
        Assert.Equal([deep.Id, middle.Id], linked.Linked!.Select(static l => l.PatchId));
        Assert.Equal(Commit("head of d2"), linked.Linked![0].Head);
    }

    [Fact]
    public void a_strangers_is_one()
        => Assert.Equal(Trust.Stranger, Assert.Single(
            Of(Use(Library with { Author = Carol, Revisions = [Revision("x", Carol)] }), Library with
            {
                Author = Carol, Revisions = [Revision("x", Carol)],
            }).Linked!).Trust);

    [Fact]
    public void what_cannot_be_built_with_it_is_said()
    {
        var archived = Library with { Status = PatchStatus.Archived };
        Assert.Equal([$"patch {Library.Id.Short} is archived: it is built without that"], Of(Use(archived), archived).LinkProblems!);
        Assert.Equal([$"patch {Library.Id.Short} is not here: it is built without that"], Of(Use(Library)).LinkProblems!);
        var late = Library with { Revisions = [Revision("l1", Alice, here: false)] };
        Assert.Equal(
            [$"the commit of patch {Library.Id.Short} has not arrived here: it is built without that"], Of(Use(late), late).LinkProblems!);
        var other = new PatchReference(Contracts.Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), "1a2b3c4");
        Assert.Equal(
            [
                "'Depends-On: libfoo 2' names no patch",
                "patch 1a2b3c4 is of another repository, rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5: it is not built with this one",
            ],
            Of(Use() with { Needs = new PatchNeeds([other], ["libfoo 2"]) }).LinkProblems!);
        var own = new PatchReference(Seen.Rid, Library.Id.Value);
        Assert.Single(Of(Use() with { Needs = new PatchNeeds([own], []) }, Library).Linked!);
    }

    [Fact]
    public void circles_end_and_are_said()
    {
        var use = Use(Library);
        var circle = Needing(Library, use);
        var told = Of(use, circle);
        Assert.Equal([Library.Id], told.Linked!.Select(static l => l.PatchId));
        Assert.Equal(
            [$"patch {Library.Id.Short} and patch {use.Id.Short} need each other: neither can be merged first"], told.LinkProblems!);
        var itself = Needing(Library, Library);
        Assert.Equal([$"patch {Library.Id.Short} needs itself"], Of(itself, itself).LinkProblems!);
    }

    [Fact]
    public void more_than_ten_are_not_built_together_side_by_side_or_in_a_row()
    {
        var many = Enumerable.Range(0, 12).Select(static i => Patch($"p{i}", Alice, PatchStatus.Open, Revision($"p{i}", Alice))).ToArray();
        var beside = Of(Use(many), many);
        Assert.Equal(10, beside.Linked!.Count);
        Assert.Equal(["more than 10 patches are needed; the first 10 of them are built with this one"], beside.LinkProblems!);
        var row = many.Select((p, i) => i + 1 < many.Length ? Needing(p, many[i + 1]) : p).ToArray();
        var told = Of(Use(row[0]), row);
        Assert.InRange(told.Linked!.Count, 0, 10);
        Assert.Contains("more than 10", Assert.Single(told.LinkProblems!), StringComparison.Ordinal);
    }

    private static PatchSnapshot Use(params PatchSnapshot[] needed)
        => Needing(Patch("use", Bob, PatchStatus.Open, Revision("u1", Bob)), needed);

    private static PatchSnapshot Needing(PatchSnapshot patch, params PatchSnapshot[] needed)
        => patch with { Needs = new PatchNeeds([.. needed.Select(static n => new PatchReference(null, n.Id.Value))], []) };

    private static PatchRevision Of(PatchSnapshot patch, params PatchSnapshot[] others)
        => Opened(World.Tracking(Repository("c1")).Scan(Repository("c1", [.. others.Where(o => o.Id != patch.Id), patch])), patch);

    private static PatchRevision Opened(IEnumerable<object> sent, PatchSnapshot patch)
        => sent.OfType<PatchOpened>().Single(m => m.Revision.PatchId == patch.Id).Revision;
}
