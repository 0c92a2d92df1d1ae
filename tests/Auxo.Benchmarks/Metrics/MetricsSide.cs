using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

using Auxo.Benchmarks.Measuring;
using Auxo.Postgres;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Marten;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

namespace Auxo.Benchmarks.Metrics;

/// <summary>The metrics service alone, as a process with a PostgreSQL of its own, both with the settings of an instance.</summary>
internal sealed class MetricsSide : IAsyncDisposable
{
    private const int EventsPerAppend = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>Those of the instance's own server.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["shared_buffers"] = "64MB", ["max_connections"] = "100", ["max_wal_size"] = "1GB", ["jit"] = "off",
    };

    private readonly DirectoryInfo _folder;
    private readonly PostgresCluster _cluster;
    private readonly ReservedPort _port = ReservedPort.Take();
    private Process? _service;

    private MetricsSide(DirectoryInfo folder, PostgresCluster cluster)
    {
        (_folder, _cluster, Database) = (folder, cluster, NpgsqlDataSource.Create(cluster.ConnectionString));
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress =
            new Uri($"http://127.0.0.1:{_port.Number}"), Timeout = Patience };
    }

    /// <summary>The service's database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>With an administrator's token.</summary>
    public HttpClient Client { get; }

    /// <summary>The share of the memory that the service's process has for itself.</summary>
    public double PssMiB => KiB($"/proc/{_service!.Id}/smaps_rollup", "Pss:") / 1024;

    /// <summary>The most that it ever had in memory.</summary>
    public double PeakMiB => KiB($"/proc/{_service!.Id}/status", "VmHWM:") / 1024;

    /// <summary>A fresh database with its schema; the service is not running.</summary>
    public static async Task<MetricsSide> CreateAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-pg-");
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        var side = new MetricsSide(
            folder, await PostgresCluster.StartAsync(folder.FullName, Path.Combine(folder.FullName, "s"), Settings, ct));
        try
        {
            await SchemaMigration.ApplyAsync(Auxo.Metrics.Configuration.Model, side._cluster.ConnectionString, ct);
            await AccessToken.ApplySchemaAsync(side.Database, ct);
            side.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer", await AccessToken.CreateAsync(side.Database, "benchmark", [AccessToken.Admin], expiresAt: null, ct));
            await side.StartAsync(ct);
            await side.StopAsync();
            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Appends events through the store, as handlers do, though many in one transaction. The service should not be running.
    /// </summary>
    public async Task AppendAsync(IReadOnlyList<(DateTimeOffset At, string Stream, object Event)> events, CancellationToken ct)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration["ConnectionStrings:auxo"] = _cluster.ConnectionString;
        builder.AddStore(Auxo.Metrics.Configuration.Model);
        using var host = builder.Build();
        var store = host.Services.GetRequiredService<IDocumentStore>();
        foreach (var some in events.Chunk(EventsPerAppend))
        {
            await using var session = store.LightweightSession();
            foreach (var stream in some.GroupBy(static e => e.Stream, StringComparer.Ordinal)) session.Events.Append(
                stream.Key, [.. stream.Select(static e => e.Event)]);
            await session.SaveChangesAsync(ct);
        }

        await ExecuteAsync("vacuum analyze", ct);
    }

    /// <summary>Starts the service; returns when it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(Path.GetFullPath(Path.Combine(here, "../../Auxo.Metrics", Path.GetFileName(here), "Auxo.Metrics")))
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__auxo"] = _cluster.ConnectionString;
        start.Environment["ASPNETCORE_URLS"] = Client.BaseAddress!.AbsoluteUri;
        // As the AppHost gives it to its services.
        start.Environment["DOTNET_GCgen0size"] = "200000";
        _service = Process.Start(start)!;
        _service.BeginOutputReadLine();
        _service.BeginErrorReadLine();
        await Poll.UntilAsync(
            async () =>
            {
                if (_service.HasExited) throw new InvalidOperationException($"the metrics service ended with {_service.ExitCode}");
                try
                {
                    using var answer = await Client.GetAsync(new Uri("/alive", UriKind.Relative), ct);
                    return answer.IsSuccessStatusCode ? true : (bool?)null;
                }
                catch (HttpRequestException)
                {
                    return null;
                }
            }, "the metrics service answers", ct, everyMilliseconds: 2, Patience);
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        if (_service is not { } service) return;
        if (!service.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await service.WaitForExitAsync();
        }

        service.Dispose();
        _service = null;
    }

    /// <summary>Waits until all events are in the projection's documents.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        var goal = await ScalarAsync<long>("select coalesce(max(seq_id), 0) from metrics.mt_events", ct);
        await Poll.UntilAsync(
            async () => await ScalarAsync<long>(
                "select coalesce(max(last_seq_id), 0) from metrics.mt_event_progression where name = 'FactDays:All'", ct) >= goal
                ? true
                : (bool?)null,
            "the projection has caught up", ct, everyMilliseconds: 20, Patience);
    }

    /// <summary>Waits until <c>/metrics</c> shows everything up to the last event.</summary>
    public async Task PageIsCurrentAsync(CancellationToken ct)
    {
        var goal = await ScalarAsync<long>("select coalesce(max(seq_id), 0) from metrics.mt_events", ct);
        await Poll.UntilAsync(async () => await GaugeAsync("radicle_projection_position", ct) >= goal
            ? true
            : (bool?)null, "the page shows the last event", ct, everyMilliseconds: 50, Patience);
    }

    /// <summary>The sum of a family's samples on <c>/metrics</c>; null while there are none.</summary>
    public async Task<double?> GaugeAsync(string name, CancellationToken ct)
    {
        var page = await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), ct);
        var samples = page.Split('\n')
            .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is ' ' or '{').ToList();
        return samples.Count == 0
            ? null
            : samples.Sum(static l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>One value.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken ct)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Runs a statement, however long it takes.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        _port.Dispose();
        await Database.DisposeAsync();
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static double KiB(string file, string key)
        => double.Parse(File.ReadLines(file).First(l => l.StartsWith(key, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2]
                .Split('\t')[^1], CultureInfo.InvariantCulture);
}
