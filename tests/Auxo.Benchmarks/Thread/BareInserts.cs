using System.Security.Cryptography;

using Auxo.Benchmarks.Measuring;
using Auxo.Postgres;

using Npgsql;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// What PostgreSQL and its driver do alone: one durable row per statement, the same columns and the same key as a webhook's
/// receipt.
/// </summary>
internal sealed class BareInserts : IAsyncDisposable
{
    /// <summary>Those of the instance's own server.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["shared_buffers"] = "64MB", ["max_connections"] = "100", ["max_wal_size"] = "1GB", ["jit"] = "off",
    };

    private readonly DirectoryInfo _folder;
    private readonly PostgresCluster _cluster;
    private readonly NpgsqlDataSource _source;

    private BareInserts(DirectoryInfo folder, PostgresCluster cluster)
        => (_folder, _cluster, _source) = (folder, cluster, NpgsqlDataSource.Create(cluster.ConnectionString));

    /// <summary>Starts a server of its own.</summary>
    public static async Task<BareInserts> StartAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-pg-");
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        var inserts = new BareInserts(
            folder, await PostgresCluster.StartAsync(folder.FullName, Path.Combine(folder.FullName, "s"), Settings, ct));
        await using var command = inserts._source.CreateCommand("""
            create table receipts (
                content_key bytea primary key, rid text not null, event text not null, patch_id text, commit_id text, branch text,
                context text, status_url text, seeder text, signed boolean not null, trace_id text, received_at timestamptz not null);
            create index receipts_age on receipts using brin (received_at)
            """);
        await command.ExecuteNonQueryAsync(ct);
        return inserts;
    }

    /// <summary>Inserts for so long; the latencies in milliseconds.</summary>
    public async Task<Series> RunAsync(int connections, TimeSpan duration, CancellationToken ct)
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(duration.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => InsertUntilAsync(until, ct), ct)));
        return new Series(all.SelectMany(static l => l));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<List<double>> InsertUntilAsync(long until, CancellationToken ct)
    {
        var latencies = new List<double>();
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            insert into receipts (content_key, rid, event, commit_id, branch, signed, trace_id, received_at)
            values ($1, $2, 'push', $3, 'main', true, $4, $5)
            on conflict (content_key) do nothing
            """,
            connection);
        var key = new NpgsqlParameter<byte[]> { TypedValue = [] };
        command.Parameters.Add(key);
        foreach (var text in (string[])["git:hooks-00000000", new string('a', 40), new string('b', 32)]) command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = text });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = TimeProvider.System.GetUtcNow().UtcDateTime });
        key.TypedValue = RandomNumberGenerator.GetBytes(32);
        await command.PrepareAsync(ct);
        while (TimeProvider.System.GetTimestamp() < until)
        {
            key.TypedValue = RandomNumberGenerator.GetBytes(32);
            var begun = TimeProvider.System.GetTimestamp();
            await command.ExecuteNonQueryAsync(ct);
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        return latencies;
    }
}
