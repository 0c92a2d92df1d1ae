namespace Auxo.Pipeline.Logs.Lines;

/// <summary>The outlines of logs. That of a complete log is kept for the next reader, as far as there is room.</summary>
/// <param name="reads">Which makes them.</param>
internal sealed class LogOutlines(LongReads reads)
{
    /// <summary>So many are kept; each has at most some hundred kilobytes.</summary>
    internal const int Most = 50;

    private const long MostBytes = 128 << 20;
    private const int MostCandidates = 200_000;

    private readonly Dictionary<StepLogFile, LogOutline> _kept = [];
    private readonly Queue<StepLogFile> _oldest = new();

    /// <summary>The outline of the first 128 MiB of a log.</summary>
    /// <exception cref="LogsBusyException">Too many are read already.</exception>
    public async Task<LogOutline> OfAsync(StepLogFile log, CancellationToken ct)
    {
        lock (_kept)
        {
            if (_kept.TryGetValue(log, out var known)) return known;
        }

        var outline = await reads.RunAsync(() => Read(log, ct), ct);
        if (log.IsComplete) Keep(log, outline);
        return outline;
    }

    private void Keep(StepLogFile log, LogOutline outline)
    {
        lock (_kept)
        {
            if (!_kept.TryAdd(log, outline)) return;
            _oldest.Enqueue(log);
            if (_oldest.Count > Most) _kept.Remove(_oldest.Dequeue());
        }
    }

    private static LogOutline Read(StepLogFile log, CancellationToken ct)
    {
        using var file = log.Open();
        var candidates = new TextSearch(LogOutline.Words).Lines(file, 0, Math.Min(log.LengthBytes, MostBytes), 1, ct);
        return LogOutline.Of(candidates.Take(MostCandidates));
    }
}
