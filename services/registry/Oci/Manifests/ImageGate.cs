namespace Auxo.Registry.Oci.Manifests;

/// <summary>
/// One writer at a time for an image, so that those who push to it at once wait instead of losing to each other. It saves work only:
/// what keeps two writers apart is the version of the stream.
/// </summary>
public sealed class ImageGate
{
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <summary>Does it when nobody else writes to this image.</summary>
    internal async Task<T> RunAsync<T>(string name, Func<Task<T>> write)
    {
        var gate = _gates[(uint)name.GetHashCode(StringComparison.Ordinal) % _gates.Length];
        await gate.WaitAsync(CancellationToken.None);
        try
        {
            return await LostRace.RetryAsync(write);
        }
        finally
        {
            gate.Release();
        }
    }
}
