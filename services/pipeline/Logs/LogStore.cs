using System.Runtime.CompilerServices;

using Auxo.Pipeline.Execution;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs;

/// <summary>
/// The logs of all builds: one append-only file per step, <c>logs/builds/{build}/{step}.log</c>. A complete log is a file
/// without write permission, so that a restarted Auxo knows which logs may still grow.
/// </summary>
/// <param name="layout">Where they live.</param>
/// <param name="settings">How long a log may get.</param>
/// <param name="time">By which lines have their times.</param>
public sealed class LogStore(InstanceLayout layout, ExecutionSettings settings, TimeProvider time)
{
    private const UnixFileMode Writable = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int ChunkBytes = 64 << 10;

    /// <summary>A follower of a log that grows fast gets it in so few pieces; the first bytes after a quiet time come at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<string, LogState> _states = new(StringComparer.Ordinal);

    /// <summary>How long a log may get.</summary>
    internal long LimitBytes => settings.LogBytes;

    /// <summary>Opens a step's log for writing; what an earlier try wrote stays, and followers go on.</summary>
    /// <param name="buildId">The build.</param>
    /// <param name="step">The step.</param>
    /// <param name="ct">Does not open it.</param>
    /// <param name="more">How many bytes beyond the usual limit it may have.</param>
    public ValueTask<StepLog> OpenAsync(Guid buildId, string step, CancellationToken ct, long more = 0)
    {
        ct.ThrowIfCancellationRequested();
        var path = PathOf(buildId, step);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path)) File.SetUnixFileMode(path, Writable);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var state = Use(path);
        state.Grew(RandomAccess.GetLength(file));
        return ValueTask.FromResult(new StepLog(path, file, state, settings.LogBytes + more, time, Complete));
    }

    /// <summary>
    /// Ends all logs of a build that a crash left open, so that nobody follows them forever. Call it when the build is
    /// finished.
    /// </summary>
    public void CompleteBuild(Guid buildId)
    {
        var folder = FolderOf(buildId);
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, "*.log"))
        {
            Seal(path);
            lock (_states)
            {
                if (_states.TryGetValue(path, out var state)) state.Complete();
            }
        }
    }

    /// <summary>The builds that have a log which may still grow. Looks at every log: for the start of the service.</summary>
    public IReadOnlyList<Guid> OpenBuilds()
    {
        var folders = new DirectoryInfo(layout.BuildLogs);
        if (!folders.Exists) return [];
        return [.. folders.EnumerateDirectories().Where(folder => folder.EnumerateFiles("*.log").Any(file => !IsSealed(file)))
            .Select(folder => Guid.TryParse(folder.Name, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
    }

    /// <summary>Where a step's log is and whether it may still grow; null when it has none.</summary>
    public StepLogFile? Find(Guid buildId, string step)
    {
        var file = new FileInfo(PathOf(buildId, step));
        return file.Exists ? new StepLogFile(file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc), IsSealed(file)) : null;
    }

    /// <summary>
    /// Reads a log from <paramref name="offset"/> and goes on with it while it is written, until it is complete. Chunks end
    /// where the bytes end, which may be inside a character.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such log.</exception>
    public async IAsyncEnumerable<LogChunk> FollowAsync(
        Guid buildId, string step, long offset, [EnumeratorCancellation] CancellationToken ct)
    {
        var path = PathOf(buildId, step);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var state = Use(path);
        try
        {
            var buffer = new byte[ChunkBytes];
            for (long? last = null;; last = time.GetTimestamp())
            {
                var (length, complete) = await state.WaitBeyondAsync(offset, ct);
                if (!complete && last is { } sent && Pause - time.GetElapsedTime(sent) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early, time, ct);
                    (length, complete) = await state.WaitBeyondAsync(offset, ct);
                }

                while (offset < length)
                {
                    ct.ThrowIfCancellationRequested();
                    var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(ChunkBytes, length - offset)), offset);
                    if (read == 0) yield break;
                    offset += read;
                    yield return new LogChunk(offset, buffer.AsMemory(0, read));
                }

                if (complete) yield break;
            }
        }
        finally
        {
            Release(state);
        }
    }

    private LogState Use(string path)
    {
        lock (_states)
        {
            if (!_states.TryGetValue(path, out var state))
            {
                var file = new FileInfo(path);
                state = new LogState(path, file.Length, IsSealed(file));
                _states.Add(path, state);
            }

            state.Users++;
            return state;
        }
    }

    private void Release(LogState state)
    {
        lock (_states)
        {
            if (--state.Users == 0) _states.Remove(state.Path);
        }
    }

    private void Complete(LogState state)
    {
        Seal(state.Path);
        state.Complete();
        Release(state);
    }

    private static void Seal(string path) => File.SetUnixFileMode(path, UnixFileMode.UserRead);

    private static bool IsSealed(FileInfo file) => (file.UnixFileMode & UnixFileMode.UserWrite) == UnixFileMode.None;

    private string FolderOf(Guid buildId) => Path.Combine(layout.BuildLogs, buildId.ToString());

    private string PathOf(Guid buildId, string step) => Path.Combine(FolderOf(buildId), LogName.Of(step) + ".log");
}

/// <summary>A log on disk.</summary>
/// <param name="Path">The file.</param>
/// <param name="LengthBytes">Now.</param>
/// <param name="LastWrite">When something was last added (UTC).</param>
/// <param name="IsComplete">False while a step may still write to it.</param>
public sealed record StepLogFile(string Path, long LengthBytes, DateTimeOffset LastWrite, bool IsComplete)
{
    /// <summary>For reading, also while it is written or removed.</summary>
    internal SafeFileHandle Open() => File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}

/// <summary>Some bytes of a log.</summary>
/// <param name="End">The offset after them.</param>
/// <param name="Bytes">Valid until the next chunk is asked for.</param>
public readonly record struct LogChunk(long End, ReadOnlyMemory<byte> Bytes);
