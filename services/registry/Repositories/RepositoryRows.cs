using System.Collections.Concurrent;

using Npgsql;

namespace Auxo.Registry.Repositories;

/// <summary>How repositories are set, believed for a second: every request of a package client asks it.</summary>
public sealed class RepositoryRows(NpgsqlDataSource source, TimeProvider time)
{
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (RegistryRepository Row, long At)> _rows = new(StringComparer.Ordinal);

    /// <summary>The repository; null when there is none of that name.</summary>
    public async ValueTask<RegistryRepository?> FindAsync(string name, CancellationToken ct)
    {
        if (_rows.TryGetValue(name, out var kept) && time.GetElapsedTime(kept.At) < Believed) return kept.Row;
        var asked = time.GetTimestamp();
        var row = await RepositoryTable.FindAsync(source, name, ct);
        if (row is null) _rows.TryRemove(name, out _);
        else _rows[name] = (row, asked);
        return row;
    }

    /// <summary>The same, of one format only.</summary>
    public async ValueTask<RegistryRepository?> FindAsync(string name, string format, CancellationToken ct)
        => await FindAsync(name, ct) is { } row && row.Format == format ? row : null;

    /// <summary>It was changed, or may have been.</summary>
    public void Forget(string name) => _rows.TryRemove(name, out _);
}
