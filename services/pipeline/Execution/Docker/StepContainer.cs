using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Workspaces;

using Docker.DotNet;
using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// A container that is started and waits for one step. It is used once: what a step leaves in it goes with it.
/// </summary>
internal sealed class StepContainer : IAsyncDisposable
{
    private static readonly TimeSpan GoneLimit = TimeSpan.FromSeconds(2);

    private readonly DockerClient _engine;
    private readonly MultiplexedStream _stream;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly int _process;
    private SocketForwarder? _forwarder;

    private StepContainer(
        DockerClient engine, string id, string folder, MultiplexedStream stream, int process, TimeProvider time)
    {
        (_engine, Id, _folder, _stream) = (engine, id, folder, stream);
        (_process, _time) = (process, time);
    }

    /// <summary>The engine's.</summary>
    public string Id { get; }

    /// <summary>Makes and starts one.</summary>
    /// <param name="engine">Makes it.</param>
    /// <param name="place">Where it keeps the folder of its script.</param>
    /// <param name="kind">What for.</param>
    /// <param name="tree">The workspace's tree.</param>
    /// <param name="ct">Gives up; nothing is left.</param>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    public static async Task<StepContainer> StartAsync(
        DockerClient engine, ContainerPlace place, ContainerKind kind, string tree, CancellationToken ct)
    {
        var name = $"auxo-{Guid.NewGuid():N}";
        var folder = Path.Combine(place.Layout.Steps, Guid.NewGuid().ToString("N"));
        var files = ScriptFolder(folder);
        MultiplexedStream? stream = null;
        try
        {
            // Everybody may read in it, but for the world outside the container, which its parent keeps out.
            PrivateFiles.MakeFolder(files, (UnixFileMode)0b111_101_101);
            var parameters = ContainerStart.OfStep(
                kind, name, place.Layout.Home, tree, files, place.User ?? StepUser.Effective(), place.Settings);
            var id = (await engine.Containers.CreateContainerAsync(parameters, ct)).ID;
            // Attached before the start, so that the first byte is not missed.
            stream = await engine.Containers.AttachContainerAsync(
                id, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true }, ct);
            await engine.Containers.StartContainerAsync(id, new ContainerStartParameters(), ct);
            var state = (await engine.Containers.InspectContainerAsync(id, ct)).State;
            return new StepContainer(
                engine, id, folder, stream, IsOurs((int)(state?.Pid ?? 0), id) ? (int)state!.Pid : 0, place.Time);
        }
        catch
        {
            stream?.Dispose();
            await RemoveAsync(engine, name);
            await WorkspaceFolder.RemoveAsync(folder, CancellationToken.None);
            throw;
        }
    }

    /// <summary>False when it has ended, as by a restart of the engine. It asks the kernel, and only where it cannot, the engine.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (_process != 0) return ProcessTree.IsAlive(_process);
        try
        {
            return (await _engine.Containers.InspectContainerAsync(Id, ct)).State?.Running is true;
        }
        catch (DockerContainerNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Connects a port of its loopback with a socket of the file system. Call it before the step begins.</summary>
    /// <returns>Why it cannot be done, in one line; null when it is done.</returns>
    public async Task<string?> OpenAsync(string socket)
    {
        if (_process == 0) return "the engine's processes are none of this machine's";
        // The engine is root's, and so is the network of its containers.
        if (Posix.EffectiveUserId() != 0)
            return "the loopback of a container is root's, and Auxo is not; a step without an image reaches it";
        try
        {
            _forwarder = new SocketForwarder(await NamespaceListener.ListenAsync(_process), socket);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    /// <summary>Lets the step begin.</summary>
    /// <param name="script">Runs in it.</param>
    /// <param name="write">Gets its output, in the order in which it was printed.</param>
    /// <param name="status">Gets its script's own words.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Ends with the output; with its exit code, when the container said so itself, and what it took.</returns>
    /// <exception cref="IOException">The container has ended.</exception>
    public async Task<Task<ContainerEnd?>> BeginAsync(
        string script, Func<ReadOnlyMemory<byte>, Task> write, StepStatus status, CancellationToken ct)
    {
        var file = Path.Combine(ScriptFolder(_folder), "step");
        await File.WriteAllTextAsync(file, script, ct);
        // Whatever the umask is: the step's account reads it, and outside the container nobody comes here.
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var line = Encoding.ASCII.GetBytes(secret + "\n");
        await _stream.WriteAsync(line, 0, line.Length, ct);
        return DockerOutput.CopyAsync(_stream, new ContainerOutput(secret, write), status);
    }

    /// <summary>Waits until nothing of it runs, and says how it ended. The engine takes some thirty milliseconds for it.</summary>
    /// <param name="status">Gets the script's last words.</param>
    public async Task<(int Code, bool OutOfMemory)> EndedAsync(StepStatus status)
    {
        await DockerOutput.DrainAsync(_stream, status);
        var code = (int)(await _engine.Containers.WaitContainerAsync(Id, CancellationToken.None)).StatusCode;
        var details = await _engine.Containers.InspectContainerAsync(Id, CancellationToken.None);
        return (code, details.State?.OOMKilled is true);
    }

    /// <summary>
    /// Waits a little until nothing of it runs: its first process ends last, and takes all others with it. That cannot be seen where the
    /// engine's processes are none of this machine's.
    /// </summary>
    /// <returns>False when it is not known yet; then <see cref="EndedAsync"/> waits for it.</returns>
    public async Task<bool> GoneAsync()
    {
        var begun = _time.GetTimestamp();
        while (_process != 0 && _time.GetElapsedTime(begun) < GoneLimit)
        {
            if (!ProcessTree.IsAlive(_process)) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(1), _time);
        }

        return false;
    }

    /// <summary>SIGTERM to all processes of the step.</summary>
    public async Task AskToEndAsync()
    {
        try
        {
            var exec = await _engine.Exec.CreateContainerExecAsync(
                Id, new ContainerExecCreateParameters { Cmd = ["/bin/sh", "-c", "kill -TERM -1"] }, CancellationToken.None);
            using var run = await _engine.Exec.StartContainerExecAsync(
                exec.ID, new ContainerExecStartParameters(), CancellationToken.None);
            await run.ReadOutputToEndAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException)
        {
            // It has just ended, or cannot start one more process: what follows ends it all the same.
        }
    }

    /// <summary>SIGKILL to all of it.</summary>
    public async Task KillAsync()
    {
        try
        {
            await _engine.Containers.KillContainerAsync(
                Id, new ContainerKillParameters { Signal = "SIGKILL" }, CancellationToken.None);
        }
        catch (DockerApiException)
        {
            // 409: it has just ended.
        }
    }

    /// <summary>Removes it, and what it wrote beside its workspace.</summary>
    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        if (_forwarder is not null) await _forwarder.DisposeAsync();
        await RemoveAsync(_engine, Id);
        await WorkspaceFolder.RemoveAsync(_folder, CancellationToken.None);
    }

    /// <summary>Removes a container, also one that runs; one that is not there is fine.</summary>
    public static async Task RemoveAsync(DockerClient engine, string container)
    {
        try
        {
            await engine.Containers.RemoveContainerAsync(
                container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or SocketException)
        {
            // It was never made, or the engine went away, and the step's result says so.
        }
    }

    private static string ScriptFolder(string folder) => Path.Combine(folder, "script");

    /// <summary>The engine numbers processes as its own machine does, which need not be this one.</summary>
    private static bool IsOurs(int process, string container)
    {
        if (process <= 1) return false;
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cgroup"))
                .Contains(container, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>Where containers keep their files, whose processes they have, and their limits.</summary>
internal sealed record ContainerPlace(InstanceLayout Layout, ExecutionSettings Settings, StepUser? User, TimeProvider Time);
