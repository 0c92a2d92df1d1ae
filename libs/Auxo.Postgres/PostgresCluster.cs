using System.Runtime.InteropServices;

using Auxo.Instances;

using Npgsql;

namespace Auxo.Postgres;

/// <summary>A private PostgreSQL that runs as a child of this process, for tests and for a backup of an instance at rest.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FastStopLimit = TimeSpan.FromSeconds(20);

    private readonly PostgresServer _server;
    private readonly Action<string> _onLine;
    private ChildProcess? _process;

    private PostgresCluster(PostgresServer server, Action<string> onLine) => (_server, _onLine) = (server, onLine);

    /// <summary>The connection string of the cluster's superuser, database <c>postgres</c>.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>The server's process id, or null while it is stopped.</summary>
    public int? ProcessId => _process is { Exited.IsCompleted: false } p ? p.Id : null;

    /// <summary>
    /// Opens the cluster in <paramref name="folder"/>, making it with <c>initdb</c> when it is not there yet, and starts it.
    /// </summary>
    /// <param name="folder">Holds <c>data/</c>, <c>password</c> and, unless <paramref name="onLine"/> is given, <c>log</c>.</param>
    /// <param name="socketFolder">A short path (a socket's path has at most 108 bytes).</param>
    /// <param name="settings">Further <c>postgresql.conf</c> settings, given on the command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="onLine">Gets the server's log, line by line.</param>
    /// <exception cref="PostgresClusterException">It could not be made or started; the message says what to do.</exception>
    public static async Task<PostgresCluster> StartAsync(
        string folder, string socketFolder, IReadOnlyDictionary<string, string> settings,
        CancellationToken cancellationToken, Action<string>? onLine = null)
    {
        var server = new PostgresServer(folder, socketFolder);
        await server.PrepareAsync(cancellationToken);
        var cluster = new PostgresCluster(server, onLine ?? LogFile(Path.Combine(folder, "log")));
        try
        {
            await cluster.StartServerAsync(settings, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops the server and waits for it: <c>fast</c> (SIGINT) ends connections in order, <c>immediate</c> (SIGQUIT) is a crash
    /// with recovery at the next start.
    /// </summary>
    public async Task StopAsync(bool immediate, CancellationToken cancellationToken)
    {
        if (_process is null) return;
        _process.Signal(immediate ? PosixSignal.SIGQUIT : PosixSignal.SIGINT);
        await _process.Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        await _server.PrepareAsync(cancellationToken);
        await StartServerAsync(settings, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        await _process.StopAsync(PosixSignal.SIGINT, FastStopLimit);
        _process.Dispose();
    }

    private async Task StartServerAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        _process?.Dispose();
        var process = _process = ChildProcess.Start(_server.Start(settings) with { OnLine = _onLine });
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Pooling = false, Timeout = 5,
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (process.Exited.IsCompleted) throw new PostgresClusterException(
                $"PostgreSQL ended with {await process.Exited} at its start; the end of its log says why.");
            try
            {
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new PostgresClusterException($"PostgreSQL did not answer in {StartLimit.TotalSeconds:0} s; its log says why.");
            }
        }
    }

    private static Action<string> LogFile(string path)
    {
        var output = new StreamWriter(path, append: true) { AutoFlush = true };
        return output.WriteLine;
    }
}
