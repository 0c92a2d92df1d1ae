using System.Diagnostics.Metrics;
using System.Threading.Channels;

using Auxo.Registry.Blobs;
using Auxo.Registry.Oci;

using Npgsql;

namespace Auxo.Registry.Fetching;

/// <summary>
/// Writes down what was handed out, some hundred at a time, behind the answers: a download waits for no row. What is not yet
/// written when the process is killed is lost, which is a second of it; a stop writes the rest.
/// </summary>
public sealed partial class FetchLog : BackgroundService
{
    private const int MostAtOnce = 500;
    private const int MostWaiting = 20_000;
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest },
        static dropped => dropped.Written?.TrySetResult());
    private readonly Meter _meter = new("Auxo.Registry");
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<FetchLog> _logger;
    private readonly Counter<long> _downloads;
    private readonly Counter<long> _bytes;

    /// <summary>Makes it.</summary>
    public FetchLog(NpgsqlDataSource source, TimeProvider time, ILogger<FetchLog> logger)
    {
        (_source, _time, _logger) = (source, time, logger);
        _downloads = _meter.CreateCounter<long>("auxo_registry_downloads", description: "Files handed out, by repository.");
        _bytes = _meter.CreateCounter<long>("auxo_registry_downloaded_bytes", description: "Their sizes together, by repository.");
    }

    /// <summary>Something is handed out to whoever asks.</summary>
    public void Add(
        HttpContext http, string repository, string package, string version, string file, Digest digest, long sizeBytes, string source = "")
    {
        _downloads.Add(1, new KeyValuePair<string, object?>("repository", repository));
        _bytes.Add(sizeBytes, new KeyValuePair<string, object?>("repository", repository));
        if (!HttpMethods.IsGet(http.Request.Method)) return;
        var fetch = new Fetch(
            http.User.Identity?.Name ?? "anonymous", repository, package, version, file, digest.ToString(), source, _time.GetUtcNow(), 1);
        _waiting.Writer.TryWrite(new Waiting(fetch, Written: null));
    }

    /// <summary>Ends when everything that was handed out before is written down.</summary>
    public Task WrittenAsync(CancellationToken ct)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite(new Waiting(null, written)) ? written.Task.WaitAsync(ct) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends when the writer is completed and everything is written, not when the service is told to stop.
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var (some, asking) = (new List<Fetch>(), new List<TaskCompletionSource>());
            while (some.Count < MostAtOnce && _waiting.Reader.TryRead(out var waiting))
            {
                if (waiting.Fetch is { } fetch) some.Add(fetch);
                if (waiting.Written is { } written) asking.Add(written);
            }

            try
            {
                if (some.Count > 0) await WriteAsync(some);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                Log.Lost(_logger, some.Count, e);
            }

            foreach (var written in asking) written.TrySetResult();
        }
    }

    private async Task WriteAsync(List<Fetch> fetches)
    {
        // One statement may meet a row once only. An image that was asked for by tag and by digest is one; the tag says more.
        var rows = fetches
            .GroupBy(static f => (f.FetchedAt.UtcDateTime.Date, Clean(f.Caller), f.Repository, Clean(f.Package), Clean(f.File), f.Digest))
            .Select(static g => g.MinBy(static f => OciDigest.TryParse(f.Version, out _))! with { Times = g.LongCount() }).ToList();
        T[] Column<T>(Func<Fetch, T> of) => [.. rows.Select(of)];
        await _source.ExecuteAsync(CancellationToken.None,
            """
            insert into registry.fetches as f (
                day, caller, repository, package, version, file, digest, source, fetched_at, times, format)
            select (u.at at time zone 'UTC')::date, u.caller, u.repository, u.package, u.version, u.file, u.digest, u.source, u.at, u.times,
                (select r.format from registry.repositories r where r.name = u.repository)
            from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::bigint[])
                u (caller, repository, package, version, file, digest, source, at, times)
            on conflict (day, caller, repository, package, file, digest) do update set times = f.times + excluded.times,
                version = case when f.version ~ '^sha(256|512):' then excluded.version else f.version end
            """,
            Column(static f => Clean(f.Caller)), Column(static f => f.Repository), Column(static f => Clean(f.Package)),
            Column(static f => Clean(f.Version)), Column(static f => Clean(f.File)), Column(static f => f.Digest),
            Column(static f => f.Source), Column(static f => f.FetchedAt), Column(static f => f.Times));
    }

    /// <summary>Something to write, or somebody who waits until what came before is written.</summary>
    private readonly record struct Waiting(Fetch? Fetch, TaskCompletionSource? Written);

    private static string Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(550, LogLevel.Warning, "{Count} downloads could not be written down")]
        public static partial void Lost(ILogger logger, int count, Exception exception);
    }
}
