using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tests.Recording;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

using static Auxo.Ingest.Tests.Recording.Seen;

namespace Auxo.Ingest.Tests.Tracking;

public sealed class GetRefsTests
{
    [Fact]
    public void a_tip_that_was_announced_is_not_called_built()
    {
        var patch = Patch("p", Bob, PatchStatus.Open, Revision("r1", Bob));
        var world = World.Tracking(Repository("c1"));
        world.Scan(Repository("c1", patch));

        var refs = GetRefs.Explain(world.Known, [], failure: null).ToList();
        Assert.Equal(["default_branch_advanced", "patch_opened"], refs.Select(r => r.Fact));
        Assert.Equal("announced to the pipeline", refs[0].Reason);
        Assert.Equal(
            "announced to the pipeline for the built-in checks only: its author is no delegate and not on the trusted list",
            refs[1].Reason);
    }

    [Fact]
    public void a_visitor_reads_no_folder_in_what_cannot_be_read()
    {
        var world = World.Tracking(Repository("c1"));
        var problems = GetRefs.ForVisitors([
            new TipProblem("branch", "main", null, "Push main: git -C /srv/git/demo"),
            new TipProblem("branch", "next", world.Known.Repository.Tips[0].Commit, "Open a patch.")]);
        Assert.Equal(["It cannot be read now.", "Open a patch."], problems.Select(static p => p.Reason));
    }

    [Fact]
    public void a_patch_from_before_the_tracking_says_why_it_was_not_announced()
    {
        var patch = Patch("p", Bob, PatchStatus.Open, Revision("r1", Bob));
        var world = World.Tracking(Repository("c1", patch));

        var found = GetRefs.Explain(world.Known, [], failure: null).Last();
        Assert.Null(found.Fact);
        Assert.StartsWith(
            "It was there when the repository was tracked; the next revision is announced.", found.Reason, StringComparison.Ordinal);
    }
}
