using System.Globalization;
using System.Net.Sockets;

using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// Runs a step in a container of the image that it names: no network, no capabilities, the workspace mounted, the same script
/// and the same limits as in the namespace sandbox. The image is used as it is here, and pulled only when it is missing.
/// </summary>
internal sealed class DockerExecutor(AuxoHome home, ExecutionSettings settings, StepUser? user, TimeProvider time) : IStepExecutor
{
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMinutes(10);

    private const string Inside = "/run/auxo";

    /// <inheritdoc/>
    public string Sandbox => "docker: no network, no capabilities; limits: the engine's control groups and a watcher";

    /// <summary>Why no container can run here; null when the engine takes connections.</summary>
    public string? Refusal()
    {
        if (!File.Exists(settings.DockerSocket)) return $"Docker is not running here (no {settings.DockerSocket}; "
            + "Auxo__DockerSocket names another)";
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
        var environment = StepEnvironment.Of(run, "/tmp", BubblewrapWorkspace);
        // The image knows best where its programs are.
        if (!run.Step.Environment.ContainsKey("PATH")) environment.Remove("PATH");
        environment.Remove("SHELL");
        if (StepScript.Refuse(environment) is { } refusal) return new StepExit(Outcome.Failed, null, refusal, TimeSpan.Zero);

        var files = Path.Combine(home.Steps, Guid.NewGuid().ToString("N"));
        using var engine = new DockerEngine(settings.DockerSocket);
        var name = $"auxo-{run.BuildId:N}-{Guid.NewGuid().ToString("N")[..8]}";
        try
        {
            var script = StepScript.Write(
                run.Step.Commands, environment, StepEnvironment.Folder(BubblewrapWorkspace, run.Step), ["ulimit -c 0"], $"4>{Inside}/at");
            await PrepareAsync(files, script, ct);
            return await RunAsync(engine, name, run, files, began, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new StepExit(Outcome.Cancelled, null, "stopped", time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            return new StepExit(Outcome.Errored, null,
                $"Docker did not get {run.Step.Image} running within {BeforeStart.TotalMinutes:0} minutes", time.GetElapsedTime(began));
        }
        catch (Exception e) when (e is DockerException or HttpRequestException or IOException)
        {
            return new StepExit(Outcome.Errored, null, $"Docker could not run {run.Step.Image}: {e.Message}", time.GetElapsedTime(began));
        }
        finally
        {
            await RemoveAsync(engine, name);
            await WorkspaceFolder.RemoveAsync(files, CancellationToken.None);
        }
    }

    private static string BubblewrapWorkspace => Bubblewrap.BubblewrapArguments.Workspace;

    private async Task<StepExit> RunAsync(DockerEngine engine, string name, StepRun run, string files, long began, CancellationToken ct)
    {
        var image = run.Step.Image!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // An engine that takes connections and says nothing must not hold a build for ever; a pull may take its time.
        using var setup = CancellationTokenSource.CreateLinkedTokenSource(ct);
        setup.CancelAfter(BeforeStart);
        if (!await engine.HasImageAsync(image, setup.Token))
        {
            run.Log.WriteLine($"--- pulling {image}");
            await engine.PullAsync(image, run.Log.WriteLine, setup.Token);
        }

        var container = await engine.CreateAsync(name, Spec(run, files), setup.Token);
        await using var output = await engine.AttachAsync(container, setup.Token);
        var ended = await engine.BeginWaitAsync(container, setup.Token);
        var printing = DockerOutput.CopyAsync(output, run.Log);
        await engine.StartAsync(container, setup.Token);

        var late = Task.Delay(run.Step.Timeout, time, limit.Token);
        var watch = new StepWatch(settings, time, run.Workspace.Path, cgroup: null, root: null).UntilExceededAsync(limit.Token);
        await Task.WhenAny(ended, late, watch);
        (Outcome Outcome, string Reason)? stop = ended.IsCompleted ? null
            : ct.IsCancellationRequested ? (Outcome.Cancelled, "stopped")
            : watch.IsCompletedSuccessfully ? (Outcome.Failed, $"stopped: {await watch}")
            : (Outcome.TimedOut, string.Create(
                CultureInfo.InvariantCulture, $"stopped after its {run.Step.Timeout.TotalSeconds:0.#} seconds"));
        if (stop is not null) await EndAsync(engine, container, ended);
        var code = await ended;
        await limit.CancelAsync();
        await Task.WhenAny(watch);
        await printing;

        var status = StatusOf(files);
        var at = StepProcess.CommandAt(run, status.Command);
        if (stop is var (outcome, reason)) return new StepExit(
            outcome, null, at is null ? reason : $"{reason}, in {at}", time.GetElapsedTime(began));
        if (code == 0) return new StepExit(Outcome.Passed, 0, null, time.GetElapsedTime(began));
        if (at is null && status.NoFolder) return new StepExit(Outcome.Failed, code, StepProcess.NoFolder(run), time.GetElapsedTime(began));
        if (at is null) return new StepExit(
            Outcome.Errored, null, $"the container of {image} ended with {code} before the first command", time.GetElapsedTime(began));
        var memory = await engine.WasOutOfMemoryAsync(container, CancellationToken.None)
            ? $": it needed more than {settings.MemoryBytes >> 20} MiB of memory"
            : "";
        return new StepExit(Outcome.Failed, code, $"{at} ended with exit code {code}{memory}", time.GetElapsedTime(began));
    }

    private ContainerSpec Spec(StepRun run, string files)
    {
        // The image's own user, usually root, would leave files that this process cannot remove.
        var owner = user ?? StepUser.Effective();
        return new ContainerSpec(
            run.Step.Image!, ["/bin/sh", "-c", $"if command -v bash >/dev/null; then exec bash {Inside}/step; fi; exec sh {Inside}/step"],
            [], BubblewrapWorkspace,
            $"{owner.Uid}:{owner.Gid}", NetworkDisabled: true,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["auxo.build"] = run.BuildId.ToString(), ["auxo.step"] = run.Step.Name,
            },
            new HostConfig(
                [$"{run.Workspace.Path}:{BubblewrapWorkspace}", $"{files}:{Inside}"], "none", settings.MemoryBytes,
                settings.MemoryBytes, settings.Processes,
                settings.Processors is { } share ? (long)(share * 1_000_000_000) : null, ["ALL"], ["no-new-privileges"],
                new Dictionary<string, string>(StringComparer.Ordinal) { ["/tmp"] = $"rw,exec,mode=1777,size={settings.TemporaryBytes}" },
                Init: true));
    }

    private async Task PrepareAsync(string files, string script, CancellationToken ct)
    {
        Directory.CreateDirectory(files);
        await File.WriteAllTextAsync(Path.Combine(files, "step"), script, ct);
        await File.WriteAllTextAsync(Path.Combine(files, "at"), "", ct);
        if (user is not null) await WorkspaceFolder.OwnAsync(files, user, ct);
    }

    private async Task EndAsync(DockerEngine engine, string container, Task ended)
    {
        foreach (var signal in (string[])["SIGTERM", "SIGKILL"])
        {
            try
            {
                await engine.KillAsync(container, signal, CancellationToken.None);
            }
            catch (DockerException)
            {
                // 409: it has just ended.
            }

            if (await Task.WhenAny(ended, Task.Delay(settings.Grace, time)) == ended) return;
        }
    }

    private static async Task RemoveAsync(DockerEngine engine, string name)
    {
        try
        {
            await engine.RemoveAsync(name, CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            // The engine went away, and the step's result says so.
        }
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
