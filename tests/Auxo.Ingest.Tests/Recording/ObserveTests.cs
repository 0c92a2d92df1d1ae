using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Radicle;

using static Auxo.Ingest.Tests.Recording.Seen;

namespace Auxo.Ingest.Tests.Recording;

public sealed class ObserveTests
{
    private static readonly RevisionSnapshot R1 = Revision("r1", Bob);
    private static readonly RevisionSnapshot R2 = Revision("r2", Bob);
    private static readonly PatchSnapshot Open = Patch("r1", Bob, PatchStatus.Open, R1);

    [Fact]
    public void tracking_sends_the_default_branch_and_no_patch_that_is_already_there()
    {
        var world = World.Tracking(Repository("c1", Open, Patch("old", Bob, PatchStatus.Open, Revision("old", Bob)).Merged()));
        Assert.Collection(
            world.Messages,
            m => Assert.Equal(RepositoryLocator.OfFolder("/storage"), Assert.IsType<RepositoryTracked>(m).Source),
            m => Assert.Equal((null, Commit("c1")), (Assert.IsType<DefaultBranchAdvanced>(m).Old, ((DefaultBranchAdvanced)m).New)));
        Assert.Equal(RevisionDisposition.PreExisting, world.Find(Open)!.Revisions[0].Disposition);
        Assert.Empty(world.Scan(Repository("c1", Open)));
    }

    [Fact]
    public void a_new_patch_is_opened_once_whoever_tells_first()
    {
        var world = World.Tracking(Repository("c1"));
        var opened = Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1", Open), DetectedBy.Webhook)));
        Assert.Equal((R1.Head, Trust.Stranger, Commit("c1")), (opened.Revision.Head, opened.Revision.Trust, opened.Revision.Canonical));
        Assert.Empty(world.Scan(Repository("c1", Open), DetectedBy.Event));
        Assert.Empty(world.Scan(Repository("c1", Open), DetectedBy.Sweep));
        Assert.Equal(DetectedBy.Webhook, world.Find(Open)!.Revisions[0].DetectedBy);
    }

    [Fact]
    public void who_becomes_a_delegate_or_is_one_no_longer_is_trusted_or_is_not()
    {
        var world = World.Tracking(Repository("c1"), trusted: [Carol]);
        var changed = world.Scan(Repository("c1") with { Delegates = [Bob, Carol] }).Cast<TrustChanged>();
        Assert.Equal([(Alice, Trust.Stranger), (Bob, Trust.Trusted)], changed.Select(static c => (c.Did, c.Trust)));
    }

    [Fact]
    public void how_an_author_calls_himself_is_kept_as_tooLongas_radicle_allows()
    {
        var world = World.Tracking(Repository("c1"));
        var tooLong = new string('x', 100);
        world.Scan(Repository("c1", Open with { Revisions = [R1 with { AuthorAlias = "bob" }, R2 with { AuthorAlias = tooLong }] }));
        Assert.Equal(["bob", tooLong[..32]], world.Find(Open)!.Revisions.Select(static r => r.AuthorAlias));
    }

    [Fact]
    public void after_a_downtime_the_tip_is_sent_and_what_it_replaced_is_superseded()
    {
        var world = World.Tracking(Repository("c1"));
        var sent = world.Scan(Repository("c1", Open with { Revisions = [R1, R2] }));
        Assert.Equal(R2.Id, Assert.IsType<PatchOpened>(Assert.Single(sent)).Revision.RevisionId);
        Assert.Equal(
            [RevisionDisposition.Superseded, RevisionDisposition.Announced], world.Find(Open)!.Revisions.Select(r => r.Disposition));
    }

    [Fact]
    public void a_revision_by_somebody_else_is_built_as_that_revision_and_the_authors_stays_the_tip()
    {
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", Open));
        var carols = Revision("r3", Carol);
        var sent = Assert.IsType<PatchRevised>(Assert.Single(world.Scan(Repository("c1", Open with { Revisions = [R1, carols] }))));
        Assert.Equal((carols.Id, Carol), (sent.Revision.RevisionId, sent.Revision.Author));
        Assert.Empty(world.Scan(Repository("c1", Open with { Revisions = [R1, carols] })));
    }

    [Fact]
    public void a_redaction_makes_the_replaced_revision_the_tip_again_and_it_is_built_then()
    {
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", Open with { Revisions = [R1, R2] }));
        var sent = Assert.IsType<PatchRevised>(Assert.Single(world.Scan(Repository("c1", Open))));
        Assert.Equal(R1.Id, sent.Revision.RevisionId);
        Assert.Empty(world.Scan(Repository("c1", Open)));
    }

    [Fact]
    public void nothing_is_sent_for_a_commit_that_is_not_there_until_it_is()
    {
        var world = World.Tracking(Repository("c1"));
        Assert.Empty(world.Scan(Repository("c1", Open with { Revisions = [R1 with { HeadHere = false }] })));
        Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1", Open))));
    }

