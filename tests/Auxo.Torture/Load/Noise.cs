namespace Auxo.Torture.Load;

/// <summary>Webhooks that tell of nothing new, as most webhooks do; each is a receipt that must be there.</summary>
internal static class Noise
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    /// <summary>Runs until the load ends.</summary>
    public static Task RunAsync(World world, CancellationToken ct)
        => Loads.RepeatAsync(Pause, i =>
        {
            var (storage, secret) = world.Storages[i % world.Storages.Count];
            return Hooks.PushAsync(world, storage.Rid, secret, storage.Head, $"noise-{i}", ct);
        }, ct);
}
