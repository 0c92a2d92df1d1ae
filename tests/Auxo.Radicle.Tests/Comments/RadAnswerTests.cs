namespace Auxo.Radicle.Tests;

public sealed class RadAnswerTests
{
    [Fact]
    public void an_error_on_stdout_is_found_among_warnings()
    {
        var answer = RadAnswer.Of(
            1,
            "! Warning: Failed to connect to ssh-agent: Unable to read environment variable 'SSH_AUTH_SOCK': "
                + "environment variable not found.\n"
                + "✗ Error: A passphrase is required to read your Radicle key. Unable to continue. "
                + "Consider setting the environment variable `RAD_PASSPHRASE`.",
            "");
        Assert.StartsWith("key locked", Assert.IsType<RadAnswer.Waits>(answer).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("✗ Error: store: signed refs: old reference value does not match; class=Reference (4); code=Modified (-15)")]
    [InlineData(
        "✗ Error: store: update error: failed to get references during object update: failed to create locked file "
            + "'/x.lock': File exists; class=Os (2); code=Locked (-14)")]
    [InlineData("✗ Error: internal error: database is locked (code 5)")]
    public void a_collision_is_tried_again(string printed) => Assert.IsType<RadAnswer.Collided>(RadAnswer.Of(1, printed, ""));

    [Fact]
    public void missing_rights_and_wrong_usage_are_final_and_anything_else_is_tried_again()
    {
        Assert.False(Assert.IsType<RadAnswer.Refused>(
            RadAnswer.Of(1, "✗ Error: store: update error: z6Mk not authorized to apply RevisionCommentEdit { }", "")).Retry);
        Assert.False(Assert.IsType<RadAnswer.Refused>(RadAnswer.Of(2, "", "error: unexpected argument '--no-announce'")).Retry);
        Assert.True(Assert.IsType<RadAnswer.Refused>(RadAnswer.Of(101, "", "thread 'main' panicked")).Retry);
        Assert.Equal("rad said nothing.", Assert.IsType<RadAnswer.Refused>(RadAnswer.Of(1, "", "")).Reason);
    }

    [Fact]
    public void success_is_a_claim_whatever_is_printed()
        => Assert.IsType<RadAnswer.Wrote>(
            RadAnswer.Of(0, "04cd5afe13259a165f4a8e990de520571afe4d72\nNo seeds found for rad:z3Fncx.\n", ""));
}
