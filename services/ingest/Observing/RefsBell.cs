namespace Auxo.Ingest.Observing;

/// <summary>
/// Rings when somebody moves a branch of a plain git repository, so that a commit is seen at once; no node tells of those. The
/// sweep stays the truth: where the system refuses to watch, or forgets something, it is found a minute later.
/// </summary>
public sealed class RefsBell : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];

    /// <summary>Watches a git directory's branches, packed ones too.</summary>
    /// <param name="gitDirectory">The folder that holds <c>refs</c>.</param>
    /// <param name="ring">Called for every change, from any thread; must return at once.</param>
    public RefsBell(string gitDirectory, Action ring)
    {
        try
        {
            Watch(Path.Combine(gitDirectory, "refs", "heads"), "*", deep: true, ring);
            Watch(gitDirectory, "packed-refs", deep: false, ring);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No more watches are to be had (fs.inotify.max_user_watches), or the folder is gone, which the next look tells.
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
        _watchers.Clear();
    }

    private void Watch(string folder, string filter, bool deep, Action ring)
    {
        var watcher = new FileSystemWatcher(folder, filter)
        {
            IncludeSubdirectories = deep, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
        };
        _watchers.Add(watcher);

        // git writes a .lock beside the ref and renames it; its beginnings are no news.
        watcher.Renamed += (_, change) => Ring(change);
        watcher.Created += (_, change) => Ring(change);
        watcher.Changed += (_, change) => Ring(change);
        watcher.EnableRaisingEvents = true;

        void Ring(FileSystemEventArgs change)
        {
            if (change.Name?.EndsWith(".lock", StringComparison.Ordinal) != true) ring();
        }
    }
}
