using Auxo.Instances;
using Auxo.Instances.Backups;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Alerts;

/// <summary>
/// Looks at every rule once a minute. What happened to an alert and what is told of it commit together; one alert that cannot be saved
/// is looked at again in the next minute.
/// </summary>
public sealed class AlertWatch(
    AlertTable alerts, SecurityTable security, HistoryCache histories, MeshTable mesh, HealthPage health, PromiseWatch promises,
    ListeningSince since, AlertSettings settings, InstanceLayout layout, Outbox outbox, TimeProvider time, ILogger<AlertWatch> logger)
    : PeriodicJob(TimeSpan.FromMinutes(1), time, logger)
{
    /// <summary>Numbers of 30 days move slowly, and cost the most.</summary>
    private static readonly TimeSpan Slowly = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (DateTimeOffset At, IReadOnlyList<AlertFact> Facts, IReadOnlyDictionary<Rid, string> Names) _slow =
        (DateTimeOffset.MinValue, [], new Dictionary<Rid, string>());

    /// <summary>Looks at all rules now.</summary>
    /// <returns>How many alerts have changed.</returns>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var now = Time.GetUtcNow();
            var (scored, judged) = (health.Shown, promises.Shown);
            AlertFact[] shown = [.. (scored ?? []).SelectMany(AlertFacts.Of), .. judged.SelectMany(AlertFacts.Of)];
            var facts = (await FactsAsync(shown, now, ct)).ToLookup(static fact => fact.Measure, StringComparer.Ordinal);
            var known = (await alerts.ListAsync(ct)).ToDictionary(static alert => alert.Id, StringComparer.Ordinal);
            var changed = 0;
            foreach (var rule in AlertRules.All)
            {
                // After a start nodes have not had the time to report, nor was health or a promise judged: until then such alerts stay.
                if (rule.Measure.StartsWith("node.", StringComparison.Ordinal) && now - since.Time < MeshMatrix.Silence) continue;
                if (rule.Measure == Measures.Health && scored is null || rule.Measure == Measures.PromiseBudget && judged.Count == 0)
                    continue;
                var seen = new HashSet<string>(StringComparer.Ordinal);
                foreach (var fact in facts[rule.Measure])
                {
                    var key = Alert.StreamKey(rule.Name, fact.Subject);
                    if (seen.Add(key) && await SaveAsync(key, rule, fact, known.GetValueOrDefault(key), now, ct)) changed++;
                }

                foreach (var gone in known.Values.Where(alert => alert.Rule == rule.Name && !seen.Contains(alert.Id)))
                    if (await SaveAsync(gone.Id, rule, fact: null, gone, now, ct)) changed++;
            }

            return changed;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => LookAsync(ct);

    private async Task<bool> SaveAsync(
        string key, AlertRule rule, AlertFact? fact, Alert? alert, DateTimeOffset now, CancellationToken ct)
    {
        var (events, messages) = DecideAlert.Decide(rule, fact, alert, settings.Speaks(rule), now);
        if (events.Count == 0) return false;
        await using var work = outbox.Open();
        if (alert is null) work.Session.Events.StartStream<Alert>(key, events);
        else work.Session.Events.Append(key, events);
        foreach (var message in messages) await work.PublishAsync(message);
        await work.SaveChangesAsync(ct);
        return true;
    }

    /// <summary>All that rules look at now.</summary>
    private async Task<IReadOnlyList<AlertFact>> FactsAsync(
        IReadOnlyList<AlertFact> shown, DateTimeOffset now, CancellationToken ct)
    {
        if (now - _slow.At >= Slowly || now < _slow.At) _slow = await SlowAsync(now, ct);
        List<AlertFact> facts = [.. _slow.Facts, .. shown];
        foreach (var one in await security.ListAsync(ct))
            if (_slow.Names.ContainsKey(one.Rid)) facts.AddRange(AlertFacts.Of(one, now));
        foreach (var one in await alerts.TroublesAsync(ct))
            if (_slow.Names.ContainsKey(one.Rid)) facts.AddRange(AlertFacts.Of(one, now));
        foreach (var (rid, at) in await alerts.WaitingAsync(ct))
            if (_slow.Names.TryGetValue(rid, out var name))
                facts.Add(new AlertFact(Measures.QueueAge, rid.Value, name, rid, (now - at).TotalSeconds));
        facts.AddRange(AlertFacts.OfBackup(LastBackup.Read(layout), now));
        if (await alerts.MirrorsAsync(ct) is { } mirrors) facts.AddRange(AlertFacts.Of(mirrors, now));
        var nodes = await mesh.ListAsync(ct);
        facts.AddRange(AlertFacts.Of(nodes, MeshMatrix.Of(nodes, now, since.Time), now));
        return facts;
    }

    private async Task<(DateTimeOffset, IReadOnlyList<AlertFact>, IReadOnlyDictionary<Rid, string>)> SlowAsync(
        DateTimeOffset now, CancellationToken ct)
    {
        var (facts, names) = (new List<AlertFact>(), new Dictionary<Rid, string>());
        foreach (var rid in await histories.ListAsync(ct))
        {
            if (await histories.GetSeriesAsync(rid, now, position: null, ct) is not { IsTracked: true } series) continue;
            names[rid] = series.Name ?? rid.Value;
            facts.AddRange(AlertFacts.Of(series, now));
        }

        return (now, facts, names);
    }
}
