using System.Diagnostics.Metrics;

using Auxo.Registry.Mirrors;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Monitoring;

/// <summary>
/// What the registry holds, for <c>/metrics</c>: looked at every half minute, so that a scrape asks nothing of the database.
/// </summary>
public sealed partial class RegistryGauges : PeriodicJob
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private readonly NpgsqlDataSource _source;
    private readonly ILogger<RegistryGauges> _logger;
    private readonly Meter _meter = new("Auxo.Registry");
    private volatile IReadOnlyList<RegistryRepository> _repositories = [];
    private volatile IReadOnlyList<MirrorStatus> _mirrors = [];

    /// <summary>Makes the instruments.</summary>
    public RegistryGauges(NpgsqlDataSource source, TimeProvider time, ILogger<RegistryGauges> logger)
        : base(Every, time, logger)
    {
        (_source, _logger) = (source, logger);
        Of("auxo_registry_used_bytes", "What is published in a repository.", static r => r.UsedBytes);
        Of("auxo_registry_quota_bytes", "What a repository may hold.", static r => r.QuotaBytes);
        Of("auxo_registry_files", "Files of a repository.", static r => r.FileCount);
        OfMirror("auxo_mirror_used_bytes", "What a mirror keeps of its upstream.", static m => m.UsedBytes);
        OfMirror("auxo_mirror_upstream_up", "1 when upstream answered the last question, else 0.", static m => m.Failure is null ? 1 : 0);
        OfMirror("auxo_mirror_oldest_check_timestamp_seconds", "When upstream was last asked about what is used, the oldest of it.",
            static m => m.OldestCheck?.ToUnixTimeSeconds() ?? 0);
        OfMirror("auxo_mirror_refresh_interval_seconds", "How often upstream is asked about what is used.",
            static m => m.RefreshDays * 86_400L);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task DoAsync(CancellationToken ct) => LookAsync(ct);

    /// <summary>Once.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        _repositories = await RepositoryTable.ListAsync(_source, "", 10_000, ct);
        _mirrors = await MirrorStatus.ListAsync(_source, null, Time.GetUtcNow() - MirrorRefresh.Used, ct);
    }

    /// <inheritdoc/>
    protected override void Report(Exception e) => Log.Failed(_logger, e);

    private void Of(string name, string description, Func<RegistryRepository, long> value)
        => _meter.CreateObservableGauge(name, () => _repositories.Select(r => new Measurement<long>(
            value(r), new KeyValuePair<string, object?>("repository", r.Name), new KeyValuePair<string, object?>("format", r.Format))),
            description: description);

    private void OfMirror(string name, string description, Func<MirrorStatus, long> value)
        => _meter.CreateObservableGauge(name, () => _mirrors.Select(m => new Measurement<long>(
            value(m), new KeyValuePair<string, object?>("repository", m.Repository),
            new KeyValuePair<string, object?>("format", m.Format))),
            description: description);

    private static partial class Log
    {
        [LoggerMessage(560, LogLevel.Warning, "The numbers of the registry could not be read; they stay as they were")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
