namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// The open readers of the repositories that were built lately: a build begins without starting a git process. A reader that is
/// pushed out is closed when its last build lets go of it.
/// </summary>
public sealed class GitSources : IAsyncDisposable
{
    private const int Capacity = 8;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Opens the repository at a path; dispose the lease when done.</summary>
    public Use Open(string source)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(source, out var entry)) _entries[source] = entry = new Entry(new GitObjects(source));
            entry.Users++;
            entry.LastUse = ++_clock;
            return new Use(this, source, entry);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Entry[] all;
        lock (_gate)
        {
            all = [.. _entries.Values];
            _entries.Clear();
        }

        foreach (var entry in all) await entry.Objects.DisposeAsync();
    }

    private async ValueTask CloseAsync(Entry entry)
    {
        Entry? idle = null;
        lock (_gate)
        {
            entry.Users--;
            if (_entries.Count > Capacity)
            {
                var oldest = _entries.Where(pair => pair.Value.Users == 0).OrderBy(pair => pair.Value.LastUse).FirstOrDefault();
                if (oldest.Key is not null)
                {
                    _entries.Remove(oldest.Key);
                    idle = oldest.Value;
                }
            }
        }

        if (idle is not null) await idle.Objects.DisposeAsync();
    }

    /// <summary>An open repository.</summary>
    public sealed class Use : IAsyncDisposable
    {
        private readonly GitSources _owner;
        private readonly Entry _entry;

        internal Use(GitSources owner, string source, Entry entry) => (_owner, Source, _entry) = (owner, source, entry);

        /// <summary>Its path.</summary>
        public string Source { get; }

        /// <summary>Its objects.</summary>
        public GitObjects Objects => _entry.Objects;

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => _owner.CloseAsync(_entry);
    }

    internal sealed class Entry(GitObjects objects)
    {
        public GitObjects Objects { get; } = objects;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }
}
