namespace Auxo.Ingest.Scanning.Pacing;

/// <summary>
/// How many repositories are swept at the same time. After a start all of them are read whole; many at once would need the memory of all
/// and make every push wait. A scan that somebody asked for takes no turn.
/// </summary>
/// <param name="most">From 1.</param>
public sealed class SweepTurns(int most) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(most, most);

    /// <summary>As many as keep a machine of this size busy, and a few more, so that one huge repository holds nobody up.</summary>
    public static SweepTurns OfThisMachine() => new(Math.Max(4, 2 * Environment.ProcessorCount));

    /// <summary>Waits for a turn; disposing the answer ends it, once.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        return new Turn(_turns);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        private SemaphoreSlim? _turns = turns;

        public void Dispose() => Interlocked.Exchange(ref _turns, null)?.Release();
    }
}
