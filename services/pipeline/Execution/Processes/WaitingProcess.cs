using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Cgroups;
using Auxo.Pipeline.Execution.RegistryAccess;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// A process that is up, within its limits, and waits for its script. Disposing it ends what still lives of it, and removes its network
/// and its control groups.
/// </summary>
internal sealed class WaitingProcess : IAsyncDisposable
{
    /// <summary>Time for a sandbox to have its first process, which takes milliseconds.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly StepNetwork? _network;
    private readonly bool _listens;
    private Socket? _listener;
    private string _whyNot = "its sandbox was made without a way to it";
    private SocketForwarder? _forwarder;

    private WaitingProcess(Process process, StepUser? user, StepCgroup? cgroup, StepNetwork? network, bool listens)
    {
        (Process, Cgroup, _network, _listens) = (process, cgroup, network, listens);
        StepPipes.GiveTo(user, process);
        Telling = Status.ReadAsync(process.StandardError.BaseStream);
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>The process that was started.</summary>
    public Process Process { get; }

    /// <summary>The control groups that hold it; null where there are none.</summary>
    public StepCgroup? Cgroup { get; }

    /// <summary>What the sandbox and the step's shell say of themselves.</summary>
    public StepStatus Status { get; } = new();

    /// <summary>Ends when both have said all.</summary>
    public Task Telling { get; }

    /// <summary>Ends with the process.</summary>
    public Task Exited { get; }

    /// <summary>Why it must not have a script; null when it may.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The process above all of the step's.</summary>
    public int First => Status.NamespaceInit == 0 ? Process.Id : Status.NamespaceInit;

    /// <summary>A sandbox that is finished, lives, and may have a script.</summary>
    public bool IsReady => Refusal is null && Status.HasShell && !Exited.IsCompleted;

    /// <summary>Starts a process that reads its script from its standard input.</summary>
    /// <param name="launcher">Starts it.</param>
    /// <param name="start">With all three streams redirected.</param>
    /// <param name="user">Who is to own its pipes; null for the user of this process.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static async Task<WaitingProcess> StartAsync(StepLauncher launcher, ProcessStartInfo start, StepUser? user)
        => new(await launcher.StartAsync(start), user, cgroup: null, network: null, listens: false);

    /// <summary>
    /// Starts a sandbox. It stands still before its shell until it is in its control groups and has its network, so nothing of a step
    /// exists before its limits do. Linux takes some ten milliseconds for the groups (it waits for every processor), in which the
    /// sandbox is mounting.
    /// </summary>
    /// <inheritdoc cref="StartAsync"/>
    /// <param name="launcher">Starts it.</param>
    /// <param name="start">With all three streams redirected.</param>
    /// <param name="user">Who is to own its pipes; null for the user of this process.</param>
    /// <param name="cgroup">Its control groups; null for none.</param>
    /// <param name="network">Its network; null for none but its own loopback.</param>
    /// <param name="time">For time limits.</param>
    /// <param name="listens">Whether its loopback has a port that can be connected with the registry: <see cref="Open"/>.</param>
    public static async Task<WaitingProcess> StartSandboxAsync(
        StepLauncher launcher, ProcessStartInfo start, StepUser? user, StepCgroup? cgroup, StepNetwork? network, TimeProvider time,
        bool listens = false)
    {
        var waiting = new WaitingProcess(await launcher.StartAsync(start), user, cgroup, network, listens);
        if (cgroup is not null || network is not null || listens) waiting.Refusal = await waiting.EnterAsync(time);
        if (waiting.Refusal is null) await waiting.WriteAsync("\n");
        // Whoever waits for its shell would wait for ever.
        else waiting.Kill();
        return waiting;
    }

    /// <summary>Connects the port of its loopback with a socket of the file system. Call it before it has its script.</summary>
    /// <returns>Why it cannot be done, in one line; null when it is done.</returns>
    public string? Open(string socket)
    {
        if (_listener is null) return _whyNot;
        _forwarder = new SocketForwarder(_listener, socket);
        _listener = null;
        return null;
    }

    /// <summary>Nothing listens on its loopback from now on but what it starts itself. Call it before it has its script.</summary>
    public void Shut()
    {
        _listener?.Dispose();
        _listener = null;
    }

    /// <summary>Gives it its script, which it runs at once.</summary>
    public async Task GiveAsync(string script)
    {
        await WriteAsync(script);
        Process.StandardInput.Close();
    }

    /// <summary>Ends it and all that it started, without asking.</summary>
    public void Kill()
    {
        // The first process of a namespace takes all others with it.
        if (Status.NamespaceInit == 0) ProcessTree.SignalDescendants(Process.Id, ProcessTree.Kill);
        else ProcessTree.Signal(Status.NamespaceInit, ProcessTree.Kill);
        ProcessTree.Signal(Process.Id, ProcessTree.Kill);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted) Kill();
        await Exited;
        Shut();
        if (_forwarder is not null) await _forwarder.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        Process.Dispose();
        if (Cgroup is not null) await Cgroup.DisposeAsync();
    }

    /// <returns>Why it could not be done; null when it was, or when there is no sandbox, and then its exit says why.</returns>
    private async Task<string?> EnterAsync(TimeProvider time)
    {
        try
        {
            await Status.InitKnown.WaitAsync(StartLimit, time);
            if (Status.NamespaceInit == 0) return null;
            var listening = _listens ? ListenAsync() : Task.CompletedTask;
            if (Cgroup is not null) await Task.Run(() => Cgroup.Enter(Status.NamespaceInit));
            if (_network is not null) await _network.AttachAsync(Status.NamespaceInit);
            await listening;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProcessTree.IsAlive(Status.NamespaceInit) ? e.Message : null;
        }
        catch (TimeoutException)
        {
            return $"it did not come up in {StartLimit.TotalSeconds:0} s";
        }
    }

    /// <summary>A step can do without; that it must is said in its log.</summary>
    private async Task ListenAsync()
    {
        try
        {
            _listener = await NamespaceListener.ListenAsync(Status.NamespaceInit);
        }
        catch (IOException e)
        {
            _whyNot = e.Message;
        }
    }

    private async Task WriteAsync(string text)
    {
        try
        {
            var input = Process.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.UTF8.GetBytes(text));
            await input.FlushAsync();
        }
        catch (IOException)
        {
            // It ended before it read; its exit code and its words say why.
        }
    }
}
