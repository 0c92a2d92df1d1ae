namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// Reads logs from one end to the other, which may cost seconds of a core: not more than two at once, so that strangers who search leave
/// the builds their time.
/// </summary>
/// <param name="patience">How long one waits for its turn.</param>
internal sealed class LongReads(TimeSpan patience) : IDisposable
{
    private readonly SemaphoreSlim _places = new(2, 2);

    /// <summary>With the patience of somebody who looks at a page.</summary>
    public LongReads() : this(TimeSpan.FromSeconds(5))
    {
    }

    /// <summary>Reads when it is its turn.</summary>
    /// <exception cref="LogsBusyException">Its turn did not come.</exception>
    public async Task<T> RunAsync<T>(Func<T> read, CancellationToken ct)
    {
        if (!await _places.WaitAsync(patience, ct)) throw new LogsBusyException();
        try
        {
            return await Task.Run(read, ct);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}

/// <summary>More logs are read whole than there is time for.</summary>
internal sealed class LogsBusyException() : AuxoException(
    "log/busy", StatusCodes.Status503ServiceUnavailable,
    "Many logs are searched or read for the first time at this moment. Try again in a few seconds.");
