namespace Auxo.Ingest.Scanning;

/// <summary>
/// Watches the branches of a plain git repository, for which no node sends events, so that a commit is seen at once. It may
/// miss a change, or the system may refuse to watch: then the sweep finds it within a minute.
/// </summary>
public sealed class RefsWatcher : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];

    /// <summary>Watches a git directory's branches, packed ones too.</summary>
    /// <param name="gitDirectory">The folder that holds <c>refs</c>.</param>
    /// <param name="changed">Called for every change, from any thread; must return at once.</param>
    public RefsWatcher(string gitDirectory, Action changed)
    {
        try
        {
            Watch(Path.Combine(gitDirectory, "refs", "heads"), "*", deep: true, changed);
            Watch(gitDirectory, "packed-refs", deep: false, changed);
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
        _watchers.Clear();
    }

    private void Watch(string folder, string filter, bool deep, Action changed)
    {
        var watcher = new FileSystemWatcher(folder, filter)
        {
            IncludeSubdirectories = deep, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
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
