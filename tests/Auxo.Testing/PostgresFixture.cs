using Auxo.Postgres;

using Npgsql;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// One real PostgreSQL per test process: <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c>. Each test class takes a
/// database of its own.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>Small and fast to start, but durable: tests of crashes rely on fsync.</summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["shared_buffers"] = "64MB", ["max_connections"] = "200", ["max_wal_size"] = "1GB",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-pg-").FullName;
    private int _databases;

    /// <summary>The server, for tests that stop and start it.</summary>
    public PostgresCluster Cluster { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // The server's user must be able to walk into its own folder.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Cluster = await PostgresCluster.StartAsync(_folder, Path.Combine(_folder, "s"), Settings, CancellationToken.None);
    }

    /// <summary>A fresh, empty database; returns its connection string (superuser).</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(Cluster.ConnectionString);
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Cluster.ConnectionString) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>Starts the server again after a test stopped it, with the same settings.</summary>
    public Task RestartAsync() => Cluster.RestartAsync(Settings, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
