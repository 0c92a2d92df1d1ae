using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Net.Sockets;

using Auxo.Instances;
using Auxo.Testing;
using Auxo.Torture.Load;

namespace Auxo.Torture.Kills;

/// <summary>Carries out the plan, round by round; a round ends when all is healthy again.</summary>
internal sealed class Killer(World world, KillPlan plan, TextWriter progress)
{
    /// <summary>How long an armed point waits for its service to come by.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan HealthyLimit = TimeSpan.FromSeconds(90);
    /// <summary>Longer than a second process waits for the first one to end.</summary>
    private static readonly TimeSpan TwinLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(80);

    /// <summary>
    /// Longer than this the AppHost's growing pause is not waited for: it is for programs that cannot live. An operator would
    /// start it again by hand, and so is done here.
    /// </summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>A point that nobody came by is armed again later, so often.</summary>
    private const int MostMisses = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly ConcurrentQueue<Death> _deaths = new();

    /// <summary>All that died.</summary>
    public IReadOnlyCollection<Death> Deaths => _deaths;

    /// <summary>Rows of the matrix at which nobody came by, ever.</summary>
    public ConcurrentQueue<CrashRow> NeverReached { get; } = new();

    /// <summary>Kills until enough died and the matrix is through, or the time is up.</summary>
    /// <exception cref="TortureException">Something did not come back.</exception>
    public async Task RunAsync(int? kills, TimeSpan? duration, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var told = began;
        while (!ct.IsCancellationRequested
            && !(Stopwatch.GetElapsedTime(began) > duration) && (kills is null || _deaths.Count < kills || !plan.IsThrough))
        {
            var round = plan.NextRound();
            try
            {
                await Task.WhenAll(round.Select(kill => CarryOutAsync(kill, ct)));
                await AllHealthyAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }

            if (Stopwatch.GetElapsedTime(told) < TimeSpan.FromSeconds(10)) continue;
            told = Stopwatch.GetTimestamp();
            await progress.WriteLineAsync(
                $"  {Stopwatch.GetElapsedTime(began).TotalSeconds,4:0} s: {_deaths.Count} kills, {world.Ledger.Acknowledged} acknowledged");
        }

        await AllHealthyAsync(CancellationToken.None);
    }

    private async Task CarryOutAsync(Kill kill, CancellationToken ct)
    {
        if (kill.After > TimeSpan.Zero) await Task.Delay(kill.After, TimeProvider.System, ct);
        switch (kill.Kind)
        {
            case KillKind.CrashPoint: await CrashAsync(kill, ct); break;
            case KillKind.Service: await SignalAsync(kill, "KILL", ct); break;
            case KillKind.Twin: await TwinAsync(kill, ct); break;
            case KillKind.Postgres: await SignalAsync(kill, "QUIT", ct); break;
            case KillKind.AppHost: await RestartAsync(kill, static auxo => auxo.KillAppHostAsync()); break;
            case KillKind.Everything: await RestartAsync(kill, KillEverythingAsync); break;
            case KillKind.Restarting:
            default: throw new UnreachableException();
        }
    }

    private async Task CrashAsync(Kill kill, CancellationToken ct)
    {
        var armed = Stopwatch.GetTimestamp();
        var before = (await FindAsync(kill.Target, ct))?.Pid;
        world.Tokens.Arm(kill.Target, kill.Point!);
        try
        {
            while (!world.Tokens.HasFired(kill.Target, kill.Point!))
            {
                if (Stopwatch.GetElapsedTime(armed) > Patience && world.Tokens.Disarm(kill.Target, kill.Point!))
                {
                    if (kill.Missed < MostMisses) plan.Again(kill);
                    else NeverReached.Enqueue(new CrashRow(kill.Target, kill.Point!));
                    return;
                }

                await Task.Delay(Poll, TimeProvider.System, ct);
            }
        }
        catch (OperationCanceledException) when (world.Tokens.Disarm(kill.Target, kill.Point!))
        {
            return;
        }

        await BackAsync(kill, before, ct);
    }

    private async Task SignalAsync(Kill kill, string signal, CancellationToken ct)
    {
        if ((await FindAsync(kill.Target, ct))?.Pid is not { } pid) return;
        await SendAsync(signal, pid);
        await BackAsync(kill, pid, ct);
    }

