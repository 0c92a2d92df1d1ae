namespace Auxo.Registry.Sessions;

/// <summary>
/// Slows down who guesses: after five wrong tries for a name, or for five names from one address, each next one has to wait, at
/// most half a minute. Who only mistypes his own password holds up nobody who shares his address, such as that of a proxy.
/// There is no lock: the wait ends by itself, and signing in by key does not ask for it.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class SignInTries(TimeProvider time)
{
    private const int Free = 5;

    /// <summary>Beyond these the one that was tried longest ago is forgotten.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>After so long without a wrong try it begins again.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Wrong, DateTimeOffset At)> _tries = new(StringComparer.Ordinal);

    /// <summary>Compares a password, unless too many wrong ones came before it.</summary>
    /// <returns>Whether it is right; how long to wait when it was not compared.</returns>
    /// <exception cref="AuxoException">It was not compared, which is no wrong try.</exception>
    public async Task<(bool IsRight, TimeSpan? Wait)> TryAsync(string name, string address, Func<Task<bool>> compare)
    {
        if (Begin(name, address) is { } wait) return (false, wait);
        try
        {
            var isRight = await compare();
            if (isRight) Succeeded(name, address);
            return (isRight, null);
        }
        catch (AuxoException)
        {
            lock (_lock)
            {
                TakeBack("name " + name);
                if (TakeBack(Pair(name, address)) == 0) Forget(name, address);
            }

            throw;
        }
    }

    /// <summary>Begins a try, which counts as wrong until it has succeeded: many at once are many.</summary>
    /// <returns>How long to wait before it; null when it may be made now.</returns>
    public TimeSpan? Begin(string name, string address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var wait = Wait("name " + name, now) is var a && Wait("from " + address, now) is var b && a > b ? a : b;
            if (wait > TimeSpan.Zero) return wait;
            Count("name " + name, now);
            if (Count(Pair(name, address), now) == 1) Count("from " + address, now);
            return null;
        }
    }

    private static string Pair(string name, string address) => $"pair {address} {name}";

    /// <summary>It was right: the name's count begins again, and the address has one wrong name less.</summary>
    private void Succeeded(string name, string address)
    {
        lock (_lock)
        {
            _tries.Remove("name " + name);
            Forget(name, address);
        }
    }

    /// <summary>The address has not guessed at this name.</summary>
    private void Forget(string name, string address)
    {
        if (_tries.Remove(Pair(name, address))) TakeBack("from " + address);
    }

    /// <returns>How many there are then.</returns>
    private int TakeBack(string key)
    {
        if (!_tries.TryGetValue(key, out var tries)) return 0;
        _tries[key] = tries with { Wrong = tries.Wrong - 1 };
        return tries.Wrong - 1;
    }

    private TimeSpan Wait(string key, DateTimeOffset now)
        => _tries.TryGetValue(key, out var tries) && now - tries.At < Memory && tries.Wrong >= Free
            ? tries.At + TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, tries.Wrong - Free))) - now
            : TimeSpan.Zero;

    /// <returns>How many there are then.</returns>
    private int Count(string key, DateTimeOffset now)
    {
        if (_tries.TryGetValue(key, out var tries) && now - tries.At < Memory)
        {
            _tries[key] = (tries.Wrong + 1, now);
            return tries.Wrong + 1;
        }

        if (_tries.Count >= Most) _tries.Remove(_tries.MinBy(static t => t.Value.At).Key);
        _tries[key] = (1, now);
        return 1;
    }
}
