namespace Auxo.ServiceDefaults.Access.Authentications;

/// <summary>
/// Counts ways in that are alike, in memory. It never holds more than <see cref="Most"/> different ones: what comes beyond is counted
/// without its name and address, so that a flood of wrong tries takes no memory and still shows.
/// </summary>
internal sealed class TryCounts
{
    /// <summary>So many different ones between two writes.</summary>
    public const int Most = 2_000;

    private readonly Lock _lock = new();
    private Dictionary<AuthenticationTry, TryCount> _counts = [];

    public void Add(AuthenticationTry tried, DateTimeOffset now) => Add(tried, new TryCount(1, now, now));

    /// <summary>Takes everything; counting begins anew.</summary>
    public IReadOnlyDictionary<AuthenticationTry, TryCount> Take()
    {
        lock (_lock)
        {
            var taken = _counts;
            if (taken.Count > 0) _counts = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be written.</summary>
    public void PutBack(IReadOnlyDictionary<AuthenticationTry, TryCount> taken)
    {
        foreach (var (tried, count) in taken) Add(tried, count);
    }

    private void Add(AuthenticationTry tried, TryCount count)
    {
        lock (_lock)
        {
            if (_counts.Count >= Most && !_counts.ContainsKey(tried)) tried = tried.Folded;
            _counts[tried] = _counts.TryGetValue(tried, out var before) ? before.And(count) : count;
        }
    }
}
