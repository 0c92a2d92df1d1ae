using Auxo.Instances;
using Auxo.Postgres;

using Npgsql;

namespace Auxo.AppHost.Backup;

/// <summary>
/// The database of an instance, reached as its administrator: the external one, the one that runs, or (when nothing runs) the
/// private cluster, started for this.
/// </summary>
internal sealed class InstanceDatabase : IAsyncDisposable
{
    private const string Name = "auxo";
    private readonly PostgresCluster? _cluster;
    private readonly InstanceFolder? _folder;
    private readonly string? _sockets;

    private InstanceDatabase(
        string administrator, bool external, PostgresCluster? cluster = null, InstanceFolder? folder = null, string? sockets = null)
        => (Administrator, IsExternal, _cluster, _folder, _sockets) = (administrator, external, cluster, folder, sockets);

    /// <summary>The administrator's connection; of a private cluster to <c>postgres</c>.</summary>
    public string Administrator { get; }

    /// <summary>Whether somebody else runs the server.</summary>
    public bool IsExternal { get; }

    /// <summary>The administrator's connection to Auxo's database.</summary>
    public string Connection
        => IsExternal ? Administrator : new NpgsqlConnectionStringBuilder(Administrator) { Database = Name }.ConnectionString;

    /// <summary>Opens it. Nothing else can start on the folder meanwhile, unless Auxo runs already.</summary>
    public static async Task<InstanceDatabase> OpenAsync(InstanceLayout layout, string? external, CancellationToken ct)
    {
        var running = InstanceFolder.LockHolder(layout) is not null;
        var folder = running ? null : InstanceFolder.Open(layout);
        try
        {
            if (external is not null) return new InstanceDatabase(external, external: true, folder: folder);
            var data = layout.Database;
            if (running) return new InstanceDatabase(Running(data), external: false);
            // A socket's path has at most 108 bytes.
            var sockets = Directory.CreateTempSubdirectory("auxo-").FullName;
            return new InstanceDatabase(
                Administer(await PostgresCluster.StartAsync(data, sockets, Settings, ct, static _ => { }), out var cluster),
                external: false, cluster, folder, sockets);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["max_wal_size"] = "1GB" };

    /// <summary>Whether the database is there.</summary>
    public async Task<bool> ExistsAsync(CancellationToken ct)
    {
        if (IsExternal) return true;
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Administrator) { Pooling = false });
        await using var command = source.CreateCommand($"select exists (select from pg_database where datname = '{Name}')");
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Makes the empty database of a private cluster.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        if (IsExternal) return;
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Administrator) { Pooling = false });
        await using var command = source.CreateCommand($"create database {Name}");
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (_sockets is not null && Directory.Exists(_sockets)) Directory.Delete(_sockets, recursive: true);
        _folder?.Dispose();
    }

    private static string Administer(PostgresCluster started, out PostgresCluster cluster) => (cluster = started).ConnectionString;

    /// <summary>The server's own file says where its socket is (its fifth line).</summary>
    private static string Running(string data)
    {
        var file = Path.Combine(data, "data", "postmaster.pid");
        if (!File.Exists(file) || File.ReadAllLines(file) is not { Length: >= 5 } lines)
            throw new HostingException(
                $"Auxo runs, but PostgreSQL does not run on {data}. Wait until './auxo status' shows it healthy, or stop Auxo.");
        return new NpgsqlConnectionStringBuilder
        {
            Host = lines[4].Trim(), Username = "auxo", Password = File.ReadAllText(Path.Combine(data, "password"))
                .Trim(), Database = "postgres",
        }.ConnectionString;
    }
}
