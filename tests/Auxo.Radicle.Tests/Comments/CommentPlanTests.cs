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

    private static async Task<CommentPlan> PlanAsync(
        WrittenStorage written, string patch, string body, string? previous = null, string? revision = null)
    {
        await using var repository = await written.OpenAsync();
        var own = Did.Parse(written.Alice.Did);
        var id = PatchId.Parse(patch);
        return CommentPlan.Of(
            new CommentRequest(id, RevisionId.Parse(revision ?? patch), Footer, body, previous is null
                ? null
                : CommitId.Parse(previous)), own,
            await repository.ReadPatchWithUnsignedAsync(id, own, CancellationToken.None),
            await repository.ReadPatchAsync(id, CancellationToken.None));
    }
}
