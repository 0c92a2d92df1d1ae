using System.Diagnostics;
using System.Globalization;
using System.Text;

using Auxo.Pipeline.Execution.Bubblewrap;
using Auxo.Pipeline.Execution.Cgroups;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// One process and all that it starts, from start to end: output into the log, limits watched, stopped on time, and a result that says why.
/// </summary>
internal sealed class StepProcess(StepLauncher launcher, ExecutionSettings settings, StepUser? user, TimeProvider time)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Time for a sandbox to have its first process, which takes milliseconds.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Time for the last bytes of a pipe that something outside the sandbox might hold open.</summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(2);

    /// <summary>Runs to the end; never throws for what a step does.</summary>
    public Task<StepExit> RunAsync(StepRun run, ProcessStartInfo start, string script, CancellationToken ct)
        => RunAsync(run, start, script, cgroup: null, slirp: null, ct);

    /// <inheritdoc cref="RunAsync(StepRun, ProcessStartInfo, string, CancellationToken)"/>
    public async Task<StepExit> RunAsync(
        StepRun run, ProcessStartInfo start, string script, StepCgroup? cgroup, string? slirp, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        if (ct.IsCancellationRequested) return new StepExit(Outcome.Cancelled, null, "stopped before it began", TimeSpan.Zero);

        Process process;
        try
        {
            process = await launcher.StartAsync(start);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return new StepExit(Outcome.Errored, null, $"the sandbox could not be started: {e.Message}", time.GetElapsedTime(began));
        }

        await using var network = slirp is null ? null : new StepNetwork(slirp, launcher, time);
        using (process)
        {
            StepOutput.GiveTo(user, process);
            var status = new StepStatus();
            var printing = PrintAsync(process.StandardOutput.BaseStream, run);
            var telling = status.ReadAsync(process.StandardError.BaseStream);
            var exited = process.WaitForExitAsync(CancellationToken.None);
            var refusal = cgroup is null && network is null ? null : await EnterAsync(cgroup, network, status, time);
            if (refusal is null) await WriteScriptAsync(process, script);
            else await EndAsync(process, status, exited, graceful: false);
            var stop = await WaitAsync(run, process, status, cgroup, exited, ct);
            await exited;
            // Outside a pid namespace, what the step left running goes now.
            if (status.NamespaceInit == 0) ProcessTree.SignalDescendants(process.Id, ProcessTree.Kill);
            await FinishAsync(printing, telling);
            await GoneAsync(status.NamespaceInit);
            if (refusal is not null) return new StepExit(
                Outcome.Errored, null, $"the sandbox could not be made ready: {refusal}", time.GetElapsedTime(began));
            return Result(run, stop, process.ExitCode, status, cgroup, time.GetElapsedTime(began));
        }
    }

    /// <summary>
    /// Puts the namespace's first process, and so all that it will start, into the step's control groups, and gives it its network. Linux
    /// takes some ten milliseconds for the groups (it waits for every processor), in which the sandbox is mounting; it then waits for the
    /// script, so nothing of the step exists before its limits do.
    /// </summary>
    /// <returns>Why it could not be done; null when it was, or when there is no sandbox, and then its exit says why.</returns>
    private static async Task<string?> EnterAsync(StepCgroup? cgroup, StepNetwork? network, StepStatus status, TimeProvider time)
    {
        try
        {
            await status.InitKnown.WaitAsync(StartLimit, time);
            if (status.NamespaceInit == 0) return null;
            if (cgroup is not null) await Task.Run(() => cgroup.Enter(status.NamespaceInit));
            if (network is not null) await network.AttachAsync(status.NamespaceInit);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProcessTree.IsAlive(status.NamespaceInit) ? e.Message : null;
        }
        catch (TimeoutException)
        {
            return $"it did not come up in {StartLimit.TotalSeconds:0} s";
        }
    }

    private async Task<Stop?> WaitAsync(
        StepRun run, Process process, StepStatus status, StepCgroup? cgroup, Task exited, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = new StepWatch(
            settings, time, run.Workspace.Path, cgroup, () => status.NamespaceInit == 0 ? process.Id : status.NamespaceInit)
            .UntilExceededAsync(over.Token);
        var late = Task.Delay(run.Step.Timeout, time, over.Token);
        await Task.WhenAny(exited, watch, late);
        Stop? stop = null;
        if (!exited.IsCompleted)
        {
            stop = ct.IsCancellationRequested ? new Stop(Outcome.Cancelled, "stopped")
                : watch.IsCompletedSuccessfully ? new Stop(Outcome.Failed, $"stopped: {await watch}")
                : new Stop(Outcome.TimedOut, $"stopped after its {Words(run.Step.Timeout)}");
            // What runs away is not asked.
            await EndAsync(process, status, exited, graceful: stop.Outcome != Outcome.Failed);
        }

        await over.CancelAsync();
        await Task.WhenAny(watch);
        return stop;
    }

    /// <summary>
    /// SIGTERM to everything in the sandbox, and SIGKILL to its first process (which takes all others with it) when the grace
    /// is over.
    /// </summary>
    private async Task EndAsync(Process process, StepStatus status, Task exited, bool graceful)
    {
        if (graceful)
        {
            var first = status.NamespaceInit == 0 ? process.Id : status.NamespaceInit;
            ProcessTree.SignalDescendants(first, ProcessTree.Terminate);
            if (status.NamespaceInit == 0) ProcessTree.Signal(process.Id, ProcessTree.Terminate);
            if (await Task.WhenAny(exited, Task.Delay(settings.Grace, time)) == exited) return;
        }

        if (status.NamespaceInit == 0) ProcessTree.SignalDescendants(process.Id, ProcessTree.Kill);
        else ProcessTree.Signal(status.NamespaceInit, ProcessTree.Kill);
        ProcessTree.Signal(process.Id, ProcessTree.Kill);
    }

    /// <summary>
    /// bwrap ends when it knows the exit code; the namespace's first process ends a moment later, and with it what still lives
    /// in there. Only then may the workspace go.
    /// </summary>
    private async Task GoneAsync(int namespaceInit)
    {
        var until = time.GetTimestamp();
        while (namespaceInit != 0 && ProcessTree.IsAlive(namespaceInit) && time.GetElapsedTime(until) < LastBytes)
            await Task.Delay(TimeSpan.FromMilliseconds(1), time);
    }

    private async Task FinishAsync(Task printing, Task telling)
    {
        try
        {
            await Task.WhenAll(printing, telling).WaitAsync(LastBytes, time);
        }
        catch (TimeoutException)
        {
            // Something outlived the step with our pipe in its hands; its words are no part of the step.
        }
    }

    private static async Task PrintAsync(Stream output, StepRun run)
    {
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await output.ReadAsync(buffer, CancellationToken.None)) > 0) await run.Log.WriteAsync(buffer.AsMemory(0, read));
    }

    private static async Task WriteScriptAsync(Process process, string script)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(script));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read its script; its exit code and its words say why.
        }
    }

    private StepExit Result(StepRun run, Stop? stop, int code, StepStatus status, StepCgroup? cgroup, TimeSpan duration)
    {
        var at = CommandAt(run, status.Command);
        if (stop is not null) return new StepExit(stop.Outcome, null, at is null ? stop.Reason : $"{stop.Reason}, in {at}", duration);
        if (code == 0) return new StepExit(Outcome.Passed, 0, null, duration);
        if (at is null && WhyNotBegun(run, status) is { } why) return new StepExit(Outcome.Failed, code, why, duration);
        if (at is null) return new StepExit(
            Outcome.Errored, null, $"the sandbox ended with {code} before the first command; the log's last lines say why", duration);

        var limit = cgroup?.Exceeded(settings) ?? code switch
        {
            128 + 25 => $"a file grew beyond {settings.FileBytes >> 20} MiB",
            128 + 24 => $"a process used more than {Words(settings.ProcessorTime)} of processor time",
            _ => null,
        };
        return new StepExit(Outcome.Failed, code, $"{at} ended with exit code {code}{(limit is null ? "" : $": {limit}")}", duration);
    }

    /// <summary>Why the first command was not reached, where the author can do something about it.</summary>
    internal static string? WhyNotBegun(StepRun run, StepStatus status)
        => status.NoFolder ? $"the working directory '{run.Step.WorkingDirectory}' is not in the workspace" : status.NotBegun;

    /// <summary>The command with this number, in words; null when none had begun.</summary>
    internal static string? CommandAt(StepRun run, int number)
        => Math.Min(number, run.Step.Commands.Count) is var n and > 0
            ? string.Create(
                CultureInfo.InvariantCulture, $"command {n} of {run.Step.Commands.Count} ({FirstLine(run.Step.Commands[n - 1])})")
            : null;

    private static string FirstLine(string command)
    {
        var line = command.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0) line = line[..end];
        return line.Length > 80 ? $"{line[..79]}…" : line.ToString();
    }

    private static string Words(TimeSpan span)
        => span.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} seconds");

    private sealed record Stop(Outcome Outcome, string Reason);
}