    [Fact]
    public void a_draft_is_built_and_says_so_and_its_becoming_ready_is_no_new_fact()
    {
        var world = World.Tracking(Repository("c1"));
        Assert.True(Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1", Open with { Status = PatchStatus.Draft }))))
            .Revision.Draft);
        Assert.Empty(world.Scan(Repository("c1", Open)));
        Assert.Equal(PatchStatus.Open, world.Find(Open)!.Status);
    }

    [Fact]
    public void an_archived_patch_is_reported_once_and_a_patch_that_was_archived_before_it_was_seen_never()
    {
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", Open));
        var archived = Open with { Status = PatchStatus.Archived };
        Assert.IsType<PatchArchived>(Assert.Single(world.Scan(Repository("c1", archived))));
        Assert.Empty(world.Scan(Repository("c1", archived)));

        var unseen = Patch("x1", Bob, PatchStatus.Archived, Revision("x1", Bob));
        Assert.Empty(world.Scan(Repository("c1", archived, unseen)));
        Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1", archived, unseen with { Status = PatchStatus.Open }))));
    }

    [Fact]
    public void a_patch_that_was_opened_and_merged_meanwhile_is_both()
    {
        var world = World.Tracking(Repository("c1"));
        Assert.Collection(world.Scan(Repository("c1", Open.Merged())), m
            => Assert.IsType<PatchOpened>(m), m => Assert.Equal(Alice, Assert.IsType<PatchMerged>(m).By));
        Assert.Empty(world.Scan(Repository("c1", Open.Merged())));
    }

    [Fact]
    public void an_advance_of_the_default_branch_names_the_patches_it_contains_and_merges_those_that_nobody_signed()
    {
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", Open));
        var now = Repository("c2", Open);
        now = now with { Branches = [now.Branches[0] with { Contains = [(Open.Id, R1.Id)] }] };
        Assert.Collection(
            world.Scan(now),
            m => Assert.Equal([Open.Id], Assert.IsType<DefaultBranchAdvanced>(m).Patches),
            m => Assert.Equal((R1.Id, Commit("c2")), (Assert.IsType<PatchMerged>(m).RevisionId, ((PatchMerged)m).Commit)));

        // The delegate's signature comes later, and is no second merge.
        Assert.Empty(world.Scan(Repository("c2", Open.Merged())));
        Assert.Equal(PatchStatus.Merged, world.Find(Open)!.Status);
    }

    [Fact]
    public void a_merge_that_is_seen_before_its_branch_has_moved_is_told_with_the_branch()
    {
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", Open));
        var merged = Open.Merged();
        PatchSnapshot Ahead(TimeSpan age) => merged with { Merge = merged.Merge! with { IsInBranch = false, At = Noon - age } };

        Assert.Empty(world.Scan(Repository("c1", Ahead(TimeSpan.FromSeconds(1)))));
        Assert.Equal(PatchStatus.Open, world.Find(Open)!.Status);
        Assert.Collection(
            world.Scan(Repository("c2", merged)),
            static m => Assert.Equal(Commit("c2"), Assert.IsType<DefaultBranchAdvanced>(m).New),
            static m => Assert.Equal(Commit("c2"), Assert.IsType<PatchMerged>(m).Canonical));

        // A branch may never get it; whose clock is wrong does not wait for it.
        foreach (var age in new[] { TimeSpan.FromMinutes(1), -TimeSpan.FromHours(1) })
        {
            world = World.Tracking(Repository("c1"));
            world.Scan(Repository("c1", Open));
            Assert.IsType<PatchMerged>(Assert.Single(world.Scan(Repository("c1", Ahead(age)))));
        }
    }

    [Fact]
    public void trust_is_by_key_delegates_and_the_list()
    {
        var world = World.Tracking(Repository("c1"), Carol);
        Trust Of(string name, Did by)
            => Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1",
                Patch(name, by, PatchStatus.Open, Revision(name, by)))))).Revision.Trust;
        Assert.Equal([Trust.Trusted, Trust.Trusted, Trust.Stranger], [Of("a", Alice), Of("c", Carol), Of("b", Bob)]);
    }

    [Fact]
    public void a_new_delegate_is_recorded_and_trusted_from_the_same_look_on()
    {
        var world = World.Tracking(Repository("c1"));
        var sent = world.Scan(Repository("c1", Open) with { Delegates = [Alice, Bob] });
        Assert.Equal((Bob, Trust.Trusted), (((TrustChanged)sent[0]).Did, ((TrustChanged)sent[0]).Trust));
        Assert.Equal(Trust.Trusted, Assert.IsType<PatchOpened>(sent[1]).Revision.Trust);
        Assert.Equal([Alice, Bob], world.Known.Repository.Delegates);
    }

    [Fact]
    public void clocks_of_others_never_reach_into_the_future_nor_before_1970()
    {
        var world = World.Tracking(Repository("c1"));
        var mad = Open with { OpenedAt = DateTimeOffset.MaxValue, EarliestAuthoredAt = DateTimeOffset.MinValue };
        var opened = Assert.IsType<PatchOpened>(Assert.Single(world.Scan(Repository("c1", mad))));
        Assert.Equal((Noon, Noon, DateTimeOffset.UnixEpoch), (opened.At, opened.SeenAt, opened.EarliestAuthoredAt));
    }
}
