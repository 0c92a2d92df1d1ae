using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

using Npgsql;

namespace Auxo.Hosting.Postgres;

/// <summary>
/// A private PostgreSQL cluster in a folder of its own, reachable only over a Unix socket, with a random password (never <c>trust</c>, no TCP).
/// Started as root it runs as an unprivileged user, because PostgreSQL refuses root.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly string _bin;
    private readonly string _data;
    private readonly string _socketFolder;
    private readonly string _password;
    private readonly string? _user;
    private Process? _process;

    private PostgresCluster(string bin, string data, string socketFolder, string password, string? user)
        => (_bin, _data, _socketFolder, _password, _user) = (bin, data, socketFolder, password, user);

    /// <summary>The connection string of the cluster's superuser, database <c>postgres</c>.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _socketFolder, Username = "auxo", Password = _password, Database = "postgres",
    }.ConnectionString;

    /// <summary>The server's process id, or null while it is stopped.</summary>
    public int? ProcessId => _process is { HasExited: false } p ? p.Id : null;

    /// <summary>Completes when the server process ends, for whatever reason.</summary>
    public Task Exited => _process?.WaitForExitAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Opens the cluster in <paramref name="folder"/>, making it with <c>initdb</c> when it is not there yet, and starts it.
    /// </summary>
    /// <param name="folder">Holds <c>data/</c>, <c>password</c> and <c>log</c>.</param>
    /// <param name="socketFolder">A short path (a socket's path has at most 108 bytes).</param>
    /// <param name="settings">Further <c>postgresql.conf</c> settings, given on the command line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PostgresClusterException">It could not be made or started; the message says what to do.</exception>
    public static async Task<PostgresCluster> StartAsync(
        string folder, string socketFolder, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var bin = PostgresBinaries.Find() ?? throw new PostgresClusterException("No PostgreSQL server is installed: neither in PATH nor in /usr/lib/postgresql.");
        var user = Environment.UserName == "root" ? UnprivilegedUser() : null;
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(socketFolder);
        var passwordFile = Path.Combine(folder, "password");
        if (!File.Exists(passwordFile))
        {
            await File.WriteAllTextAsync(passwordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), cancellationToken);
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var password = (await File.ReadAllTextAsync(passwordFile, cancellationToken)).Trim();
        if (user is not null) await RunAsync("chown", [user, folder, socketFolder, passwordFile], user: null, cancellationToken);

        var data = Path.Combine(folder, "data");
        var cluster = new PostgresCluster(bin, data, socketFolder, password, user);
        // A cluster whose making was interrupted has no marker; it never held anything and is made anew.
        if (!File.Exists(Path.Combine(folder, "initialised")))
        {
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
            await RunAsync(
                Path.Combine(bin, "initdb"),
                ["-D", data, "-U", "auxo", "--pwfile", passwordFile, "--auth-local", "scram-sha-256", "--auth-host", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-instructions"],
                user, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "initialised"), "", cancellationToken);
        }

        await cluster.StartServerAsync(settings, Path.Combine(folder, "log"), cancellationToken);
        return cluster;
    }

    /// <summary>
    /// Stops the server and waits for it: <c>fast</c> (SIGINT) ends connections in order, <c>immediate</c> (SIGQUIT) is a crash with recovery at the next start.
    /// </summary>
    public async Task StopAsync(bool immediate, CancellationToken cancellationToken)
    {
        if (_process is not { HasExited: false } process) return;
        _ = Signal(process.Id, immediate ? 3 : 2);
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>.</summary>
    public Task RestartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
        => StartServerAsync(settings, Path.Combine(Path.GetDirectoryName(_data)!, "log"), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await StopAsync(immediate: false, limit.Token);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(immediate: true, CancellationToken.None);
        }

        _process?.Dispose();
    }

    private async Task StartServerAsync(IReadOnlyDictionary<string, string> settings, string log, CancellationToken cancellationToken)
    {
        _process?.Dispose();
        List<string> arguments = ["-D", _data, "-c", $"unix_socket_directories={_socketFolder}", "-c", "listen_addresses=", "-c", "unix_socket_permissions=0777"];
        foreach (var (name, value) in settings) arguments.AddRange(["-c", $"{name}={value}"]);
        var start = Command(Path.Combine(_bin, "postgres"), arguments, _user);
        _process = Process.Start(start) ?? throw new PostgresClusterException("PostgreSQL could not be started.");
        var output = new StreamWriter(log, append: true) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => WriteLine(output, line.Data);
        _process.ErrorDataReceived += (_, line) => WriteLine(output, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timeout = 5 });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (_process.HasExited)
                throw new PostgresClusterException($"PostgreSQL ended with {_process.ExitCode.ToString(CultureInfo.InvariantCulture)} at its start; the last lines of {log} say why.");
            try
            {
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }

    private static void WriteLine(StreamWriter output, string? line)
    {
        lock (output)
        {
            if (line is null) output.Flush();
            else output.WriteLine(line);
        }
    }

    /// <summary>A user that is not root: <c>postgres</c> where the package made one, else <c>nobody</c>.</summary>
    private static string UnprivilegedUser()
        => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static ProcessStartInfo Command(string program, IReadOnlyList<string> arguments, string? user)
    {
        var start = new ProcessStartInfo(user is null ? program : "setpriv")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        if (user is not null)
        {
            foreach (var argument in (ReadOnlySpan<string>)["--reuid", user, "--regid", user == "nobody" ? "nogroup" : user, "--init-groups", "--", program])
                start.ArgumentList.Add(argument);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, string? user, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(Command(program, arguments, user)) ?? throw new PostgresClusterException($"{program} could not be started.");
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new PostgresClusterException($"{program} ended with {process.ExitCode}: {await errors} {await output}".Trim());
        }
        catch (Win32Exception e)
        {
            throw new PostgresClusterException($"{program} could not be started: {e.Message}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}

/// <summary>PostgreSQL could not be made, started or reached; the message says what to do.</summary>
public sealed class PostgresClusterException(string message) : Exception(message);
