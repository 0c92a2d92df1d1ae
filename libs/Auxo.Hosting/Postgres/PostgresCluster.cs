using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using Auxo.Hosting.Instance;
using Auxo.Hosting.Orchestration;

using Npgsql;

namespace Auxo.Hosting.Postgres;

/// <summary>
/// A private PostgreSQL cluster in a folder of its own, reachable only over a Unix socket, with a random password (never
/// <c>trust</c>, no TCP). Started as root it runs as an unprivileged user, because PostgreSQL refuses root.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FastStopLimit = TimeSpan.FromSeconds(20);

    private readonly string _bin;
    private readonly string _folder;
    private readonly string _socketFolder;
    private readonly string _password;
    private readonly string? _user;
    private readonly Action<string>? _onLine;
    private ChildProcess? _process;

    private PostgresCluster(string bin, string folder, string socketFolder, string password, string? user, Action<string>? onLine)
        => (_bin, _folder, _socketFolder, _password, _user, _onLine) = (bin, folder, socketFolder, password, user, onLine);

    /// <summary>The connection string of the cluster's superuser, database <c>postgres</c>.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _socketFolder, Username = "auxo", Password = _password, Database = "postgres",
    }.ConnectionString;

    /// <summary>The server's process id, or null while it is stopped.</summary>
    public int? ProcessId => _process is { Exited.IsCompleted: false } p ? p.Id : null;

    /// <summary>Completes when the server process ends, for whatever reason.</summary>
    public Task Exited => _process?.Exited ?? Task.CompletedTask;

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
        var bin = PostgresBinaries.Find()
            ?? throw new PostgresClusterException("No PostgreSQL server is installed: neither in PATH nor in /usr/lib/postgresql.");
        var user = Posix.EffectiveUserId() == 0 ? UnprivilegedUser() : null;
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, ownerOnly);
        Directory.CreateDirectory(socketFolder, ownerOnly);
        if (user is not null) await EnsureReachableAsync(folder, user, cancellationToken);
        var passwordFile = Path.Combine(folder, "password");
        if (!File.Exists(passwordFile)) InstanceFolder.WritePrivate(
            passwordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        var password = (await File.ReadAllTextAsync(passwordFile, cancellationToken)).Trim();
        if (user is not null) await RunAsync("chown", [user, folder, socketFolder, passwordFile], user: null, cancellationToken);

        var data = Path.Combine(folder, "data");
        var cluster = new PostgresCluster(bin, folder, socketFolder, password, user, onLine);
        // A cluster whose making was interrupted has no marker; it never held anything and is made anew.
        if (!File.Exists(Path.Combine(folder, "initialised")))
        {
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
            await RunAsync(
                Path.Combine(bin, "initdb"),
                ["-D", data, "-U", "auxo", "--pwfile", passwordFile, "--auth-local", "scram-sha-256", "--auth-host",
                    "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-instructions"],
                user, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "initialised"), "", cancellationToken);
        }

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
    public Task RestartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
        => StartServerAsync(settings, cancellationToken);

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
        await EndPredecessorAsync(cancellationToken);
        List<string> arguments =
        [
            "-D", Path.Combine(_folder, "data"), "-c", $"unix_socket_directories={_socketFolder}", "-c",
            "listen_addresses=", "-c", "unix_socket_permissions=0777",
        ];
        foreach (var (name, value) in settings) arguments.AddRange(["-c", $"{name}={value}"]);
        var onLine = _onLine ?? LogFile(Path.Combine(_folder, "log"));
        // SIGINT is PostgreSQL's fast shutdown: when we are killed, it ends in order.
        var server = _process = ChildProcess.Start(
            Command(Path.Combine(_bin, "postgres"), arguments, _user) with { ParentDeathSignal = "INT", OnLine = onLine });

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Pooling = false, Timeout = 5,
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (server.Exited.IsCompleted) throw new PostgresClusterException(
                $"PostgreSQL ended with {await server.Exited} at its start; the end of its log says why.");
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

    /// <summary>
    /// A server that outlived its AppHost (where there is no parent death signal, or it is still ending) is ended before a new
    /// one starts.
    /// </summary>
    private async Task EndPredecessorAsync(CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(_folder, "data", "postmaster.pid");
        if (!File.Exists(pidFile)
            || !int.TryParse((await File.ReadAllLinesAsync(pidFile, cancellationToken)).FirstOrDefault(), out var pid)) return;
        if (!Processes.IsAlive(pid) || !Processes.CommandLine(pid).Contains("postgres", StringComparison.Ordinal)) return;
        _ = Posix.Kill(pid, 2);
        if (Processes.WaitUntilGone(pid, FastStopLimit)) return;
        _ = Posix.Kill(pid, 3);
        if (!Processes.WaitUntilGone(pid, FastStopLimit))
            throw new PostgresClusterException(
                $"PostgreSQL process {pid} still uses {_folder} and does not end. Stop it by hand: kill -QUIT {pid}");
    }

    private static Action<string> LogFile(string path)
    {
        var output = new StreamWriter(path, append: true) { AutoFlush = true };
        return output.WriteLine;
    }

    /// <summary>A user that is not root: <c>postgres</c> where the package made one, else <c>nobody</c>.</summary>
    private static string UnprivilegedUser()
        => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    /// <summary>Names the folder that stops the server's user on its way to the data, such as <c>/root</c>.</summary>
    private static async Task EnsureReachableAsync(string folder, string user, CancellationToken cancellationToken)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            // The top-most closed folder is the one to name; asking from the bottom up costs one process in the usual case.
            if (await ExitCodeAsync("test", ["-x", parent], user, cancellationToken) == 0) return;
            var above = Path.GetDirectoryName(parent);
            if (above is null || await ExitCodeAsync("test", ["-x", above], user, cancellationToken) == 0)
            {
                throw new PostgresClusterException(
                    $"PostgreSQL runs as the user {user}, who may not enter {parent}. Choose another folder with "
                        + $"AUXO_HOME (/var/lib/auxo, say), or: chmod o+x {parent}");
            }
        }
    }

    private static ChildProcessStart Command(string program, IReadOnlyList<string> arguments, string? user)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(static e => !((string)e.Key).StartsWith("PG", StringComparison.Ordinal))
            .ToDictionary(static e => (string)e.Key, static e => (string?)e.Value ?? "", StringComparer.Ordinal);
        environment["LC_ALL"] = "C.UTF-8";
        return new ChildProcessStart(program, arguments) { User = user, Environment = environment };
    }

    private static async Task<int> ExitCodeAsync(
        string program, IReadOnlyList<string> arguments, string? user, CancellationToken cancellationToken, Action<string>? onLine = null)
    {
        using var process = ChildProcess.Start(Command(program, arguments, user) with { OnLine = onLine ?? (static _ => { }) });
        return await process.Exited.WaitAsync(StartLimit, cancellationToken);
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, string? user, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        try
        {
            var code = await ExitCodeAsync(program, arguments, user, cancellationToken, output.Add);
            if (code != 0) throw new PostgresClusterException($"{program} ended with {code}: {string.Join(' ', output)}");
        }
        catch (Win32Exception e)
        {
            throw new PostgresClusterException($"{program} could not be started: {e.Message}");
        }
        catch (TimeoutException)
        {
            throw new PostgresClusterException($"{program} did not end in {StartLimit.TotalSeconds:0} s.");
        }
    }
}

/// <summary>PostgreSQL could not be made, started or reached; the message says what to do.</summary>
public sealed class PostgresClusterException(string message) : Exception(message);
