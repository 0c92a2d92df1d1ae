using Auxo.Contracts;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>Operations written with git alone, beside Radicle's real programs; skipped where there are none.</summary>
public sealed class CobWriterTests
{
    [Fact]
    public async Task what_another_program_wrote_since_the_plan_stays_and_nothing_of_ours_is_written()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        using var key = await KeyAsync(home, ct);
        var id = CommitId.Parse(patch.Value);
        var before = await CobWriter.ReadOwnAsync(storage, key.Owner, ct);
        await lab.Nodes[0].RadAsync(ct, "patch", "comment", patch.Value, "--repo", rid, "-m", "the user's", "--no-announce");

        var overtaken = Assert.IsType<CobWrite.Overtaken>(await WriteAsync(before));
        Assert.Contains("expected", overtaken.Reason, StringComparison.Ordinal);
        Assert.Equal(["the user's"], await BodiesAsync(storage, patch, ct));
        Assert.IsType<CobWrite.Written>(await WriteAsync(await CobWriter.ReadOwnAsync(storage, key.Owner, ct)));
        Assert.Equal(["the user's", "ours"], await BodiesAsync(storage, patch, ct));
        var refs = await storage.ReadRefsAsync(ct);
        Assert.Empty(refs.Problems);

        async Task<CobWrite> WriteAsync(OwnRefs own)
        {
            var after = await storage.ReadNewestAsync(CobTypes.Patch, id, own.Tip(CobTypes.Patch, id), [], ct);
            var comment = new NewOperation([PatchActions.Comment(RevisionId.Parse(patch.Value), "ours", null)], "Comment", []);
            return await CobWriter.WriteAsync(
                storage, home, key, own, [new CobChange(CobTypes.Patch, id, after, [_ => comment])], DateTimeOffset.UtcNow, ct);
        }
    }

    [Fact]
    public async Task words_of_a_user_who_writes_one_after_the_other_all_stand_and_so_do_ours()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var _ = storage;
        var writer = new PatchCommentWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);

        var ours = WriteAllAsync();
        for (var i = 0; i < 8; i++)
        {
            // At the very moment of a write rad finds a lock and says so; then the user does it again.
            while (await lab.Nodes[0].TryRadAsync(
                ct, "patch", "comment", patch.Value, "--repo", rid, "-m", $"user {i}", "--no-announce") != 0)
                ct.ThrowIfCancellationRequested();
        }

        await ours;
        // rad may have taken away what came between its reading and its writing; the outbox looks for it again.
        Assert.All(await WriteAllAsync(), static written => Assert.IsType<CommentWrite.Done>(written));

        var standing = (await BodiesAsync(storage, patch, ct)).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(standing, Enumerable.Range(0, 8).Select(static i => $"user {i}").ToHashSet(StringComparer.Ordinal));
        Assert.Subset(standing, Enumerable.Range(0, 8).Select(static i => $"ours of build {i}.").ToHashSet(StringComparer.Ordinal));
        Assert.Equal(standing.Count, (await BodiesAsync(storage, patch, ct)).Count);

        Task<CommentWrite[]> WriteAllAsync() => Task.WhenAll(Enumerable.Range(0, 8).Select(i => writer.WriteAsync(
            home, storage, new CommentRequest(patch, RevisionId.Parse(patch.Value), $"build {i}.", $"ours of build {i}.", null), ct)));
    }

    [Fact]
    public async Task a_namespace_begins_with_the_first_write_and_a_strangers_wrong_operation_takes_nothing_along()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var node = lab.Nodes[0];
        using var founder = new RadicleTestKey("founder");
        using var stranger = new RadicleTestKey("stranger");
        var written = await RadicleStorage.CreateAsync(
            Path.Combine(node.Home, "storage"), "demo", founder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "# demo\n" });
        var (patch, _) = written.OpenPatch(
            founder, "Say hello", new Dictionary<string, string>(StringComparer.Ordinal) { ["hello.txt"] = "hello\n" });
        // Only delegates may label: whoever builds on this is dropped with it.
        written.Act(stranger, patch, new() { ["type"] = "label", ["labels"] = new System.Text.Json.Nodes.JsonArray("mine") });
        written.SignRefs(stranger);
        await using var storage = await RadicleRepository.OpenAsync(written.Path, ct);
        Assert.NotEmpty((await storage.ReadPatchAsync(PatchId.Parse(patch), ct))!.Dropped);

        var done = Assert.IsType<CommentWrite.Done>(await new PatchCommentWriter(
            new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System).WriteAsync(
                new RadicleHome(node.Home, node.Socket), storage,
                new CommentRequest(PatchId.Parse(patch), RevisionId.Parse(patch), "build 1.", "passed, build 1.", null), ct));

        Assert.Equal(CommentChange.Posted, done.Change);
        Assert.Equal(["passed, build 1."], await BodiesAsync(storage, PatchId.Parse(patch), ct));
        Assert.Contains($"refs/namespaces/{node.Nid}/refs/rad/root", (await storage.ReadRefsAsync(ct)).All.Keys);
        Assert.DoesNotContain((await storage.ReadRefsAsync(ct)).Problems, p => p.Name.Contains(node.Nid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_lock_that_a_killed_program_has_left_is_said_and_nothing_is_half_written()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var (home, _, patch, storage) = await PatchInLab.OpenAsync(lab, ct, options: "no-sync");
        await using var disposed = storage;
        var locked = Path.Combine(storage.Path, $"refs/namespaces/{lab.Nodes[0].Nid}/refs/rad/sigrefs.lock");
        await File.WriteAllTextAsync(locked, "", ct);
        var writer = new PatchCommentWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);
        var request = new CommentRequest(patch, RevisionId.Parse(patch.Value), "build 1.", "passed, build 1.", null);

        var failed = Assert.IsType<CommentWrite.Failed>(await writer.WriteAsync(home, storage, request, ct));
        Assert.True(failed.Retry);
        Assert.Contains("sigrefs.lock", failed.Reason, StringComparison.Ordinal);
        Assert.Empty((await storage.ReadPatchWithUnsignedAsync(patch, Did.Parse(lab.Nodes[0].Nid), ct))!.Latest.Discussion.Standing);
        File.Delete(locked);
        Assert.IsType<CommentWrite.Done>(await writer.WriteAsync(home, storage, request, ct));
    }

    private static async Task<SigningKey> KeyAsync(RadicleHome home, CancellationToken ct)
        => SigningKey.TryOpen(home.Key, (await RadProgram.OwnerAsync(home, ct))!.Value)!;

    private static async Task<IReadOnlyList<string>> BodiesAsync(RadicleRepository storage, PatchId patch, CancellationToken ct)
        => [.. (await storage.ReadPatchAsync(patch, ct))!.Latest.Discussion.Standing.Select(static comment => comment.Body)];
}
