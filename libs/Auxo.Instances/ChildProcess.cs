using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Auxo.Instances;

/// <summary>How a child process is started.</summary>
/// <param name="FileName">The program, or its name in PATH.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ChildProcessStart(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The child's whole environment; null: this process' own.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The user that it runs as; null: this process' own. Anything else needs root.</summary>
    public string? User { get; init; }

    /// <summary>
    /// What the kernel sends to the child when this process dies, however it dies (Linux only): <c>KILL</c>, <c>INT</c> …
    /// </summary>
    public string ParentDeathSignal { get; init; } = "KILL";

    /// <summary>The child's folder.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Gets each line of standard output and standard error, one at a time.</summary>
    public Action<string> OnLine { get; init; } = static _ => { };
}

/// <summary>
/// A child that does not outlive this process: in a session of its own, so that Ctrl-C reaches only us and we stop everything
/// in order, and with a parent death signal, so that <c>kill -9</c> of us leaves nobody behind. macOS has neither; there
/// <see cref="InstanceFolder"/>'s list of processes finds the left-overs at the next start.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    // The death signal is bound to the thread that forked, not to the process: a thread of the pool would take its children
    // along when it retires.
    private static readonly BlockingCollection<Action> Spawner = StartSpawner();

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id { get; private set; }

    /// <summary>The exit code, when it has ended. Does not wait for grandchildren that hold its output open.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Completes when all that it wrote was read, which a grandchild that holds its output open may put off.</summary>
    public Task OutputRead { get; private set; } = Task.CompletedTask;

    /// <summary>Starts a process.</summary>
    /// <exception cref="Win32Exception">The program is not there or may not be run.</exception>
    public static ChildProcess Start(ChildProcessStart start)
    {
        var started = new TaskCompletionSource<ChildProcess>();
        Spawner.Add(() =>
        {
            try
            {
                started.SetResult(Spawn(start));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Asks it to end with <paramref name="signal"/>, and kills it after <paramref name="limit"/>. Returns when it is gone.
    /// </summary>
    public async Task StopAsync(PosixSignal signal, TimeSpan limit)
    {
        Signal(signal);
        try
        {
            await Exited.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }
    }

    /// <summary>Sends a signal; nothing happens when it has ended.</summary>
    public void Signal(PosixSignal signal)
    {
        if (!Exited.IsCompleted) _ = Posix.Kill(Id, signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGQUIT => 3, _ => 15 });
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    /// <summary>
    /// The words before a command that run it as <see cref="ChildProcessStart.User"/>; none when that is this process' own.
    /// </summary>
    public static IReadOnlyList<string> AsUser(ChildProcessStart start)
        => start.User is null ? [] : ["setpriv", .. UserOptions(start), "--"];

    private static IEnumerable<string> UserOptions(ChildProcessStart start)
        => start.User is { } user ? ["--reuid", user, "--regid", user == "nobody" ? "nogroup" : user, "--init-groups"] : [];

    private static ChildProcess Spawn(ChildProcessStart start)
    {
        List<string> words = OperatingSystem.IsLinux()
            ? ["setsid", "setpriv", "--pdeathsig", start.ParentDeathSignal, .. UserOptions(start), "--"]
            : [];
        words.Add(start.FileName);
        words.AddRange(start.Arguments);
        var info = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory,
        };
        if (start.Environment is not null)
        {
            info.Environment.Clear();
            foreach (var (name, value) in start.Environment) info.Environment[name] = value;
        }

        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        var child = new ChildProcess(process);
        process.Exited += (_, _) => child._exited.TrySetResult(process.ExitCode);
        process.Start();
        child.Id = process.Id;
        process.StandardInput.Close();
        var gate = new Lock();
        child.OutputRead = Task.WhenAll(
            ReadAsync(process.StandardOutput, start.OnLine, gate), ReadAsync(process.StandardError, start.OnLine, gate));
        return child;
    }

    private static async Task ReadAsync(StreamReader output, Action<string> onLine, Lock gate)
    {
        try
        {
            while (await output.ReadLineAsync() is { } line)
            {
                lock (gate) onLine(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was disposed of while a grandchild still held its output.
        }
    }

    private static BlockingCollection<Action> StartSpawner()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in work.GetConsumingEnumerable()) start();
        }) { IsBackground = true, Name = "spawner" }.Start();
        return work;
    }
}
