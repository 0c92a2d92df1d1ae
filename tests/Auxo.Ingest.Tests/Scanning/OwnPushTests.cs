using Auxo.Contracts;
using Auxo.Ingest.Recording;
using Auxo.Ingest.Scanning;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Ingest.Tests.Scanning;

/// <summary>What somebody pushes on the machine of the node, where no peer wants the repository and the node tells nothing.</summary>
public sealed class OwnPushTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_push_and_a_patch_are_seen_before_the_sweep_comes()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files("README.md"), ct);
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), alice.Home, alice.Socket);
        await host.TrackAsync(repository.Rid);
        await host.ScanAsync(repository.Rid);

        var tree = alice.WorkTree("demo");
        var head = await alice.CommitAsync(tree, "More", ct);
        await alice.GitAsync(tree, ct, "push", "-q", "rad", "HEAD:main");
        await Eventually.TrueAsync(
            async () => (await host.SentAsync()).Any(sent
                => sent.Name == "default_branch_advanced" && (string)sent.Body["new"]! == head.Trim()),
            "the push is seen", TimeSpan.FromSeconds(30));
        var (patch, _) = await alice.OpenPatchAsync("demo", "Hers", Files("hers.txt"), ct, "no-sync");
        await Eventually.TrueAsync(
            async () => (await host.SentAsync()).Any(sent
                => sent.Name == "patch_opened" && (string)sent.Body["revision"]!["patchId"]! == patch),
            "the patch is seen", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task a_patch_that_names_another_is_told_with_it_and_again_when_that_is_revised()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files("README.md"), ct);
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), alice.Home, alice.Socket);
        await host.TrackAsync(repository.Rid);
        await host.ScanAsync(repository.Rid);

        var (needed, first) = await alice.OpenPatchAsync("demo", "Library", Files("library.txt"), ct, "no-sync");
        var (patch, _) = await alice.OpenPatchAsync("demo", "Use", Files("use.txt"), ct, "no-sync");
        await alice.RadAsync(
            ct, "patch", "edit", patch, "--repo", repository.Rid, "--message", "Use", "--message", $"Depends-On: {needed}",
            "--no-announce");
        await LinkedAsync(first.Trim());
        var (_, second) = await alice.UpdatePatchAsync("demo", needed, Files("more.txt"), ct, "no-sync");
        await LinkedAsync(second.Trim());

        Task LinkedAsync(string head) => Eventually.TrueAsync(
            async () => (await host.SentAsync()).Any(sent
                => sent.Name is "patch_relinked" or "patch_opened" && (string)sent.Body["revision"]!["patchId"]! == patch
                    && (string?)sent.Body["revision"]!["linked"]?[0]?["head"] == head),
            $"it is told with {head}", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task a_merge_whose_branch_has_not_moved_yet_is_known_as_one()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", Files("README.md"), ct);
        var storage = alice.Storage(repository.Rid);
        var before = (await alice.GitAsync(storage, ct, "rev-parse", "refs/heads/main")).Trim();
        var (patch, _) = await alice.OpenPatchAsync("demo", "Hers", Files("hers.txt"), ct, "no-sync");
        var merged = await alice.MergePatchAsync("demo", patch, ct);

        // As in the middle of that push: the merge is signed, the branch is where it was.
        await alice.GitAsync(storage, ct, "update-ref", "refs/heads/main", before);
        Assert.False((await ReadAsync()).IsInBranch);
        await alice.GitAsync(storage, ct, "update-ref", "refs/heads/main", merged);
        Assert.True((await ReadAsync()).IsInBranch);

        async Task<MergeSnapshot> ReadAsync()
        {
            await using var source = new RadicleSource(await RadicleRepository.OpenAsync(storage, ct));
            var tracked = new Repository
            {
                Rid = Rid.Parse(repository.Rid), DefaultBranch = "main",
                Tips = [new BranchTip("main", CommitId.Parse(before), "", null, DetectedBy.Sweep, default)],
            };
            var now = await source.ReadAsync(new KnownRepository(tracked, new Dictionary<PatchId, Patch>()), ct);
            return Assert.Single(now.Patches).Merge!;
        }
    }

    private static Dictionary<string, string> Files(string path) => new(StringComparer.Ordinal) { [path] = path };
}
