using System.Collections.Concurrent;

namespace Auxo.Radicle;

/// <summary>
/// One writer at a time per node key and repository: of sixteen comments that real programs wrote at once, eight vanished.
/// Within this process by a semaphore, between processes by a lock on a file in the profile, which ends with the process
/// whatever happens to it.
/// </summary>
public sealed class WriteTurns(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>
    /// Waits for the turn; null when another process keeps it longer than <paramref name="patience"/>. Disposing ends it.
    /// </summary>
    public async Task<IDisposable?> TakeAsync(string lockFile, TimeSpan patience, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(Path.GetFullPath(lockFile), static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
            var start = time.GetTimestamp();
            while ((file = TryLock(lockFile)) is null && time.GetElapsedTime(start) < patience) await Task.Delay(
                Pause, time, cancellationToken);
            return file is null ? null : new Turn(turn, file);
        }
        finally
        {
            if (file is null) turn.Release();
        }
    }

    private static FileStream? TryLock(string lockFile)
    {
        try
        {
            return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(lockFile))
        {
            // Somebody else has it; how long we wait is the caller's business.
            return null;
        }
    }

    private sealed class Turn(SemaphoreSlim turn, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            turn.Release();
        }
    }
}
