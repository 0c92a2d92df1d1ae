using Auxo.Pipeline.Execution.Processes;
using Auxo.Pipeline.Workspaces;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

using Docker.DotNet;
using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// Runs a step in a container of the image that it names: no capabilities, no network unless it asks, the workspace mounted, the same
/// script and the same limits as in the namespace sandbox. The image is used as it is here, and pulled only when it is missing.
/// </summary>
internal sealed class DockerExecutor(InstanceLayout layout, ExecutionSettings settings, StepUser? user, TimeProvider time) : IStepExecutor
{
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMinutes(10);

    private const string Workspace = Bubblewrap.BubblewrapArguments.Workspace;
    private const string Inside = "/run/auxo";

    /// <inheritdoc/>
    public string Sandbox => "docker: no capabilities; limits: the engine's control groups and a watcher";

    /// <summary>Why no container can run here; null when the engine takes connections.</summary>
    public string? Refusal()
    {
        if (!File.Exists(settings.DockerSocket))
            return $"Docker is not running here (no {settings.DockerSocket}; Auxo__DockerSocket names another)";
        try
        {
            using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            connection.Connect(new UnixDomainSocketEndPoint(settings.DockerSocket));
            return null;
        }
        catch (SocketException e)
        {
            return $"Docker does not answer at {settings.DockerSocket}: {e.Message}";
        }
    }

