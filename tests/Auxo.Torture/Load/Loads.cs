namespace Auxo.Torture.Load;

/// <summary>All that goes on at the same time, until it is told to stop.</summary>
internal static class Loads
{
    /// <summary>Begins everything.</summary>
    public static Task RunAsync(World world, int seed, CancellationToken ct)
    {
        var number = 0;
        List<Task> loads = [Noise.RunAsync(world, ct), Reporting.RunAsync(world, ct), Uploads.RunAsync(world, ct),
            Uploads.SweepAsync(world, ct), ImagePushes.RunAsync(world, ct), PackagePublishes.RunAsync(world, ct)];
        foreach (var (storage, secret) in world.Storages) loads.Add(
            Pushes.RunAsync(world, storage, secret, new Random(seed + number++), ct));
        if (world.Lab is not null) loads.Add(NodePatches.RunAsync(world, ct));
        return Task.WhenAll(loads);
    }

    /// <summary>Does something again and again, with a pause after each; ends with the load.</summary>
    public static async Task RepeatAsync(TimeSpan pause, Func<int, Task> work, CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            await work(i);
            await Task.Delay(pause, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
