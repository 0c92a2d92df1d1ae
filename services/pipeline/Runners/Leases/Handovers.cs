using System.Collections.Concurrent;

using Auxo.Pipeline.Logs;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>What a runner that names a lease is answered.</summary>
internal enum LeaseState
{
    /// <summary>It has it.</summary>
    Held,

    /// <summary>It has it; but this pipeline has just begun, or its database is away: ask again soon.</summary>
    NotYet,

    /// <summary>All its steps have a result.</summary>
    Done,

    /// <summary>The build was ended: stop.</summary>
    Stopped,

    /// <summary>It is lost: stop.</summary>
    Lost,
}

/// <summary>The builds that are with runners now. The rows say the same for the next process.</summary>
internal sealed class Handovers(HandoverTable table, LogStore logs, LeaseSettings settings, TimeProvider time)
{
    /// <summary>Leases that have ended are remembered for their answer; older ones are "lost".</summary>
    private const int MostRemembered = 1000;

    private readonly ConcurrentDictionary<Guid, Handover> _held = new();
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly ConcurrentDictionary<Guid, HandoverEnd> _ended = new();

    /// <summary>The builds of a runner, for the one who asks.</summary>
    public IReadOnlyList<Handover> Of(string runner)
        => [.. _held.Values.Where(handover => handover.Row.Runner == runner && handover.Ended is null)];

    /// <summary>Gives the steps of a build to a process of a runner.</summary>
    public async Task<Handover> GiveAsync(Guid build, string runner, Guid session, CancellationToken ct)
        => _held[build] = new Handover(
            await table.GiveAsync(build, runner, session, Guid.NewGuid(), ct), confirmed: false, logs, settings.Patience, time);

    /// <summary>
    /// Takes up what a runner had when the last process of this pipeline ended. It gets the whole time anew: it was not its fault that
    /// nobody answered.
    /// </summary>
    public Handover Resume(HandoverRow row) => _held[row.BuildId] = new Handover(row, confirmed: true, logs, settings.Patience, time);

    /// <summary>
    /// It is over here: by its end, or since this process stops or has lost its own lease of the build; then the runner
    /// goes on. Only the first call counts: it gives the handover an end that the runner must not hear of.
    /// </summary>
    public async Task CloseAsync(Handover handover)
    {
        if (!_held.TryRemove(new KeyValuePair<Guid, Handover>(handover.Row.BuildId, handover))) return;
        if (handover.Ended is { } end)
        {
            _ended[handover.Row.Lease!.Value] = end;
            _order.Enqueue(handover.Row.Lease.Value);
            while (_order.Count > MostRemembered && _order.TryDequeue(out var oldest)) _ended.TryRemove(oldest, out _);
        }

        await handover.DisposeAsync();
    }

    /// <summary>Looks at a call of a runner.</summary>
    public async Task<(LeaseState State, Handover? Handover)> FindAsync(Guid build, string runner, Guid lease, CancellationToken ct)
    {
        if (_held.TryGetValue(build, out var held) && held.Row.Lease == lease && held.Row.Runner == runner)
        {
            if (held.Ended is { } ending) return (StateOf(ending), null);
            held.Renew();
            return held.Build is null ? (LeaseState.NotYet, null) : (LeaseState.Held, held);
        }

        if (_ended.TryGetValue(lease, out var end)) return (StateOf(end), null);
        var row = await table.FindAsync(build, ct);
        return (row?.Lease == lease && row.Runner == runner ? LeaseState.NotYet : LeaseState.Lost, null);
    }

    private static LeaseState StateOf(HandoverEnd end)
        => end switch { HandoverEnd.Done => LeaseState.Done, HandoverEnd.Stopped => LeaseState.Stopped, _ => LeaseState.Lost };
}
