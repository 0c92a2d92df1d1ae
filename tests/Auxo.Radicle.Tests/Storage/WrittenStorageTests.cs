using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>The life of a patch in a storage that was written for the test; real programs agree with what is read.</summary>
public sealed class WrittenStorageTests
{
    [Fact]
    public async Task a_patch_is_opened_revised_discussed_and_merged()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, alice, bob) = (written.Storage, written.Alice, written.Bob);
        await using var repository = await written.OpenAsync();
        Assert.Equal(storage.Rid, repository.Rid.Value);
        Assert.Equal(storage.Head, (await repository.CanonicalHeadAsync(CancellationToken.None))!.Value.Value);

        var (patch, head) = storage.OpenPatch(bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"), draft: true);
        var read = await ReadAsync(repository, patch);
        Assert.Equal((PatchStatus.Draft, bob.Did, "Say hello", head), (
            read.State.Status, read.Author.Value, read.Title, read.Latest.Head.Value));
        Assert.Equal(head, (await repository.ReadCommitAsync(read.Latest.Head, CancellationToken.None)) is { Title: "Say hello" }
            ? head
            : "");

        storage.SetStatus(bob, patch, "open");
        var (revision, second) = storage.RevisePatch(bob, patch, head, WrittenStorage.Files("hello.txt", "hello world\n"));
        var comment = storage.Comment(alice, patch, revision, "started");
        storage.EditComment(alice, patch, revision, comment, "passed");
        read = await ReadAsync(repository, patch);
        Assert.Equal((PatchStatus.Open, revision, second), (read.State.Status, read.Latest.Id.Value, read.Latest.Head.Value));
        Assert.Equal(("passed", comment, alice.Did), Assert.Single(read.Latest.Discussion.Standing) is var c
            ? (c.Body, c.Id.Value, c.Author.Value)
            : default);

        storage.Merge(alice, patch, revision, second);
        read = await ReadAsync(repository, patch);
        Assert.Equal((PatchStatus.Merged, revision, second), (read.State.Status, read.State.Revision?.Value, read.State.Commit?.Value));
        Assert.Equal(second, (await repository.CanonicalHeadAsync(CancellationToken.None))!.Value.Value);
        Assert.Empty((await repository.ReadRefsAsync(CancellationToken.None)).Problems);
    }

    [Fact]
    public async Task a_redacted_revision_is_not_the_latest_and_neither_is_a_foreign_one()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, bob, eve) = (written.Storage, written.Bob, written.Eve);
        await using var repository = await written.OpenAsync();
        var (patch, head) = storage.OpenPatch(bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var (foreign, _) = storage.RevisePatch(eve, patch, head, WrittenStorage.Files("hello.txt", "mine\n"));
        var (redacted, _) = storage.RevisePatch(bob, patch, head, WrittenStorage.Files("hello.txt", "oops\n"));
        storage.RedactRevision(bob, patch, redacted);

        var read = await ReadAsync(repository, patch);
        Assert.Equal(patch, read.Latest.Id.Value);
        Assert.Equal([patch, foreign, redacted], read.Revisions.Select(r => r.Id.Value));
        Assert.Equal(eve.Did, read.Find(RevisionId.Parse(foreign))!.Author.Value);
        Assert.True(read.Find(RevisionId.Parse(redacted))!.Redacted);
    }

    [Fact]
    public async Task a_patch_is_merged_when_as_many_delegates_as_the_threshold_say_so()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, alice, bob) = (written.Storage, written.Alice, written.Bob);
        storage.AddDelegate(alice, bob, threshold: 2);
        await using var repository = await written.OpenAsync();
        var identity = await repository.ReadIdentityAsync(CancellationToken.None);
        Assert.Equal([alice.Did, bob.Did], identity.Delegates.Select(d => d.Value));
        Assert.Equal(2, identity.Threshold);
        var (patch, head) = storage.OpenPatch(written.Eve, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));

        storage.Merge(alice, patch, patch, head);
        var read = await ReadAsync(repository, patch);
        Assert.Equal(PatchStatus.Open, read.State.Status);
        Assert.Equal(alice.Did, Assert.Single(read.Merges).Delegate.Value);

        storage.Merge(bob, patch, patch, head);
        Assert.Equal(PatchStatus.Merged, (await ReadAsync(repository, patch)).State.Status);

        // One of them takes it back by a forced push: then it is not in his branch any more.
        storage.Push(bob, storage.Commit(WrittenStorage.Files("other.txt", "x"), "Elsewhere", parent: null));
        Assert.Equal(PatchStatus.Open, (await ReadAsync(repository, patch)).State.Status);
    }

    [Fact]
    public async Task an_open_reader_sees_new_people_and_packed_refs_and_objects()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, bob, eve) = (written.Storage, written.Bob, written.Eve);
        await using var repository = await written.OpenAsync();
        Assert.Empty((await repository.ReadPatchesAsync(CancellationToken.None)).Patches);

        var (first, _) = storage.OpenPatch(bob, "By bob", WrittenStorage.Files("a.txt", "a\n"));
        Assert.Equal(bob.Did, (await ReadAsync(repository, first)).Author.Value);

        await GitCommand.RunAsync(storage.Path, ["pack-refs", "--all", "--prune"], CancellationToken.None);
        await GitCommand.RunAsync(storage.Path, ["repack", "-adq"], CancellationToken.None);
        var (second, head) = storage.OpenPatch(eve, "By eve", WrittenStorage.Files("b.txt", "b\n"));
        Assert.Equal("By bob", (await ReadAsync(repository, first)).Title);
        Assert.Equal(head, (await ReadAsync(repository, second)).Latest.Head.Value);
        Assert.Equal(storage.Head, (await repository.CanonicalHeadAsync(CancellationToken.None))!.Value.Value);

        await using var fresh = await written.OpenAsync();
        Assert.Equal([first, second], (await fresh.ReadPatchesAsync(CancellationToken.None))
            .Patches.OrderBy(p => p.OpenedAt).Select(p => p.Id.Value));
    }

    [Fact]
    public async Task the_default_branch_tells_who_pushed_it_and_which_patches_it_contains()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, alice, bob) = (written.Storage, written.Alice, written.Bob);
        await using var repository = await written.OpenAsync();
        var start = CommitId.Parse(storage.Head);
        var (_, one) = storage.OpenPatch(bob, "One", WrittenStorage.Files("a.txt", "a\n"));
        var (_, two) = storage.OpenPatch(bob, "Two", WrittenStorage.Files("b.txt", "b\n"));
        storage.Push(alice, storage.Commit(WrittenStorage.Files("c.txt", "c\n"), "On top of one", one));

        var head = CommitId.Parse(storage.Head);
        CommitId[] asked = [CommitId.Parse(one), CommitId.Parse(two), head, CommitId.Parse(new string('1', 40))];
        Assert.Equal([asked[0], head], await repository.ContainedAsync(head, asked, CancellationToken.None));
        Assert.Equal([asked[0], head], await repository.ContainedAsync(head, asked, CancellationToken.None));
        Assert.Equal([alice.Did], (await repository.DelegatesAtAsync(head, CancellationToken.None)).Select(d => d.Value));
        Assert.Empty(await repository.DelegatesAtAsync(start, CancellationToken.None));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task the_earliest_author_time_is_that_of_the_first_commit_after_the_base(int length)
    {
        using var written = await WrittenStorage.CreateAsync();
        var storage = written.Storage;
        await using var repository = await written.OpenAsync();
        var (start, first) = (storage.Head, storage.Now);
        var head = start;
        for (var i = 0; i < length; i++) head = storage.Commit(WrittenStorage.Files("a.txt", $"{i}\n"), $"Step {i}", head);

        Assert.Equal(first, await repository.EarliestAuthoredAtAsync(CommitId.Parse(start), CommitId.Parse(head), CancellationToken.None));
        Assert.Null(await repository.EarliestAuthoredAtAsync(CommitId.Parse(head), CommitId.Parse(head), CancellationToken.None));
        Assert.Null(await repository.EarliestAuthoredAtAsync(
            CommitId.Parse(start), CommitId.Parse(new string('1', 40)), CancellationToken.None));
        Assert.Equal(
            storage.Now.AddSeconds(-1), await repository.EarliestAuthoredAtAsync(
                CommitId.Parse(new string('1', 40)), CommitId.Parse(head), CancellationToken.None));
    }

    [Fact]
    public async Task operations_at_the_same_time_are_ordered_as_radicle_orders_them()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, alice, bob) = (written.Storage, written.Alice, written.Bob);
        await using var repository = await written.OpenAsync();
        var (patch, _) = storage.OpenPatch(bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var start = storage.Comment(bob, patch, patch, "start");
        string Late(RadicleTestKey by, string body, string parent)
        {
            var id = storage.WriteOperation(
                by, CobTypes.Patch, patch, [new() { ["type"] = "revision.comment", ["revision"] = patch, ["body"] = body }],
                [], parents: [parent]);
            storage.SignRefs(by);
            return id;
        }

        var first = Late(alice, "1", start);
        var second = Late(bob, "2", start);
        var third = Late(alice, "3", first);

        // Depth first: what builds on the earlier one comes before the later one.
        Assert.Equal([patch, start, first, third, second], (await ReadAsync(repository, patch)).Timeline.Select(t => t.Value));
    }

    [Fact]
    public async Task real_programs_read_the_same_from_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var node = lab.Nodes[0];
        using var founder = new RadicleTestKey("founder");
        using var author = new RadicleTestKey("author");
        var storage = await RadicleStorage.CreateAsync(
            Path.Combine(node.Home, "storage"), "demo", founder, WrittenStorage.Files("README.md", "# demo\n"));
        storage.AddDelegate(founder, author);
        var (patch, head) = storage.OpenPatch(author, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"), "Politely.");
        var one = storage.Comment(founder, patch, patch, "started");
        storage.EditComment(founder, patch, patch, one, "passed");
        var (revision, second) = storage.RevisePatch(author, patch, head, WrittenStorage.Files("hello.txt", "hello world\n"));

        // At the same time, directly on the first operation and on a later one.
        foreach (var parent in (string[])[patch, revision])
        {
            foreach (var by in (RadicleTestKey[])[founder, author])
            {
                storage.WriteOperation(
                    by, CobTypes.Patch, patch, [new() { ["type"] = "revision.comment", ["revision"] = patch, ["body"] = "at once" }],
                    [], parents: [parent]);
                storage.SignRefs(by);
            }
        }

        storage.Comment(founder, patch, revision, "joined");
        storage.Merge(founder, patch, revision, second);
        await node.RadAsync(ct, "patch", "cache", "--repo", storage.Rid);

        await using var repository = await RadicleRepository.OpenAsync(storage.Path, ct);
        var identity = JsonNode.Parse(await node.RadAsync(ct, "inspect", storage.Rid, "--identity"));
        AssertJson.Same(identity, RadJson.Of((await repository.ReadIdentityAsync(ct)).Document));
        var shown = JsonNode.Parse(await node.PatchJsonAsync(storage.Rid, patch, ct));
        AssertJson.Same(shown, RadJson.Of(await ReadAsync(repository, patch)));
        var signed = (await repository.ReadRefsAsync(ct)).Signed.Values.OrderBy(s => s.Owner.Nid, StringComparer.Ordinal)
            .Select(s => $"{s.Owner.Nid} {s.At} {s.Level.ToString().ToLowerInvariant()}");
        Assert.Equal(signed, (await node.RadAsync(ct, "inspect", storage.Rid, "--sigrefs"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static async Task<RadiclePatch> ReadAsync(RadicleRepository repository, string patch)
        => (await repository.ReadPatchAsync(PatchId.Parse(patch), CancellationToken.None))!;
}
