namespace Auxo.Ingest.Reviewing;

/// <summary>Lets not more than two commits be compared at once: git takes a core and its memory for each, and strangers may ask.</summary>
/// <param name="patience">How long one waits for its turn.</param>
public sealed class DiffTurns(TimeSpan patience) : IDisposable
{
    private readonly SemaphoreSlim _places = new(2, 2);

    /// <summary>With the patience of somebody who looks at a page.</summary>
    public DiffTurns() : this(TimeSpan.FromSeconds(5))
    {
    }

    /// <summary>Compares when it is its turn.</summary>
    /// <exception cref="DiffsBusyException">Its turn did not come.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> compare, CancellationToken ct)
    {
        if (!await _places.WaitAsync(patience, ct)) throw new DiffsBusyException();
        try
        {
            return await compare();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}

/// <summary>More commits are compared than there is time for.</summary>
public sealed class DiffsBusyException() : AuxoException(
    "patch/busy", StatusCodes.Status503ServiceUnavailable, "Many patches are looked at at this moment. Try again in a few seconds.");
