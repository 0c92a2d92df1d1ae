using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;
using Auxo.Hosting.Postgres;

using Npgsql;

namespace Auxo.Hosting.Orchestration;

/// <summary>Runs a PostgreSQL server: an external one is only watched; else a private cluster in the instance's folder.</summary>
internal sealed class PostgresRunner(
    PostgresServerResource server, string? external, InstanceFolder folder, ResourceLog log, TimeProvider time)
    : ResourceRunner(server, new(server.Name, "postgres", ResourceState.NotStarted, null, [], 0, time.GetUtcNow(), null), log, time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For a team's load on a small machine: little memory at rest, and room for five services with ten connections each.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["shared_buffers"] = "64MB", ["max_connections"] = "100", ["max_wal_size"] = "1GB", ["jit"] = "off",
        ["log_line_prefix"] = "%m [%p] %q%a ",
    };

    private string? _administrator;

    /// <summary>The administrator's connection string; known once it runs.</summary>
    public string Administrator => external ?? _administrator ?? throw new HostingException($"{server.Name} does not run yet.");

    /// <summary>Whether somebody else runs the server.</summary>
    public bool IsExternal => external is not null;

    protected override async Task<string> LiveAsync(CancellationToken stop)
    {
        if (external is not null) return await WatchAsync(Task.Delay(Timeout.InfiniteTimeSpan, Time, stop), null, stop);
        if (PostgresBinaries.Find() is null)
        {
            throw new HostingException(
                "There is no PostgreSQL. Either install it ('./auxo up' does; Debian: apt install postgresql, macOS: "
                    + "brew install postgresql@17), "
                + "or name a running one: ConnectionStrings__auxo='Host=…;Username=…;Password=…;Database=auxo'.");
        }

        var data = Path.Combine(folder.Home, "pg");
        if (!server.Of<DataVolumeAnnotation>().Any() && Directory.Exists(data)) Directory.Delete(data, recursive: true);
        // A socket's path has at most 108 bytes, with the server's own name in it: a deep data folder gets a short one elsewhere.
        var beside = Path.Combine(folder.Run, "pg");
        var sockets = beside.Length <= 80 ? beside : Directory.CreateTempSubdirectory("auxo-").FullName;
        try
        {
            await using var cluster = await PostgresCluster.StartAsync(data, sockets, Settings, stop, Log.Write);
            _administrator = cluster.ConnectionString;
            try
            {
                return await WatchAsync(cluster.Exited, cluster.ProcessId, stop);
            }
            finally
            {
                if (stop.IsCancellationRequested) Set(ResourceState.Stopping, pid: cluster.ProcessId);
            }
        }
        finally
        {
            if (sockets != beside) Directory.Delete(sockets, recursive: true);
        }
    }

    private async Task<string> WatchAsync(Task exited, int? pid, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Administrator)
        {
            MaxPoolSize = 1, Timeout = 5, CommandTimeout = 5, ApplicationName = "apphost",
        });
        while (true)
        {
            var reason = await ProbeAsync(source, stop);
            if (exited.IsCompleted) return "the server ended";
            Set(reason is null ? ResourceState.Running : ResourceState.RuntimeUnhealthy, reason ?? (IsExternal ? "external" : null), pid);
            await Task.WhenAny(exited, Task.Delay(Poll, Time, stop));
            stop.ThrowIfCancellationRequested();
            if (exited.IsCompleted) return "the server ended";
        }
    }

    private static async Task<string?> ProbeAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        try
        {
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(stop);
            return null;
        }
        catch (NpgsqlException e)
        {
            return $"PostgreSQL does not answer: {e.Message}";
        }
    }
}
