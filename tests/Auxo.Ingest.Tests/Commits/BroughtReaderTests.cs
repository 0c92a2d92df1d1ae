using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Commits;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Commits;

/// <summary>What pushes, merges, squashes and rebases bring, read from real repositories.</summary>
public sealed class BroughtReaderTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Somebody = new(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "a",
        ["GIT_AUTHOR_EMAIL"] = "a@example.org",
        ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@example.org",
    };

    private readonly CommitGraph _git = new();
    private readonly string _root;

    public BroughtReaderTests() => _root = Commit("Start", -1000);

    [Fact]
    public async Task a_push_of_several_commits_began_with_the_earliest_whatever_their_order()
    {
        var a = Commit("a", -1, _root);
        var b = Commit("b", -72, a);
        var c = Commit("c", -2, b);

        var brought = await ReadAsync(_root, c);

        Assert.Equal(Ids(c, b, a), brought.Commits);
        Assert.Equal((Noon.AddHours(-72), null), (brought.FirstAuthoredAt, brought.Gap));
        Assert.Empty(brought.Reverts);
    }

    [Fact]
    public async Task a_merge_of_an_old_branch_began_with_the_branch_and_not_with_what_it_merged_from_main()
    {
        var older = Commit("in main already", -500, _root);
        var side = Commit("side", -72, _root);
        var sync = Commit("Merge main into side", -70, side, older);
        var merge = Commit("Merge side", 0, older, sync);

        var brought = await ReadAsync(older, merge);

        Assert.Equal(Ids(merge, sync, side), brought.Commits);
        Assert.Equal(Noon.AddHours(-72), brought.FirstAuthoredAt);
    }

    [Fact]
    public async Task a_branch_that_is_written_again_says_so_and_names_what_is_gone()
    {
        var kept = Commit("kept", -3, _root);
        var before = Commit("before", -2, kept);
        var brought = await ReadAsync(before, Commit("after", -2, kept));

        Assert.Equal((null, BroughtGap.HistoryRewritten), (brought.FirstAuthoredAt, brought.Gap));
        Assert.Equal(Ids(before), brought.Dropped);
        Assert.Equal(
            BroughtGap.HistoryRewritten, (await ReadAsync(kept, Commit("another beginning", -2))).Gap);
    }

    [Fact]
    public async Task a_branch_that_is_set_back_gains_nothing()
    {
        var gone = Commit("gone", -1, _root);
        var brought = await ReadAsync(gone, _root);

        Assert.Empty(brought.Commits);
        Assert.Equal(BroughtGap.HistoryRewritten, brought.Gap);
        Assert.Equal(Ids(gone), brought.Dropped);
    }

    [Fact]
    public async Task at_the_first_sight_commits_are_named_and_no_beginning()
    {
        var brought = await ReadAsync(null, Commit("b", -1, _root));

        Assert.Equal((2, null, BroughtGap.FirstSeen), (brought.Commits.Count, brought.FirstAuthoredAt, brought.Gap));
    }

    [Fact]
    public async Task commits_that_are_not_here_make_no_beginning()
    {
        var missing = new string('d', 40);
        var head = Commit("b", -1, missing);

        Assert.Equal(BroughtGap.ObjectsMissing, (await ReadAsync(missing, _root)).Gap);
        var broken = await ReadAsync(_root, head);
        Assert.Equal((null, BroughtGap.ObjectsMissing), (broken.FirstAuthoredAt, broken.Gap));
    }

    [Fact]
    public async Task a_shallow_repository_makes_no_beginning()
    {
        var b = Commit("b", -72, _root);
        var c = Commit("c", -1, b);
        var side = Commit("side", -1, b);
        var merge = Commit("Merge", -1, c, side);
        await File.WriteAllTextAsync(Path.Combine(_git.Folder, "shallow"), $"{c}\n{side}\n");

        Assert.Equal((null, BroughtGap.ObjectsMissing), ((await ReadAsync(c, merge)).FirstAuthoredAt, (await ReadAsync(c, merge)).Gap));
    }

    [Theory]
    [InlineData("0 +0000", 0)]
    [InlineData("99999999999 +0000", 99_999_999_999)]
    [InlineData("soon", 0)]
    public async Task a_wrong_clock_is_passed_on_as_it_is(string authored, long seconds)
        => Assert.Equal(
            DateTimeOffset.FromUnixTimeSeconds(seconds),
            (await ReadAsync(_root, _git.Commit("x", authored, _root))).FirstAuthoredAt);

    [Theory]
    [InlineData("Revert \"A\"\n\nThis reverts commit {0}.", true)]
    [InlineData("Take the fast way back\n\nIt was slow.\n\nThis reverts commit {0}.", true)]
    [InlineData("Revert \"Merge side\"\n\nThis reverts commit {0}, reversing\nchanges made to {1}.", true)]
    [InlineData("# *** SAY WHY ***\n\nThis reverts commit {0:7} (A, 2026-03-01).", true)]
    [InlineData("Partly back\n\nThis partially reverts commit {0}.", true)]
    [InlineData("Back\n\nThis reverts part of commit {0}.", true)]
    [InlineData("Squashed\n\n* one\n\nThis reverts commits {1} and {0}.", true)]
    [InlineData("Reapply \"A\"\n\nThis reverts commit {0}.", true)]
    [InlineData("Quote\n\n> This reverts commit {0}.", false)]
    [InlineData("Squashed commit of the following:\n\n    This reverts commit {0}.", false)]
    [InlineData("Say something\n\nUnlike that one this reverts commit {0} not at all.", false)]
    [InlineData("Nothing\n\nThis reverts commit 1234567.", false)]
    public async Task the_body_says_what_is_taken_back(string message, bool takes)
    {
        var a = Commit("A", -3, _root);
        var text = message.Replace("{0:7}", a[..7], StringComparison.Ordinal).Replace("{0}", a, StringComparison.Ordinal)
            .Replace("{1}", _root, StringComparison.Ordinal);
        var head = Commit("on top", 0, Commit(text, -1, a));

        var reverts = (await ReadAsync(a, head)).Reverts;

        Assert.Equal(takes, reverts.Any(r => r.Takes.Contains(CommitId.Parse(a))));
        Assert.All(reverts, r => Assert.Equal(Noon.AddHours(-1), r.AuthoredAt));
    }

    [Fact]
    public async Task what_the_branch_does_not_contain_is_not_taken_back_by_its_id_but_by_its_title()
    {
        var rebased = Commit("A", -3, _root);
        var before = Commit("A", -3, Commit("another base", -4, _root));
        var revert = Commit($"Revert \"A\"\n\nThis reverts commit {before}.", -1, rebased);

        Assert.Equal(Ids(rebased), Assert.Single((await ReadAsync(rebased, revert)).Reverts).Takes);
    }

    [Fact]
    public async Task of_a_title_of_two_lines_git_quotes_the_first_and_the_newest_of_that_name_before_it_is_meant()
    {
        var first = Commit("Be quick\nand dirty", -5, _root);
        var second = Commit("Be quick\nand clean", -4, first);
        var revert = Commit("Revert \"Be quick\"", -3, second);
        var later = Commit("Be quick", -2, revert);

        Assert.Equal(Ids(second), Assert.Single((await ReadAsync(second, later)).Reverts).Takes);
    }

    [Fact]
    public async Task a_revert_of_a_revert_names_the_revert_by_either_title()
    {
        var a = Commit("A", -5, _root);
        var back = Commit("Revert \"A\"", -4, a);

        foreach (var title in new[] { "Revert \"Revert \"A\"\"", "Reapply \"A\"" })
            Assert.Equal(Ids(back), Assert.Single((await ReadAsync(back, Commit(title, -3, back))).Reverts).Takes);
    }

    [Fact]
    public async Task a_long_history_is_read_to_its_end_and_named_in_part_and_an_endless_one_is_not_read()
    {
        await ImportAsync(100_001);
        var refs = await GitTree.RefsAsync(_git.Folder, "refs/heads/", CancellationToken.None);
        var head = refs["refs/heads/long"];
        var start = (await GitCommand.RunAsync(_git.Folder, ["rev-parse", "long~5000"], CancellationToken.None)).Trim();
        var root = (await GitCommand.RunAsync(_git.Folder, ["rev-parse", "long~100000"], CancellationToken.None)).Trim();

        var some = await ReadAsync(start, head);
        Assert.Equal((2000, DateTimeOffset.FromUnixTimeSeconds(1_700_095_001)), (some.Commits.Count, some.FirstAuthoredAt));
        Assert.Null((await ReadAsync(root, head)).Gap);
        var more = (await GitCommand.RunAsync(
            _git.Folder, ["commit-tree", "long^{tree}", "-p", "long", "-m", "one more"], CancellationToken.None,
            environment: Somebody)).Trim();
        var endless = await ReadAsync(root, more);
        Assert.Equal((null, BroughtGap.TooManyCommits), (endless.FirstAuthoredAt, endless.Gap));
    }

    public void Dispose() => _git.Dispose();

    private async Task ImportAsync(int count)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append($"commit refs/heads/long\nauthor a <a@example.org> {1_700_000_000 + i} +0000\n")
                .Append($"committer a <a@example.org> {1_700_000_000 + i} +0000\ndata 1\nx\n");
        await GitCommand.RunAsync(
            _git.Folder, ["fast-import", "--quiet"], CancellationToken.None, System.Text.Encoding.ASCII.GetBytes(text.ToString()));
    }

    private string Commit(string message, int hours, params string[] parents) => _git.Commit(message, Noon.AddHours(hours), parents);

    private Task<BroughtCommits> ReadAsync(string? old, string head)
        => BroughtReader.ReadAsync(_git.Folder, old is null ? null : CommitId.Parse(old), CommitId.Parse(head), CancellationToken.None);

    private static IEnumerable<CommitId> Ids(params string[] ids) => ids.Select(static id => CommitId.Parse(id));
}
