namespace Auxo.Ingest.Scanning;

/// <summary>A folder with refs in it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Filter">The names of files that count, as a pattern.</param>
/// <param name="IsDeep">Those in folders below it count, too.</param>
public sealed record RefsPlace(string Folder, string Filter, bool IsDeep = false);

/// <summary>
/// Watches refs on the disk, so that a push is seen at once, where no node tells of it or before it does. It may miss a change, or the
/// system may refuse to watch: then the node's event or the sweep finds it.
/// </summary>
public sealed class RefsWatcher : IDisposable
{
    /// <summary>
    /// Each takes one of the account's inotify instances, of which Debian grants 128 for all of its programs. Repositories beyond it wait
    /// for the node's event or for the sweep.
    /// </summary>
    private const int Most = 64;

    private static int _taken;

    private readonly List<FileSystemWatcher> _watchers = [];

    /// <summary>Watches; a place that is not there is left out.</summary>
    /// <param name="places">What to watch.</param>
    /// <param name="changed">Called for every change, from any thread; must return at once.</param>
    public RefsWatcher(IEnumerable<RefsPlace> places, Action changed)
    {
        try
        {
            foreach (var place in places.Where(static place => Directory.Exists(place.Folder))) Watch(place, changed);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No more watches are to be had (fs.inotify.max_user_watches), or the folder is gone, which the next scan finds.
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
        Interlocked.Add(ref _taken, -_watchers.Count);
        _watchers.Clear();
    }

    private void Watch(RefsPlace place, Action changed)
    {
        if (Interlocked.Increment(ref _taken) > Most)
        {
            Interlocked.Decrement(ref _taken);
            return;
        }

        var watcher = new FileSystemWatcher(place.Folder, place.Filter)
        {
            IncludeSubdirectories = place.IsDeep, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
        };
        _watchers.Add(watcher);

        // git writes a .lock beside the ref and renames it; the .lock is no change.
        watcher.Renamed += (_, change) => Report(change);
        watcher.Created += (_, change) => Report(change);
        watcher.Changed += (_, change) => Report(change);
        watcher.EnableRaisingEvents = true;

        void Report(FileSystemEventArgs change)
        {
            if (change.Name?.EndsWith(".lock", StringComparison.Ordinal) != true) changed();
        }
    }
}
