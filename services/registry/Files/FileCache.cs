using Npgsql;

namespace Auxo.Registry.Files;

/// <summary>
/// Rows of files that are fetched again and again, so that a small download is no question to the database. This process is the
/// only one that writes them (the instance's lock sees to it): whoever has written forgets the row before he answers, so nobody
/// who was answered reads what was before. Besides, a row is believed for a second only, for the commit that broke off and was
/// made all the same.
/// </summary>
public sealed class FileCache(NpgsqlDataSource source, TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Repository, string Path), (StoredFile File, long At)> _files = [];
    private long _changes;

    /// <summary>The file as it stands; null when there is none.</summary>
    public async Task<StoredFile?> FindAsync(string repository, string path, CancellationToken ct)
    {
        long seen;
        lock (_gate)
        {
            if (_files.TryGetValue((repository, path), out var kept) && time.GetElapsedTime(kept.At) < Believed) return kept.File;
            seen = _changes;
        }

        var asked = time.GetTimestamp();
        var file = await FileTable.FindAsync(source, repository, path, ct);
        lock (_gate)
        {
            // Somebody wrote meanwhile, perhaps this one: then what was read may be what was before.
            if (file is null || seen != _changes) return file;
            // Two that asked at once may come back in the other order.
            if (_files.TryGetValue((repository, path), out var there) && there.File.StoredAt > file.StoredAt) return file;
            if (_files.Count >= Most) _files.Clear();
            _files[(repository, path)] = (file, asked);
        }

        return file;
    }

    /// <summary>It was written, or may have been.</summary>
    public void Forget(string repository, string path)
    {
        lock (_gate)
        {
            _changes++;
            _files.Remove((repository, path));
        }
    }
}
