namespace Auxo.Torture.Load;

/// <summary>
/// Patches on a real node, so that verdicts are really written. They come from another node: two programs that write with one
/// key at the same time lose operations of each other, whatever Auxo does (docs/decisions/008).
/// </summary>
internal static class NodePatches
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, async i =>
        {
            var bob = world.Lab!.Nodes[1];
            // The node's own events tell Auxo; nobody sends a webhook. What stands in the storage must be built all the same.
            var (patch, head) = await bob.OpenPatchAsync("real", $"Real {i}", new Dictionary<string,
                string>(StringComparer.Ordinal) { [$"docs/real-{i}.md"] = $"# Real {i}\n" }, CancellationToken.None);
            world.Ledger.Patches.Enqueue(new PushedPatch(world.NodeRepository!.Rid, patch, head, "Passed", Node: true));
        }, ct);
}