    /// <inheritdoc/>
    public async Task<StepExit> RunAsync(StepRun run, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var environment = StepEnvironment.Of(run, "/tmp", Workspace);
        // The image knows best where its programs are.
        if (!run.Step.Environment.ContainsKey("PATH")) environment.Remove("PATH");
        environment.Remove("SHELL");
        if (StepScript.Refuse(environment) is { } refusal) return new StepExit(Outcome.Failed, null, refusal, TimeSpan.Zero);

        var files = Path.Combine(layout.Steps, Guid.NewGuid().ToString("N"));
        var name = $"auxo-{run.BuildId:N}-{Guid.NewGuid().ToString("N")[..8]}";
        // No version of the API is named: the engine answers in its own. One that is named is refused by older engines or by newer ones.
        using var engine = new DockerClientBuilder().WithEndpoint(new Uri("unix://" + settings.DockerSocket))
            .WithTimeout(Timeout.InfiniteTimeSpan).Build();
        try
        {
            var folder = StepEnvironment.Folder(Workspace, run.Step);
            var script = StepScript.Write(
                run.Step.Commands, environment, folder, ["ulimit -c 0"], $"4>{Inside}/at", StepSetUp.Of(run, Workspace));
            await PrepareAsync(files, script, ct);
            return await RunAsync(engine, name, run, files, began, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new StepExit(Outcome.Cancelled, null, "stopped", time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            return Errored($"Docker did not get {run.Step.Image} running within {BeforeStart.TotalMinutes:0} minutes", began);
        }
        catch (DockerApiException e)
        {
            return Errored($"Docker could not run {run.Step.Image}: {Words(e)}", began);
        }
        catch (Exception e) when (e is DockerRefusedException or HttpRequestException or IOException or JsonException)
        {
            return Errored($"Docker could not run {run.Step.Image}: {e.Message}", began);
        }
        finally
        {
            await RemoveAsync(engine, name);
            await WorkspaceFolder.RemoveAsync(files, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public IAsyncDisposable? MakeReady(string workspace) => null;

    private async Task<StepExit> RunAsync(DockerClient engine, string name, StepRun run, string files, long began, CancellationToken ct)
    {
        // An engine that takes connections and says nothing must not hold a build forever; a pull may take its time.
        using var setup = CancellationTokenSource.CreateLinkedTokenSource(ct);
        setup.CancelAfter(BeforeStart);
        await DockerImages.EnsureAsync(engine.Images, run.Step.Image!, run.Log.WriteLine, setup.Token);
        var container = (await engine.Containers.CreateContainerAsync(Parameters(name, run, files), setup.Token)).ID;
        // Attached before the start, so that the first byte is not missed.
        using var output = await engine.Containers.AttachContainerAsync(
            container, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, setup.Token);
        await engine.Containers.StartContainerAsync(container, new ContainerStartParameters(), setup.Token);
        var printing = DockerOutput.CopyAsync(output, run.Log);
        // A container that has ended already answers at once: it is removed below, and not before.
        var ended = engine.Containers.WaitContainerAsync(container, CancellationToken.None);

        var stop = await StopAsync(engine, container, run, ended, ct);
        var code = (int)(await ended).StatusCode;
        await printing;
        var details = await engine.Containers.InspectContainerAsync(container, CancellationToken.None);
        return Result(run, stop, code, details.State?.OOMKilled is true, StatusOf(files), began);
    }

    /// <summary>Waits for the end, and makes one when the step is stopped, late, or takes too much.</summary>
    /// <returns>Why it was ended; null when it ended by itself.</returns>
    private async Task<(Outcome Outcome, string Reason)?> StopAsync(
        DockerClient engine, string container, StepRun run, Task ended, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var late = Task.Delay(run.Step.Timeout, time, over.Token);
        var watch = new StepWatch(settings, time, run.Workspace.Path, cgroup: null, root: null).UntilExceededAsync(over.Token);
        await Task.WhenAny(ended, late, watch);
        (Outcome Outcome, string Reason)? stop = ended.IsCompleted ? null
            : ct.IsCancellationRequested ? (Outcome.Cancelled, "stopped")
            : watch.IsCompletedSuccessfully ? (Outcome.Failed, $"stopped: {await watch}")
            : (Outcome.TimedOut, string.Create(
                CultureInfo.InvariantCulture, $"stopped after its {run.Step.Timeout.TotalSeconds:0.#} seconds"));
        if (stop is not null) await EndAsync(engine, container, ended);
        await over.CancelAsync();
        await Task.WhenAny(watch);
        return stop;
    }

    private StepExit Result(
        StepRun run, (Outcome Outcome, string Reason)? stop, int code, bool memory, StepStatus status, long began)
    {
        var took = time.GetElapsedTime(began);
        var at = StepProcess.CommandAt(run, status.Command);
        if (stop is var (outcome, reason)) return new StepExit(outcome, null, at is null ? reason : $"{reason}, in {at}", took);
        if (code == 0) return new StepExit(Outcome.Passed, 0, null, took);
        if (at is null && StepProcess.WhyNotBegun(run, status) is { } words) return new StepExit(Outcome.Failed, code, words, took);
        if (at is null) return Errored($"the container of {run.Step.Image} ended with {code} before the first command", began);
        var why = memory ? $": it needed more than {settings.MemoryBytes >> 20} MiB of memory" : "";
        return new StepExit(Outcome.Failed, code, $"{at} ended with exit code {code}{why}", took);
    }

    private StepExit Errored(string reason, long began) => new(Outcome.Errored, null, reason, time.GetElapsedTime(began));

    private CreateContainerParameters Parameters(string name, StepRun run, string files)
    {
        // The image's own user, usually root, would leave files that this process cannot remove.
        var owner = user ?? StepUser.Effective();
        return new CreateContainerParameters
        {
            Name = name,
            Image = run.Step.Image!,
            // One pipe for both outputs: from two, the engine would mix their lines in any order.
            Entrypoint = ["/bin/sh", "-c",
                $"exec 2>&1; if command -v bash >/dev/null; then exec bash {Inside}/step; fi; exec sh {Inside}/step"],
            WorkingDir = Workspace,
            User = $"{owner.Uid}:{owner.Gid}",
            NetworkDisabled = !run.HasNetwork,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["auxo.build"] = run.BuildId.ToString(), ["auxo.step"] = run.Step.Name,
            },
            HostConfig = new HostConfig
            {
                Binds = [$"{run.Workspace.Path}:{Workspace}", $"{files}:{Inside}"],
                NetworkMode = run.HasNetwork ? "bridge" : "none",
                Memory = settings.MemoryBytes,
                MemorySwap = settings.MemoryBytes,
                PidsLimit = settings.Processes,
                NanoCPUs = settings.Processors is { } share ? (long)(share * 1_000_000_000) : 0,
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges"],
                Tmpfs = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["/tmp"] = $"rw,exec,mode=1777,size={settings.TemporaryBytes}",
                },
                Init = true,
            },
        };
    }

    private async Task PrepareAsync(string files, string script, CancellationToken ct)
    {
        Directory.CreateDirectory(files);
        await File.WriteAllTextAsync(Path.Combine(files, "step"), script, ct);
        await File.WriteAllTextAsync(Path.Combine(files, "at"), "", ct);
        if (user is not null) await WorkspaceFolder.OwnAsync(files, user, ct);
    }

    private async Task EndAsync(DockerClient engine, string container, Task ended)
    {
        foreach (var signal in (string[])["SIGTERM", "SIGKILL"])
        {
            try
            {
                await engine.Containers.KillContainerAsync(
                    container, new ContainerKillParameters { Signal = signal }, CancellationToken.None);
            }
            catch (DockerApiException)
            {
                // 409: it has just ended.
            }

            if (await Task.WhenAny(ended, Task.Delay(settings.Grace, time)) == ended) return;
        }
    }

    private static async Task RemoveAsync(DockerClient engine, string name)
    {
        try
        {
            await engine.Containers.RemoveContainerAsync(
                name, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException)
        {
            // It was never made, or the engine went away, and the step's result says so.
        }
    }

    /// <summary>The engine answers errors with an object whose <c>message</c> is meant for people.</summary>
    private static string Words(DockerApiException e)
    {
        try
        {
            using var body = JsonDocument.Parse(e.ResponseBody ?? "");
            if (body.RootElement.TryGetProperty("message", out var message)) return $"{message.GetString()} (HTTP {(int)e.StatusCode})";
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Something else than an engine answered; its own words are the best there is.
        }

        return e.Message;
    }

    private static StepStatus StatusOf(string files)
    {
        var status = new StepStatus();
        using var file = File.OpenHandle(Path.Combine(files, "at"));
        var buffer = new byte[64 << 10];
        status.Take(buffer.AsSpan(0, RandomAccess.Read(file, buffer, 0)));
        return status;
    }
}
