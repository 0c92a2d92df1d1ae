namespace Auxo.Pipeline.Checks.Keeping;

/// <summary>
/// Keeps what the checks said of contents over a restart: a file in the instance's folder, read at the start, written in
/// quiet minutes and at a stop. Losing it costs only time.
/// </summary>
internal sealed class KeptVerdicts(
    VerdictCache cache, InstanceLayout layout, TimeProvider time, ILogger<KeptVerdicts> logger) : PeriodicJob(Pause, time, logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _written;
    private long _before;

    /// <summary>Ends when the file is read, or thrown away: whoever looks at files first waits for it.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // The service need not wait for it.
        _ = Task.Run(Load, CancellationToken.None);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Loaded;
        Write();
    }

    /// <summary>Writes in a minute in which nothing is new, if something was before.</summary>
    protected override Task DoAsync(CancellationToken ct)
    {
        var now = cache.Changes;
        if (IsQuiet(now, _before, _written)) Write();
        _before = now;
        return Task.CompletedTask;
    }

    /// <summary>Decides whether to write now.</summary>
    /// <param name="now">The cache's changes.</param>
    /// <param name="before">A minute ago.</param>
    /// <param name="written">When it was last written.</param>
    internal static bool IsQuiet(long now, long before, long written) => now == before && now != written;

    private void Load()
    {
        try
        {
            foreach (var verdict in VerdictFile.Read(layout.Verdicts)) cache.Take(verdict);
        }
        catch (Exception e) when (e is VerdictFileException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(
                "What the checks said before is not used, and all files are looked at again: {File}: {Reason}.",
                layout.Verdicts, e.Message.TrimEnd('.'));
            Remove();
        }
        finally
        {
            _loaded.TrySetResult();
        }
    }

    private void Write()
    {
        var changes = cache.Changes;
        if (changes == _written) return;
        try
        {
            VerdictFile.Write(layout.Verdicts, cache.Kept());
            _written = changes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("What the checks said cannot be kept for the next start: {Reason}", e.Message);
        }
    }

    private void Remove()
    {
        try
        {
            File.Delete(layout.Verdicts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next write says so.
        }
    }
}
