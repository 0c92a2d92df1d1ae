using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Fixing;

/// <summary>Steps 4 to 6: who may read the repository, that it is seeded and here, and that a push arrives.</summary>
internal static class RepositorySteps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static FixStep Allowed(FixScene scene) => new("allowed", async ct =>
    {
        var identity = await scene.IdentityAsync(ct);
        return FixRules.Allowed(
            scene.Rid, identity is { Document.IsPrivate: true } ? [.. identity.Delegates, .. identity.Document.Allowed] : null,
            identity is not null, scene.Own, await OtherAsync(scene, ct), identity?.Document.IsDelegate(scene.Own) == true);
    }, async ct =>
    {
        if (scene.Rid is not { } rid || await OtherAsync(scene, ct) is not { } peer) return;
        _ = await scene.Programs.RadAsync(
            scene.Home.Path, "id", "update", "--repo", rid.Value, "--title", "Allow a reader", "--description", "",
            "--allow", peer.Value, "--no-confirm", "-q");
        await AnnounceAsync(scene, rid, ct);
    });

    public static FixStep Seeding(FixScene scene) => new("seeded", async ct => FixRules.Seeding(
        scene.Rid,
        scene.Rid is { } rid ? (await scene.Programs.AskRadAsync(scene.Home.Path, ct, "inspect", rid.Value, "--policy")).Output : "",
        await scene.IdentityAsync(ct) is not null, await scene.ConnectedPeerAsync(ct)), async ct =>
    {
        if (scene.Rid is not { } rid) return;
        _ = await scene.Control.SeedAllAsync(rid, ct);
        if (await scene.IdentityAsync(ct) is null && await scene.ConnectedPeerAsync(ct) is { } peer)
            _ = await scene.Control.FetchAsync(rid, peer, ct);
    });

    /// <summary>The last step is its own proof: it looks, pushes, and is fine when the peer has said that it has it.</summary>
    public static FixStep Push(FixScene scene, string branch)
    {
        string? proof = null;
        return new("test push", async ct => proof is not null
            ? new FixLook(FixState.Fine, proof)
            : FixRules.Push(scene.Rid, await scene.IdentityAsync(ct) is not null, await scene.ConnectedPeerAsync(ct), branch), async ct =>
        {
            if (scene.Rid is not { } rid || await scene.ConnectedPeerAsync(ct) is not { } peer) return;
            var began = scene.Host.Time.GetTimestamp();
            if (await PushAsync(scene, rid, branch, peer, ct)) proof =
                $"{peer.Nid} had it {Output.Duration.Of(scene.Host.Time.GetElapsedTime(began).TotalSeconds)} after the push began";
        });
    }

    private static async Task<bool> PushAsync(FixScene scene, Rid rid, string branch, Did peer, CancellationToken ct)
    {
        if ((await scene.IdentityAsync(ct))?.DefaultBranch is not { } main) return false;
        using var test = await TestBranch.OpenAsync(scene.Programs, rid, scene.Own, branch, ct);
        await test.PushHeadAsync(scene.Home.RepositoryPath(rid), main, ct);
        try
        {
            var at = (await scene.Control.AnnounceRefsForAsync(rid, [scene.Own], ct)).At;
            return await scene.BecomesAsync(async () => (await scene.Control.SeedsForAsync(rid, scene.Own, ct))
                .Any(s => s.Nid == peer && s.SyncedAt == at), Patience, ct);
        }
        finally
        {
            await test.RemoveAsync();
            await AnnounceAsync(scene, rid, ct);
        }
    }

    private static async Task AnnounceAsync(FixScene scene, Rid rid, CancellationToken ct)
    {
        try
        {
            _ = await scene.Control.AnnounceRefsForAsync(rid, [scene.Own], ct);
        }
        catch (NodeException)
        {
            // The next look says what is still not as it should be.
        }
    }

    /// <summary>Who is meant, connected or not.</summary>
    private static async Task<Did?> OtherAsync(FixScene scene, CancellationToken ct)
        => await scene.PeerAsync(ct) is { } peer ? FixScene.NidOf(peer) : await scene.ConnectedPeerAsync(ct);
}
