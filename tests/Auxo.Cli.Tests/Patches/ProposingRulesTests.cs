using Auxo.Cli.Patches;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Proposing;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Tests.Patches;

public sealed class ProposingRulesTests
{
    [Fact]
    public void a_work_trees_status_is_read_with_renames_conflicts_and_spaces()
    {
        const string zeros = "0000000000000000000000000000000000000000";
        var status = WorkTreeStatus.Parse(
            $"# branch.oid {zeros}\0# branch.head to pic\0# branch.upstream rad/main\0# branch.ab +1 -0\0"
                + $"1 M. N... 100644 100644 100644 {zeros} {zeros} a b.sh\0"
                + $"1 .D N... 100644 100644 000000 {zeros} {zeros} gone\0"
                + $"2 RM N... 100644 100644 100644 {zeros} {zeros} R100 new name\0old name\0"
                + $"u UU N... 100644 100644 100644 100644 {zeros} {zeros} {zeros} both\0"
                + "? un tracked\0! ignored\0");
        Assert.Equal((zeros, "to pic"), (status.Head, status.Branch));
        Assert.Equal(["a b.sh", "new name"], status.Staged);
        Assert.Equal(["gone", "new name", "both"], status.Unstaged);
        Assert.Equal(["un tracked"], status.Untracked);
        Assert.Equal("2 staged (a b.sh, new name), 3 not staged (gone, new name, both), 1 untracked (un tracked)", status.Words);
        var unborn = WorkTreeStatus.Parse("# branch.oid (initial)\0# branch.head (detached)\0");
        Assert.Equal((null, null, true), (unborn.Head, unborn.Branch, unborn.IsClean));
    }

    [Theory]
    [InlineData("remote.origin.url\nhttps://example.org/x\0", null)]
    [InlineData("remote.mine.url\nrad://z3gqcJUoA1n9HaHKufZs5FCSGazv5\0", "mine")]
    [InlineData("remote.mine.url\nrad://z3gqcJUoA1n9HaHKufZs5FCSGazv5\0remote.rad.url\nrad://z3gqcJUoA1n9HaHKufZs5FCSGazv5\0", "rad")]
    [InlineData("remote.bob.url\nrad://z3gqcJUoA1n9HaHKufZs5FCSGazv5/z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp\0", null)]
    [InlineData("", null)]
    public void the_repositorys_remote_is_found_and_no_peers(string configured, string? name)
        => Assert.Equal(name, UserCopy.FindRemote(configured)?.Name);

    [Theory]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Ahead), false, false, null)]
    [InlineData(PatchStatus.Draft, nameof(HeadRelation.Ahead), false, false, null)]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Apart), false, true, null)]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Apart), false, false, "--force")]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Same), false, true, "Commit something")]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Behind), false, true, "git pull")]
    [InlineData(PatchStatus.Open, nameof(HeadRelation.Ahead), true, false, "Nothing is left")]
    [InlineData(PatchStatus.Merged, nameof(HeadRelation.Ahead), false, true, "auxo patch create")]
    [InlineData(PatchStatus.Archived, nameof(HeadRelation.Ahead), false, true, "rad patch archive --undo")]
    public void a_revision_is_refused_by_the_patchs_state_and_its_history(
        PatchStatus status, string relation, bool isIn, bool force, string? hint)
    {
        var refusal = RevisionRules.Refuse("1a2b3c4", status, Enum.Parse<HeadRelation>(relation), isIn, force);
        if (hint is null) Assert.Null(refusal);
        else Assert.Contains(hint, refusal!.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void a_patch_is_named_by_digits_of_which_no_other_has()
    {
        CommitId[] known = [CommitId.Parse(new string('a', 40)), CommitId.Parse("aaab" + new string('c', 36))];
        Assert.Equal(known[0].Value, PatchArgument.Resolve(known, "AAAA").Value);
        Assert.Equal(ExitCode.Negative, Assert.Throws<CliException>(() => PatchArgument.Resolve(known, "beef")).Code);
        Assert.Equal(ExitCode.Usage, Assert.Throws<CliException>(() => PatchArgument.Resolve(known, "aaa")).Code);
        Assert.Equal(ExitCode.Usage, Assert.Throws<CliException>(() => PatchArgument.Resolve(known, "wxyz")).Code);
        CommitId[] alike = [.. known, CommitId.Parse("aaaa" + new string('d', 36))];
        var several = Assert.Throws<CliException>(() => PatchArgument.Resolve(alike, "aaaa"));
        Assert.Contains("fits 2", several.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "✗ Error: A passphrase is required to read your Radicle key.", "", "Your Radicle key is locked.")]
    [InlineData(1, "", "error: error connecting to ssh-agent: x", "Your Radicle key is locked, and there is no agent that has it.")]
    [InlineData(1, "✗ Error: Radicle profile not found in '/x'.", "", "There is no Radicle profile.")]
    [InlineData(7, "", "", "'rad patch edit' ended with 7: it said nothing")]
    [InlineData(101, "noise\n", "thread panicked\n", "'rad patch edit' ended with 101: thread panicked noise")]
    [InlineData(null, "", "did not end within 1 min", "'rad patch edit' did not end within 1 min, and was stopped.")]
    public void what_a_program_could_not_do_is_said_in_our_words(int? code, string output, string errors, string message)
        => Assert.Equal(message, ProgramFault.Of(new ProgramRun("rad patch edit", code, output, errors)).Message);

    [Theory]
    [InlineData("✓ Patch aa45913e757cacd46972733bddee5472c78fa32a opened", true)]
    [InlineData("noise\n✓ Patch aa45913e757cacd46972733bddee5472c78fa32a drafted\nTo rad://x\n", true)]
    [InlineData("✓ Patch aa45913 opened", false)]
    [InlineData("Patch opened", false)]
    [InlineData("", false)]
    public void the_patchs_id_is_read_where_it_is_said_as_we_know_it(string said, bool known)
        => Assert.Equal(known ? "aa45913e757cacd46972733bddee5472c78fa32a" : null, PatchPush.IdOf(said));

    [Theory]
    [InlineData("plain, größer, 日本", true, "plain, größer, 日本")]
    [InlineData("say \"a\"", false, "say 'a'")]
    [InlineData("a\\b\n", false, "a b")]
    [InlineData("\\", false, "-")]
    public void what_a_push_option_cannot_carry_is_known(string text, bool carries, string plain)
        => Assert.Equal((carries, plain), (PushOption.Carries(text), PushOption.Plain(text)));
}