    /// <summary>
    /// With the environment of the process that works, but for its port and its crash points. When PostgreSQL dies meanwhile, both have
    /// lost their lock, and the twin may be the one that takes it again; then it is killed.
    /// </summary>
    private async Task TwinAsync(Kill kill, CancellationToken ct)
    {
        if ((await FindAsync(kill.Target, ct))?.Pid is not { } pid) return;
        var began = Stopwatch.GetTimestamp();
        using var twin = Start(pid);
        if (twin is null) return;
        using var limit = new CancellationTokenSource(TwinLimit);
        try
        {
            await twin.WaitForExitAsync(limit.Token);
            if (twin.ExitCode == 0) throw new TortureException($"A second process of {kill.Target} ended without an error.");
        }
        catch (OperationCanceledException)
        {
            await SendAsync("KILL", twin.Id);
        }

        _deaths.Enqueue(new Death(kill.Kind, kill.Target, kill.Point, Stopwatch.GetElapsedTime(began)));
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Null when the process to copy has ended meanwhile.</summary>
    private static Process? Start(int pid)
    {
        try
        {
            var start = new ProcessStartInfo(File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)!.FullName)
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment.Clear();
            foreach (var variable in File.ReadAllText($"/proc/{pid}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = variable.Split('=', 2);
                if (parts[0] != "AUXO_CRASH_AT") start.Environment[parts[0]] = parts[1];
            }

            start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
            var twin = Process.Start(start)!;
            twin.BeginOutputReadLine();
            twin.BeginErrorReadLine();
            return twin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Waits until the target is healthy under another process id.</summary>
    private async Task BackAsync(Kill kill, int? before, CancellationToken ct)
    {
        var died = Stopwatch.GetTimestamp();
        var (again, helped) = (kill.Again, died);
        while (true)
        {
            var now = await FindAsync(kill.Target, CancellationToken.None);
            if (now is { State: ResourceState.Running, Pid: { } running } && running != before) break;
            if (again && now is { State: ResourceState.Starting, Pid: { } starting } && starting != before)
            {
                _deaths.Enqueue(new Death(KillKind.Restarting, kill.Target, null, TimeSpan.Zero));
                await SendAsync("KILL", starting);
                again = false;
            }
            else if (now is { State: ResourceState.Exited or ResourceState.FailedToStart }
                && Stopwatch.GetElapsedTime(helped) > LongestPause)
            {
                await StartNowAsync(kill.Target);
                helped = Stopwatch.GetTimestamp();
            }

            if (Stopwatch.GetElapsedTime(died) > HealthyLimit) throw new TortureException(
                $"{kill.Target} did not come back after {kill.Kind} {kill.Point}: {now}");
            await Task.Delay(Poll, TimeProvider.System, CancellationToken.None);
        }

        _deaths.Enqueue(new Death(kill.Kind, kill.Target, kill.Point, Stopwatch.GetElapsedTime(died)));
        ct.ThrowIfCancellationRequested();
    }

    private async Task RestartAsync(Kill kill, Func<AuxoInstance, Task> die)
    {
        await die(world.Auxo);
        var died = Stopwatch.GetTimestamp();
        await world.Auxo.StartAsync();
        _deaths.Enqueue(new Death(kill.Kind, kill.Target, kill.Point, Stopwatch.GetElapsedTime(died)));
    }

    /// <summary>
    /// The AppHost first, for it would start the others again; the rest dies with it or by its own SIGKILL, in any order.
    /// </summary>
    private static async Task KillEverythingAsync(AuxoInstance auxo)
    {
        var all = auxo.Processes().Keys.ToList();
        await SendAsync("KILL", [auxo.AppHostPid, .. all.Where(pid => pid != auxo.AppHostPid)]);
        await auxo.ExitAsync();
    }

    private static async Task SendAsync(string signal, params int[] pids)
    {
        // Those that are gone already do not matter.
        using var kill = Process.Start(new ProcessStartInfo("bash", ["-c", $"kill -{signal} {string.Join(' ', pids)} 2>/dev/null"]))!;
        await kill.WaitForExitAsync();
    }

    private async Task AllHealthyAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var all = await ResourcesAsync(ct);
            if (all.Count > 0 && all.All(static r => r.IsWell)) return;
            if (Stopwatch.GetElapsedTime(began) > HealthyLimit)
                throw new TortureException(
                    $"Not all came back: {string.Join("; ", all.Where(static r => !r.IsWell))}");
            await Task.Delay(Poll, TimeProvider.System, ct);
        }
    }

    private async Task<ResourceSnapshot?> FindAsync(string name, CancellationToken ct)
        => (await ResourcesAsync(ct)).FirstOrDefault(r => r.Name == name);

    private async Task StartNowAsync(string name)
    {
        try
        {
            using var _ = await world.Clients["apphost"].PostAsync($"/resources/{name}/restart", content: null, CancellationToken.None);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            // It is asked for again.
        }
    }

    private async Task<IReadOnlyList<ResourceSnapshot>> ResourcesAsync(CancellationToken ct)
    {
        try
        {
            return (await world.Clients["apphost"].GetFromJsonAsync<Page>("/resources", Json, ct))!.Items;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return [];
        }
    }

    private sealed record Page(IReadOnlyList<ResourceSnapshot> Items);
}

/// <summary>The torture could not go on: something did not come back.</summary>
internal sealed class TortureException(string message) : Exception(message);
