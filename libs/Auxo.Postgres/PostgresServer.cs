using System.ComponentModel;
using System.Security.Cryptography;

using Auxo.Instances;

using Npgsql;

namespace Auxo.Postgres;

/// <summary>
/// The files and the command of a private PostgreSQL in a folder of its own, reachable only over a Unix socket, with a random
/// password (never <c>trust</c>, no TCP). As root it runs as an unprivileged user, because PostgreSQL refuses root.
/// </summary>
public sealed class PostgresServer
{
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FastStopLimit = TimeSpan.FromSeconds(20);

    private readonly string _bin;
    private readonly string _folder;
    private readonly string _sockets;
    private readonly string? _user = Posix.EffectiveUserId() == 0 ? UnprivilegedUser() : null;
    private readonly Lazy<string> _password;

    /// <summary>Describes it; nothing is made by this.</summary>
    /// <param name="folder">Holds <c>data/</c> and <c>password</c>.</param>
    /// <param name="sockets">A folder with a short path (a socket's path has at most 108 bytes).</param>
    /// <exception cref="PostgresClusterException">No PostgreSQL is installed.</exception>
    public PostgresServer(string folder, string sockets)
    {
        _bin = PostgresBinaries.Find() ?? throw new PostgresClusterException(
            "There is no PostgreSQL. Either install it ('./auxo up' does; Debian: apt install postgresql, macOS: "
                + "brew install postgresql@17), "
            + "or name a running one: ConnectionStrings__auxo='Host=…;Username=…;Password=…;Database=auxo'.");
        (_folder, _sockets) = (folder, sockets);
        _password = new Lazy<string>(Password);
    }

    /// <summary>The connection string of its superuser, database <c>postgres</c>. The first question makes the password.</summary>
    public string ConnectionString => ConnectionStringOf("postgres");

    /// <summary>The connection string of its superuser for a database.</summary>
    public string ConnectionStringOf(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _sockets, Username = "auxo", Password = _password.Value, Database = database,
    }.ConnectionString;

    /// <summary>
    /// Makes what is missing (with <c>initdb</c>), and ends a server that outlived its AppHost: where there is no parent death
    /// signal, or it is still ending.
    /// </summary>
    /// <exception cref="PostgresClusterException">It could not be made; the message says what to do.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        PrivateFiles.MakeFolder(_folder);
        PrivateFiles.MakeFolder(_sockets);
        if (_user is not null) await EnsureReachableAsync(_folder, _user, cancellationToken);
        _ = _password.Value;
        if (_user is not null) await RunAsync("chown", [_user, _folder, _sockets, PasswordFile], user: null, cancellationToken);
        await EndPredecessorAsync(cancellationToken);

        var data = Path.Combine(_folder, "data");
        // A cluster whose making was interrupted has no marker; it never held anything and is made again.
        if (File.Exists(Path.Combine(_folder, "initialised"))) return;
        if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        await RunAsync(
            Path.Combine(_bin, "initdb"),
            ["-D", data, "-U", "auxo", "--pwfile", PasswordFile, "--auth-local", "scram-sha-256", "--auth-host",
                "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-instructions"],
            _user, cancellationToken);
        PrivateFiles.Write(Path.Combine(_folder, "initialised"), "");
    }

    /// <summary>How it is started after <see cref="PrepareAsync"/>; SIGINT ends it in order, also when this process is killed.</summary>
    /// <param name="settings">Further <c>postgresql.conf</c> settings.</param>
    public ChildProcessStart Start(IReadOnlyDictionary<string, string> settings)
    {
        List<string> arguments =
        [
            "-D", Path.Combine(_folder, "data"), "-c", $"unix_socket_directories={_sockets}", "-c",
            "listen_addresses=", "-c", "unix_socket_permissions=0777",
        ];
        foreach (var (name, value) in settings) arguments.AddRange(["-c", $"{name}={value}"]);
        return Command(Path.Combine(_bin, "postgres"), arguments, _user) with { ParentDeathSignal = "INT" };
    }

    private string PasswordFile => Path.Combine(_folder, "password");

    private string Password()
    {
        PrivateFiles.MakeFolder(_folder);
        if (!File.Exists(PasswordFile))
            PrivateFiles.Write(PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        return File.ReadAllText(PasswordFile).Trim();
    }

    private async Task EndPredecessorAsync(CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(_folder, "data", "postmaster.pid");
        if (!File.Exists(pidFile)
            || !int.TryParse((await File.ReadAllLinesAsync(pidFile, cancellationToken)).FirstOrDefault(), out var pid)) return;
        if (!Processes.IsAlive(pid) || Processes.CommandLine(pid).Length == 0)
        {
            // A killed one gives back its memory first and its number last, and PostgreSQL does not start while the number is taken.
            SpinWait.SpinUntil(() => Posix.Kill(pid, 0) != 0, FastStopLimit);
            return;
        }

        if (!Processes.CommandLine(pid).Contains("postgres", StringComparison.Ordinal)) return;
        _ = Posix.Kill(pid, 2);
        if (Processes.WaitUntilGone(pid, FastStopLimit)) return;
        _ = Posix.Kill(pid, 3);
        if (!Processes.WaitUntilGone(pid, FastStopLimit))
            throw new PostgresClusterException(
                $"PostgreSQL process {pid} still uses {_folder} and does not end. Stop it by hand: kill -QUIT {pid}");
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
        return await process.Exited.WaitAsync(ToolLimit, cancellationToken);
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
            throw new PostgresClusterException($"{program} did not end in {ToolLimit.TotalSeconds:0} s.");
        }
    }
}

/// <summary>PostgreSQL could not be made, started or reached; the message says what to do.</summary>
public sealed class PostgresClusterException(string message) : Exception(message);
