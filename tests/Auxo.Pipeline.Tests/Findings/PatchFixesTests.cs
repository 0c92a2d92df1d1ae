using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Tests.Baselines;

namespace Auxo.Pipeline.Tests.Findings;

/// <summary>Which findings of the default branch a patch takes out.</summary>
public sealed class PatchFixesTests
{
    [Theory]
    [InlineData("fixed", "a.sh:x", "", "a.sh", "a.sh:x", "a.sh:x")]
    [InlineData("still there", "a.sh:x", "a.sh:x", "a.sh", "a.sh:x", "")]
    [InlineData("one of two", "a.sh:x a.sh:y", "a.sh:y", "a.sh", "a.sh:x a.sh:y", "a.sh:x")]
    [InlineData("one of two equal ones", "a.sh:x a.sh:x", "a.sh:x", "a.sh", "a.sh:x a.sh:x", "a.sh:x")]
    [InlineData("renamed", "a.sh:x@1", "b.sh:x@1", "a.sh b.sh", "a.sh:x@1", "")]
    [InlineData("came into the branch after the patch began", "a.sh:x", "", "a.sh", "", "")]
    [InlineData("a copy elsewhere is another one", "a.sh:=x", "b.sh:=x", "a.sh", "a.sh:=x b.sh:=x", "a.sh:=x")]
    [InlineData("a file that could not be read", "a.sh:x", "a.sh:!", "a.sh", "a.sh:x", "")]
    [InlineData("a check that could not look", "sast/a.sh:x", "", "a.sh", "sast/a.sh:x", "")]
    public void a_patch_fixes_what_stood_where_it_began_and_is_gone(
        string what, string record, string found, string touched, string began, string expected)
    {
        var branch = new FollowedBranch();
        branch.Build(record, looked: "shellcheck sast");
        var seen = Seen.Of(found);
        var unread = seen.Where(static one => one.Mark.HidesRestOf is not null)
            .Select(static one => new UnreadFile(one.Mark.Check, one.Mark.Path)).ToList();
        var gone = PatchFixes.Candidates([.. branch.Rows], seen, touched.Split(' '), ["shellcheck"], unread);
        var fixes = PatchFixes.StoodIn(Seen.Of(began), gone);
        Assert.True(
            expected == string.Join(' ', fixes.Select(static f => $"{f.Path}:{f.Message["about ".Length..]}")),
            $"{what}: {string.Join(' ', fixes)}");
    }

    [Theory]
    [InlineData("tree 1\nauthor Alice B <a@example.org> 1 +0000\ncommitter C <c@example.org> 1 +0000\n\nx", "Alice B")]
    [InlineData("tree 1\nauthor  <a@example.org> 1 +0000\n\nx", null)]
    [InlineData("tree 1\nauthor Mallory\u202e\u0007 <m> 1 +0000\n\n", "Mallory")]
    [InlineData("tree 1\n\nauthor Not Me <a> 1 +0000", null)]
    [InlineData("", null)]
    public void the_author_is_who_git_names(string commit, string? expected) => Assert.Equal(expected, FollowFindings.AuthorOf(commit));
}
