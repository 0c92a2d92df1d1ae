using Auxo.Contracts;

namespace Auxo.Radicle.Tests;

public sealed class CommentPlanTests
{
    private const string Footer = "auxo · build 3f2a1c7";

    [Fact]
    public async Task a_comment_is_posted_once_edited_in_place_and_found_again_by_its_footer()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (patch, _) = written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));

        // What others write does not count, not even with our footer in it.
        written.Storage.Comment(written.Eve, patch, patch, "> " + Footer);
        Assert.IsType<CommentPlan.Post>(await PlanAsync(written, patch, "queued\n" + Footer));

        var comment = written.Storage.Comment(written.Alice, patch, patch, "queued\n" + Footer);
        Assert.Equal(new CommentPlan.Nothing(CommitId.Parse(comment)), await PlanAsync(written, patch, "queued\n" + Footer));
        Assert.Equal(new CommentPlan.Edit(CommitId.Parse(comment)), await PlanAsync(written, patch, "passed\n" + Footer));

        // By its id, too, when somebody edited the footer away.
        written.Storage.EditComment(written.Alice, patch, patch, comment, "edited by hand");
        Assert.Equal(new CommentPlan.Edit(CommitId.Parse(comment)), await PlanAsync(written, patch, "passed\n" + Footer, comment));

        // A comment that was reported but is not there any more is written again.
        Assert.IsType<CommentPlan.Post>(await PlanAsync(written, patch, "passed\n" + Footer, new string('1', 40)));
    }

    [Fact]
    public async Task what_stands_there_unsigned_is_signed_instead_of_written_twice()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (patch, _) = written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var unsigned = written.Storage.WriteOperation(
            written.Alice, CobTypes.Patch, patch,
            [new() { ["type"] = "revision.comment", ["revision"] = patch, ["body"] = "queued\n" + Footer }], []);

        Assert.Equal(new CommentPlan.Sign(CommitId.Parse(unsigned)), await PlanAsync(written, patch, "queued\n" + Footer));
        written.Storage.SignRefs(written.Alice);
        Assert.Equal(new CommentPlan.Nothing(CommitId.Parse(unsigned)), await PlanAsync(written, patch, "queued\n" + Footer));
    }

    [Fact]
    public async Task a_redacted_revision_is_final_and_one_that_is_not_there_yet_is_not()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (patch, head) = written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var (revision, _) = written.Storage.RevisePatch(written.Bob, patch, head, WrittenStorage.Files("hello.txt", "hi\n"));
        written.Storage.RedactRevision(written.Bob, patch, revision);

        Assert.False(Assert.IsType<CommentPlan.Impossible>(await PlanAsync(written, patch, Footer, revision: revision)).Retry);
        Assert.True(Assert.IsType<CommentPlan.Impossible>(await PlanAsync(written, patch, Footer, revision: new string('1', 40))).Retry);
        Assert.True(Assert.IsType<CommentPlan.Impossible>(await PlanAsync(written, new string('2', 40), Footer, revision: patch)).Retry);
    }

    [Fact]
    public async Task of_several_delegates_auxos_the_first_speaks_and_a_later_comment_goes()
    {
        using var written = await WrittenStorage.CreateAsync();
        var storage = written.Storage;
        storage.AddDelegate(written.Alice, written.Bob);
        var (patch, head) = storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        // Anybody may write such a text, and a delegate may quote one.
        storage.Comment(written.Eve, patch, patch, "passed\n\nauxo · build 1111111");
        storage.Comment(written.Bob, patch, patch, "> auxo · build 1111111\n\nwhy?");
        Assert.IsType<CommentPlan.Post>(await PlanAsync(written, patch, "passed\n" + Footer));

        storage.Now = storage.Now.AddSeconds(10);
        storage.Comment(written.Bob, patch, patch, "passed\n\nauxo · build 1111111\n");
        var bob = Did.Parse(written.Bob.Did);
        Assert.Equal(new CommentPlan.Elsewhere(bob, null), await PlanAsync(written, patch, "passed\n" + Footer));

        // Both believed to be the one: whose comment is later takes it back, on every node alike.
        storage.Now = storage.Now.AddSeconds(10);
        var late = storage.Comment(written.Alice, patch, patch, "passed\n" + Footer);
        Assert.Equal(new CommentPlan.Elsewhere(bob, CommitId.Parse(late)), await PlanAsync(written, patch, "passed\n" + Footer));

        var (next, _) = storage.RevisePatch(written.Bob, patch, head, WrittenStorage.Files("hello.txt", "hi\n"));
        Assert.IsType<CommentPlan.Post>(await PlanAsync(written, patch, "passed\n" + Footer, revision: next));
        storage.Act(written.Alice, patch, new() { ["type"] = "revision.comment.redact", ["revision"] = patch, ["comment"] = late });
        Assert.Equal(
            new CommentPlan.StandBy(bob),
            await PlanAsync(written, patch, "passed\n" + Footer, revision: next, age: TimeSpan.FromSeconds(5)));
        Assert.IsType<CommentPlan.Post>(
            await PlanAsync(written, patch, "passed\n" + Footer, revision: next, age: CommentPlan.Patience));
    }

    [Fact]
    public async Task the_first_of_two_stays()
    {
        using var written = await WrittenStorage.CreateAsync();
        var storage = written.Storage;
        storage.AddDelegate(written.Alice, written.Bob);
        var (patch, _) = storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var ours = storage.Comment(written.Alice, patch, patch, "passed\n" + Footer);
        storage.Now = storage.Now.AddSeconds(10);
        storage.Comment(written.Bob, patch, patch, "passed\n\nauxo · build 1111111");
        Assert.Equal(new CommentPlan.Nothing(CommitId.Parse(ours)), await PlanAsync(written, patch, "passed\n" + Footer));
    }

    private static async Task<CommentPlan> PlanAsync(
        WrittenStorage written, string patch, string body, string? previous = null, string? revision = null, TimeSpan? age = null)
    {
        await using var repository = await written.OpenAsync();
        var own = Did.Parse(written.Alice.Did);
        var id = PatchId.Parse(patch);
        return CommentPlan.Of(
            new CommentRequest(id, RevisionId.Parse(revision ?? patch), Footer, body, previous is null
                ? null
                : CommitId.Parse(previous)) { Age = age ?? TimeSpan.MaxValue }, own,
            await repository.ReadPatchWithUnsignedAsync(id, own, CancellationToken.None),
            await repository.ReadPatchAsync(id, CancellationToken.None),
            (await repository.ReadIdentityAsync(CancellationToken.None)).Delegates);
    }
}
