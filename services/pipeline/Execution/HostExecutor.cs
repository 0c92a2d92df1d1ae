using System.Diagnostics;
using System.Globalization;

using Auxo.Pipeline.Execution.Processes;

namespace Auxo.Pipeline.Execution;

/// <summary>
/// Runs steps on the host as the user of this process, with nothing between them and its files. Only for operators who say so
/// (<c>Auxo__Sandbox=host</c>) and build nothing but their own code; never as root.
/// </summary>
internal sealed class HostExecutor(InstanceLayout layout, ExecutionSettings settings, StepLauncher launcher, TimeProvider time)
    : IStepExecutor
{
    /// <summary>How <see cref="Sandbox"/> begins, here and in the records of builds.</summary>
    public const string Unsafe = "none";

    /// <summary>The same channels as in the sandbox.</summary>
    private const string Launch =
        "exec 3>&2 2>&1 8<&0 0</dev/null 4>&3 3>&- && umask 022 && { command -v setsid >/dev/null && exec setsid bash "
            + "--noprofile --norc /dev/fd/8; exec bash --noprofile --norc /dev/fd/8; }";

    /// <inheritdoc/>
    public string Sandbox => Unsafe + ": on the host, as the setting Auxo:Sandbox=host asks; limits: rlimits and a watcher";

    /// <inheritdoc/>
    public bool IsIsolated => false;

    /// <inheritdoc/>
    public async Task<StepExit> RunAsync(StepRun run, CancellationToken ct)
    {
        var folder = Path.Combine(layout.Steps, Guid.NewGuid().ToString("N"));
        PrivateFiles.MakeFolder(folder);
        try
        {
            var registry = run.Registry?.HostAddress();
            if (run.Registry is not null && registry is null)
                run.Log.WriteLine("--- Auxo: the step cannot reach the registry: it is not known where that listens");
            var environment = StepEnvironment.Of(run, folder, run.Workspace.Path, registry);
            if (!run.Step.Environment.ContainsKey("TMPDIR")) environment["TMPDIR"] = folder;
            // On the host the tools are wherever the operator has them.
            if (!run.Step.Environment.ContainsKey("PATH")) environment["PATH"] = Environment.GetEnvironmentVariable("PATH")
                ?? StepEnvironment.SearchPath;
            if (StepScript.Refuse(environment) is { } refusal) return new StepExit(Outcome.Failed, null, refusal, TimeSpan.Zero);
            var script = StepScript.Write(
                run.Step.Commands, environment, StepEnvironment.Folder(run.Workspace.Path, run.Step), Limits(),
                setUp: StepSetUp.Of(run, run.Workspace.Path, registry));
            return await new StepProcess(settings, time).RunAsync(
                run, () => WaitingProcess.StartAsync(launcher, Start(), user: null), _ => script, ct);
        }
        finally
        {
            await Workspaces.WorkspaceFolder.RemoveAsync(folder, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public IAsyncDisposable? MakeReady(string workspace) => null;

    private IEnumerable<string> Limits()
    {
        yield return "ulimit -c 0";
        yield return string.Create(CultureInfo.InvariantCulture, $"ulimit -t {(long)Math.Ceiling(settings.ProcessorTime.TotalSeconds)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"ulimit -f {settings.FileBytes >> 10}");
    }

    private static ProcessStartInfo Start()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launch])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false, WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = StepEnvironment.SearchPath;
        return start;
    }
}
