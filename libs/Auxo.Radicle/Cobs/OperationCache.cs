using System.Collections.Concurrent;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// Keeps parsed, verified objects by their id, which is a hash of what they are, so nothing ever goes stale. Two generations
/// bound it: when the young one is full the old one is forgotten, and what is used moves up again.
/// </summary>
internal sealed class OperationCache<T>(int generationSize)
    where T : class
{
    private readonly Lock _turn = new();
    private ConcurrentDictionary<CommitId, T> _young = new();
    private ConcurrentDictionary<CommitId, T> _old = new();

    public bool TryGet(CommitId id, out T? value)
    {
        if (_young.TryGetValue(id, out value)) return true;
        if (!_old.TryGetValue(id, out value)) return false;
        Add(id, value);
        return true;
    }

    public void Add(CommitId id, T value)
    {
        _young.TryAdd(id, value);
        if (_young.Count <= generationSize) return;
        lock (_turn)
        {
            if (_young.Count <= generationSize) return;
            _old = _young;
            _young = new ConcurrentDictionary<CommitId, T>();
        }
    }
}
