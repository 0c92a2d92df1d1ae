using System.Collections;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Auxo.Contracts;

using Auxo.Instances;

using Npgsql;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// A whole Auxo as a user would run it: the built AppHost with a data folder and ports of its own. Disposing stops it and
/// leaves nothing behind.
/// <code>
/// await using var auxo = await AuxoInstance.StartAsync(new() { ["RAD_HOME"] = alice.Home });
/// using var answer = await auxo.Client("ingest").GetAsync("/repositories");
/// </code>
/// </summary>
public sealed class AuxoInstance : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly Dictionary<string, string> _environment;
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);
    private readonly List<string> _output = [];
    private ChildProcess? _apphost;

    private readonly IReadOnlyList<ReservedPort> _ports;

    private AuxoInstance(string home, Dictionary<string, string> environment, IReadOnlyList<ReservedPort> ports)
        => (Home, _environment, _ports) = (home, environment, ports);

    /// <summary>The data folder, <c>AUXO_HOME</c>.</summary>
    public string Home { get; }

    /// <summary>The AppHost's process id.</summary>
    public int AppHostPid => _apphost?.Id ?? throw new InvalidOperationException("It does not run.");

    /// <summary>What the AppHost itself printed since the last start.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <summary>Starts an instance and waits until everything is healthy.</summary>
    /// <param name="environment">Added to the test's own environment, such as <c>RAD_HOME</c>, <c>RAD_SOCKET</c>, <c>PATH</c>
    /// or <c>AUXO_CRASH_AT</c>; all services inherit it, <c>RAD_*</c> ingest only.</param>
    /// <param name="program">The AppHost's executable; null: the one built with this test.</param>
    public static async Task<AuxoInstance> StartAsync(IReadOnlyDictionary<string, string>? environment = null, string? program = null)
    {
        var auxo = Create(environment, program);
        try
        {
            await auxo.StartAsync();
            return auxo;
        }
        catch
        {
            await auxo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Prepares an instance (folder, ports, environment) without starting it.</summary>
    public static AuxoInstance Create(IReadOnlyDictionary<string, string>? environment = null, string? program = null)
    {
        var home = Directory.CreateTempSubdirectory("auxo-").FullName;
        // PostgreSQL's user must be able to walk through when root tests.
        File.SetUnixFileMode(home, (UnixFileMode)0b111_001_001);
        // What the person who runs the tests has set for an Auxo of theirs is not for this one.
        var all = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(static e => (Name: (string)e.Key, Value: (string?)e.Value ?? ""))
            .Where(static e
                => !(e.Name.StartsWith("AUXO_", StringComparison.Ordinal) || e.Name.StartsWith("Auxo__", StringComparison.Ordinal)
                || e.Name.StartsWith("RAD_", StringComparison.Ordinal) || e.Name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
                || e.Name is "ASPNETCORE_URLS" or "ASPNETCORE_ENVIRONMENT"))
            .ToDictionary(static e => e.Name, static e => e.Value, StringComparer.Ordinal);
        all["AUXO_HOME"] = home;
        var ports = ReservePorts(all);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) all[name] = value;
        all["AUXO_TEST_PROGRAM"] = program ?? Executable("Auxo.AppHost");
        return new AuxoInstance(home, all, ports);
    }

    /// <summary>
    /// Gives every service, and the AppHost, a port of its own in an instance's environment; hold what is returned for as long
    /// as the instance lives.
    /// </summary>
    public static IReadOnlyList<ReservedPort> ReservePorts(IDictionary<string, string> environment)
    {
        var ports = new List<ReservedPort>();
        foreach (var service in KnownServices.Names.Append("console").Append("apphost"))
        {
            ports.Add(ReservedPort.Take());
            environment[$"AUXO_PORTS_{service.ToUpperInvariant()}"] = $"{ports[^1].Number}";
        }

        return ports;
    }

    /// <summary>Starts it (again, on the same folder and ports) and waits until everything is healthy.</summary>
    public async Task StartAsync()
    {
        BeginStart();
        await WaitAsync(async () => await IsHealthyAsync() ? null : "Auxo");
    }

    /// <summary>Starts it and returns at once.</summary>
    public void BeginStart() => BeginStart("--serve");

    /// <summary>Starts it under Aspire's own orchestrator, as <c>./auxo dev</c> does, and waits until all services are healthy.</summary>
    public async Task DevelopAsync()
    {
        BeginStart([]);
        await HealthyUnderAspireAsync();
    }

    /// <summary>Waits until all services answer, which under Aspire each tells for itself.</summary>
    public Task HealthyUnderAspireAsync()
        => WaitAsync(async () =>
        {
            foreach (var service in KnownServices.Names.Append("console"))
            {
                if (!await AnswersAsync(service)) return service;
            }

            return null;
        });

    /// <summary>Waits until nobody is named any more who is not healthy.</summary>
    private async Task WaitAsync(Func<Task<string?>> unhealthy)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await unhealthy() is { } who)
        {
            if (_apphost!.Exited.IsCompleted) Assert.Fail($"The AppHost ended with {await _apphost.Exited}.\n{Output}\n{Logs()}");
            if (TimeProvider.System.GetElapsedTime(began) > StartLimit) Assert.Fail(
                $"{who} did not become healthy in {StartLimit}.\n{Output}\n{Logs()}");
            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    private void BeginStart(params IReadOnlyList<string> arguments)
    {
        _apphost?.Dispose();
        foreach (var client in _clients.Values) client.Dispose();
        _clients.Clear();
        lock (_output) _output.Clear();
        _apphost = ChildProcess.Start(new ChildProcessStart(_environment["AUXO_TEST_PROGRAM"], arguments)
        {
            Environment = _environment, OnLine = Remember,
        });
    }

    /// <summary>Waits for the AppHost to end by itself; its exit code.</summary>
    public async Task<int> ExitAsync() => await _apphost!.Exited.WaitAsync(StopLimit);

    /// <summary>Stops everything in order, as Ctrl-C does, and keeps the folder; <see cref="StartAsync()"/> goes on with it.</summary>
    public async Task StopAsync()
    {
        if (_apphost is not null) await _apphost.StopAsync(System.Runtime.InteropServices.PosixSignal.SIGTERM, StopLimit);
    }

    /// <summary>Kills the AppHost with SIGKILL, and so everything that it started.</summary>
    public async Task KillAppHostAsync()
    {
        Kill(AppHostPid);
        await _apphost!.Exited.WaitAsync(StopLimit);
    }

    /// <summary>
    /// Kills a resource's process (<c>ingest</c>, <c>postgres</c> …) with SIGKILL; the AppHost starts it again by itself.
    /// Returns the killed process.
    /// </summary>
    public async Task<int> KillAsync(string resource)
    {
        var pid = (await ResourceAsync(resource)).Pid ?? throw new InvalidOperationException($"{resource} has no process.");
        Kill(pid);
        return pid;
    }

    /// <summary>
    /// Sends <c>start</c>, <c>stop</c> or <c>restart</c> to a resource; returns when it is done (a start has then begun).
    /// </summary>
    public async Task CommandAsync(string resource, string command)
    {
        using var answer = await Client("apphost").PostAsync(new Uri($"/resources/{resource}/{command}", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A resource as it is now.</summary>
    public async Task<ResourceSnapshot> ResourceAsync(string resource)
    {
        var list = await Client("apphost").GetFromJsonAsync<Page>("/resources", Json);
        return list!.Items.Single(r => r.Name == resource);
    }

    /// <summary>Waits until a resource is as <paramref name="condition"/> says.</summary>
    public async Task<ResourceSnapshot> WaitForAsync(string resource, Func<ResourceSnapshot, bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var now = await ResourceAsync(resource);
            if (condition(now)) return now;
            if (TimeProvider.System.GetElapsedTime(began) > StartLimit) Assert.Fail($"{resource} stayed {now}.\n{Logs()}");
            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    /// <summary>Ingest, with the administrator's token.</summary>
    public HttpClient Ingest => Client("ingest");

    /// <summary>Pipeline, with the administrator's token.</summary>
    public HttpClient Pipeline => Client("pipeline");

    /// <summary>A client of a service or of <c>apphost</c>, with the administrator's token.</summary>
    public HttpClient Client(string service)
    {
        if (_clients.TryGetValue(service, out var client)) return client;
        client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Url(service) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", File.ReadAllText(Path.Combine(Home, "run", "admin.token")).Trim());
        return _clients[service] = client;
    }

    /// <summary>Where a service or <c>apphost</c> listens.</summary>
    public Uri Url(string service) => new($"http://127.0.0.1:{_environment[$"AUXO_PORTS_{service.ToUpperInvariant()}"]}");

    /// <summary>Its own PostgreSQL, as the administrator, without a pool that would keep connections open; only while it runs.</summary>
    public NpgsqlDataSource OpenDatabase()
        => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = File.ReadAllLines(Path.Combine(Home, "pg", "data", "postmaster.pid"))[4]
                .Trim(), Username = "auxo", Database = "auxo", Pooling = false,
            Password = File.ReadAllText(Path.Combine(Home, "pg", "password")).Trim(),
        }.ConnectionString);

    /// <summary>What a resource has written to its log so far.</summary>
    public string Log(string resource)
    {
        var file = Path.Combine(Home, "logs", resource + ".log");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    /// <summary>The command lines of all processes that belong to this instance, by process id (Linux).</summary>
    public IReadOnlyDictionary<int, string> Processes()
    {
        var found = new Dictionary<int, string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            try
            {
                var command = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim();
                if (command.Length == 0) continue;
                if (command.Contains(Home, StringComparison.Ordinal) || File.ReadAllText(Path.Combine(folder, "environ"))
                    .Contains($"AUXO_HOME={Home}\0", StringComparison.Ordinal)) found[pid] = command;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }

    /// <summary>Waits until no process of this instance is left.</summary>
    public async Task WaitUntilNothingRunsAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Processes() is { Count: > 0 } left)
        {
            if (TimeProvider.System.GetElapsedTime(began) > StopLimit) Assert.Fail($"Left behind: {string.Join('\n', left)}");
            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _apphost?.Dispose();
        foreach (var client in _clients.Values) client.Dispose();
        await WaitUntilNothingRunsAsync();
        foreach (var port in _ports) port.Dispose();
        Directory.Delete(Home, recursive: true);
    }

    private async Task<bool> IsHealthyAsync()
    {
        // Another program may answer on the port for a moment; the file is this instance's own.
        return InstanceFile.Read(new InstanceLayout(Home))?.Pid == AppHostPid && await AnswersAsync("apphost");
    }

    private async Task<bool> AnswersAsync(string service)
    {
        try
        {
            using var answer = await Client(service).GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            // The last one: its token is not written yet.
            return false;
        }
    }

    private string Logs()
        => string.Join('\n', Directory.Exists(Path.Combine(Home, "logs"))
            ? Directory.EnumerateFiles(Path.Combine(Home, "logs"))
                .Select(static f => $"── {Path.GetFileName(f)}\n{string.Join('\n', File.ReadLines(f).TakeLast(40))}")
            : []);

    private void Remember(string line)
    {
        lock (_output) _output.Add(line);
    }

    private static void Kill(int pid) => System.Diagnostics.Process.GetProcessById(pid).Kill();

    /// <summary>An executable of this solution, built in the test's own configuration.</summary>
    /// <summary>A program that is built with the tests.</summary>
    public static string Executable(string project)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(here, "..", "..", project, Path.GetFileName(here), project));
    }

    private sealed record Page(IReadOnlyList<ResourceSnapshot> Items);
}
