using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Runners.Protocol;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>
/// Sends the log of one step while it is written. The pipeline says after each part how much it has; after a cut it goes on from there.
/// </summary>
internal sealed class LogUpload(LogStore logs, RunnerClient client, WorkOrder order, string step, TimeProvider time)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    /// <summary>Where this machine's file begins in the whole log: before it lies what other machines wrote.</summary>
    private readonly long _base = order.LogLengths.GetValueOrDefault(step);

    /// <summary>Sends it to its end.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var build = order.Build.BuildId;
        while (logs.Find(build, step) is null) await Task.Delay(Soon, time, ct);
        for (var sent = 0L; await FromAsync(build, sent, ct) is { } wanted; sent = wanted)
        {
        }
    }

    /// <summary>Sends what follows; null at the end, else where it has to go on.</summary>
    private async Task<long?> FromAsync(Guid build, long sent, CancellationToken ct)
    {
        await foreach (var chunk in logs.FollowAsync(build, step, sent, ct))
        {
            var begin = chunk.End - chunk.Bytes.Length;
            if (await client.LogAsync(build, order.Lease, step, _base + begin, chunk.Bytes, ct) is not { } length) return null;
            if (length < _base + chunk.End) return Math.Max(0, length - _base);
        }

        return null;
    }
}
