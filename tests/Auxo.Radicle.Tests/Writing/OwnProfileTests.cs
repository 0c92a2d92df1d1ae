using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>Auxo writes with a key of its own beside the user's, on real nodes; skipped where there are none.</summary>
public sealed class OwnProfileTests
{
    [Fact]
    public async Task who_has_the_whole_scope_reads_it_at_once_and_who_follows_delegates_when_one_of_them_writes_after_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob", "carol");
        var (alice, bob, carol) = (lab.Nodes[0], lab.Nodes[1], lab.Nodes[2]);
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "# demo\n" };
        var repository = await lab.CreateRepositoryAsync("demo", files, ct);
        var (patch, _) = await alice.OpenPatchAsync(
            "demo", "Say hello", new Dictionary<string, string>(StringComparer.Ordinal) { ["hello.txt"] = "hello\n" }, ct);
        // What 'rad clone' takes without being told.
        await carol.RadAsync(ct, "seed", repository.Rid, "--scope", "followed", "--no-fetch");

        var node = new RadicleHome(alice.Home, alice.Socket);
        var turns = new RadTurns(new RadKeyAccess(null), TimeProvider.System);
        var folder = Path.Combine(lab.Folder, "auxo");
        var (owner, problem) = await OwnProfile.MakeAsync(folder, node, "auxo", turns, ct);
        Assert.Null(problem);
        Assert.NotEqual(alice.Nid, owner!.Value.Nid);
        Assert.Equal((owner, null), await OwnProfile.MakeAsync(folder, node, "auxo", turns, ct));

        await using var storage = await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct);
        var own = new RadicleHome(folder, alice.Socket);
        await WriteAsync(own, "with its own key, build 1.", "build 1.");
        await ReadsAsync(bob, "with its own key");
        Assert.Contains("with its own key", await alice.PatchJsonAsync(repository.Rid, patch, ct), StringComparison.Ordinal);

        // Another patch reaches Carol after it, and it does not.
        var (other, _) = await alice.OpenPatchAsync(
            "demo", "Say more", new Dictionary<string, string>(StringComparer.Ordinal) { ["more.txt"] = "more\n" }, ct);
        await Eventually.TrueAsync(
            async () => (await carol.RadAsync(ct, "cob", "list", "--repo", repository.Rid, "--type", CobTypes.Patch))
                .Contains(other, StringComparison.Ordinal), "carol has the other patch");
        Assert.DoesNotContain("with its own key", await carol.PatchJsonAsync(repository.Rid, patch, ct), StringComparison.Ordinal);
        // What a delegate writes on the same patch builds on it, and brings it along.
        await WriteAsync(node, "with alice's key, build 2.", "build 2.");
        await ReadsAsync(carol, "with its own key");
        // Whoever follows it needs nobody else.
        await carol.RadAsync(ct, "follow", owner.Value.Nid, "--alias", "auxo");
        await WriteAsync(own, "once more, build 3.", "build 3.");
        await ReadsAsync(carol, "once more");

        async Task WriteAsync(RadicleHome home, string body, string footer)
        {
            var request = new CommentRequest(PatchId.Parse(patch), RevisionId.Parse(patch), footer, body, null);
            var written = await new PatchCommentWriter(turns, TimeProvider.System).WriteAsync(home, storage, request, ct);
            Assert.Null(Assert.IsType<CommentWrite.Done>(written).AnnouncePending);
        }

        Task ReadsAsync(LabNode at, string text) => Eventually.TrueAsync(
            async () => (await at.PatchJsonAsync(repository.Rid, patch, ct)).Contains(text, StringComparison.Ordinal),
            $"{at.Alias} reads '{text}'");
    }
}
