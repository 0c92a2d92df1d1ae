using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners.Placing;

namespace Auxo.Pipeline.Runners;

/// <summary>A process of a runner that waits for work.</summary>
/// <param name="Machine">What it can do, as an administrator and it itself say.</param>
/// <param name="Session">The process.</param>
/// <param name="Sandbox">What holds steps in there.</param>
internal sealed record Asker(Machine Machine, Guid Session, string Sandbox)
{
    private readonly TaskCompletionSource<Handover?> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it gets; null when it gets nothing.</summary>
    public Task<Handover?> Given => _given.Task;

    /// <summary>A build is on its way to it; a question gets one.</summary>
    public bool IsPromised { get; private set; }

    /// <summary>A build is on its way to it.</summary>
    public void Promise() => IsPromised = true;

    /// <summary>Gives it work; when it waits no longer, the work goes on to the next machine.</summary>
    public void Give(Handover handover)
    {
        if (!_given.TrySetResult(handover)) _ = handover.EndAsync(HandoverEnd.NotTaken);
    }

    /// <summary>From now on it gets nothing.</summary>
    public void Dismiss() => _given.TrySetResult(null);
}

/// <summary>Where runners wait for work. Who asks is there: so work is given only to machines that are known to live.</summary>
internal sealed class RunnerDesk(BuildSignals signals, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Asker> _waiting = new(StringComparer.Ordinal);

    /// <summary>Those that wait now.</summary>
    public IReadOnlyList<Asker> Waiting
    {
        get
        {
            lock (_gate) return [.. _waiting.Values.Where(static asker => !asker.IsPromised && !asker.Given.IsCompleted)];
        }
    }

    /// <summary>Waits for work; null when there was none for so long.</summary>
    /// <param name="asker">Who waits; one that waits under the same name already is its last question, which it has given up.</param>
    /// <param name="limit">How long.</param>
    /// <param name="ct">It has gone.</param>
    public async Task<Handover?> WaitAsync(Asker asker, TimeSpan limit, CancellationToken ct)
    {
        lock (_gate) _waiting[asker.Machine.Name] = asker;
        try
        {
            signals.Ring();
            await Task.WhenAny(asker.Given, Task.Delay(limit, time, ct));
            asker.Dismiss();
            return await asker.Given;
        }
        finally
        {
            lock (_gate)
            {
                if (_waiting.TryGetValue(asker.Machine.Name, out var last) && ReferenceEquals(last, asker))
                    _waiting.Remove(asker.Machine.Name);
            }
        }
    }

    /// <summary>What was known of a runner holds no longer: its question is answered with nothing, and it asks again.</summary>
    public void Dismiss(string runner)
    {
        lock (_gate) _waiting.GetValueOrDefault(runner)?.Dismiss();
    }
}
