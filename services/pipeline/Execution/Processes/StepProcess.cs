using System.Globalization;

namespace Auxo.Pipeline.Execution.Processes;

/// <summary>
/// One process and all that it starts, from start to end: output into the log, limits watched, stopped on time, and a result that says why.
/// </summary>
internal sealed class StepProcess(ExecutionSettings settings, TimeProvider time)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Time for the last bytes of a pipe that something outside the sandbox might hold open.</summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(2);

    /// <summary>Runs to the end; never throws for what a step does.</summary>
    /// <param name="run">What the script is of.</param>
    /// <param name="start">Starts the process that is to have it, or takes one that waits.</param>
    /// <param name="script">What it does, in that process.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<StepExit> RunAsync(
        StepRun run, Func<Task<WaitingProcess>> start, Func<WaitingProcess, string> script, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        if (ct.IsCancellationRequested) return new StepExit(Outcome.Cancelled, null, "stopped before it began", TimeSpan.Zero);
        WaitingProcess process;
        try
        {
            process = await start();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return new StepExit(Outcome.Errored, null, $"the sandbox could not be started: {e.Message}", time.GetElapsedTime(began));
        }

        await using (process)
        {
            if (process.Refusal is { } refusal) return new StepExit(
                Outcome.Errored, null, $"the sandbox could not be made ready: {refusal}", time.GetElapsedTime(began));
            var printing = PrintAsync(process.Process.StandardOutput.BaseStream, run);
            await process.GiveAsync(script(process));
            var watch = new StepWatch(settings, time, run.Workspace.Path, process.Cgroup, () => process.First);
            var stop = await WaitAsync(run, process, watch, ct);
            await process.Exited;
            // Outside a pid namespace, what the step left running goes now.
            if (process.Status.NamespaceInit == 0) ProcessTree.SignalDescendants(process.Process.Id, ProcessTree.Kill);
            await FinishAsync(printing, process.Telling);
            await GoneAsync(process.Status.NamespaceInit);
            return Result(run, stop, process, time.GetElapsedTime(began)) with { Usage = process.Cgroup?.Usage() ?? watch.Seen };
        }
    }

    private async Task<Stop?> WaitAsync(StepRun run, WaitingProcess process, StepWatch looks, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = looks.UntilExceededAsync(over.Token);
        var late = Task.Delay(run.Step.Timeout, time, over.Token);
        await Task.WhenAny(process.Exited, watch, late);
        Stop? stop = null;
        if (!process.Exited.IsCompleted)
        {
            stop = ct.IsCancellationRequested ? new Stop(Outcome.Cancelled, "stopped")
                : watch.IsCompletedSuccessfully ? new Stop(Outcome.Failed, $"stopped: {await watch}")
                : new Stop(Outcome.TimedOut, $"stopped after its {Words(run.Step.Timeout)}");
            // What runs away is not asked.
            await EndAsync(process, graceful: stop.Outcome != Outcome.Failed);
        }

        await over.CancelAsync();
        await Task.WhenAny(watch);
        return stop;
    }

    /// <summary>
    /// SIGTERM to everything in the sandbox, and SIGKILL to its first process (which takes all others with it) when the grace
    /// is over.
    /// </summary>
    private async Task EndAsync(WaitingProcess process, bool graceful)
    {
        if (graceful)
        {
            // The shell first: one that ends at errors takes the end of its command for one, before it hears that it may tidy up.
            if (process.Status.NamespaceInit == 0) ProcessTree.Signal(process.Process.Id, ProcessTree.Terminate);
            ProcessTree.SignalDescendants(process.First, ProcessTree.Terminate);
            if (await Task.WhenAny(process.Exited, Task.Delay(settings.Grace, time)) == process.Exited) return;
        }

        process.Kill();
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

    private StepExit Result(StepRun run, Stop? stop, WaitingProcess process, TimeSpan duration)
    {
        var (code, status) = (process.Process.ExitCode, process.Status);
        var at = CommandAt(run, status.Command);
        if (stop is not null) return new StepExit(stop.Outcome, null, at is null ? stop.Reason : $"{stop.Reason}, in {at}", duration);
        if (code == 0) return new StepExit(Outcome.Passed, 0, null, duration);
        if (at is null && WhyNotBegun(run, status) is { } why) return new StepExit(Outcome.Failed, code, why, duration);
        if (at is null) return new StepExit(
            Outcome.Errored, null, $"the sandbox ended with {code} before the first command; the log's last lines say why", duration);

        var limit = process.Cgroup?.Exceeded(settings) ?? code switch
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

    /// <summary>Of a script of several lines it is not known which one failed: none is to look as if it had.</summary>
    private static string FirstLine(string command)
    {
        var lines = command.Trim().Split('\n');
        var line = lines[0].TrimEnd();
        if (line.Length > 80) line = $"{line[..79]}…";
        return lines.Length switch { 1 => line, 2 => $"{line} and 1 more line", var n => $"{line} and {n - 1} more lines" };
    }

    private static string Words(TimeSpan span)
        => span.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} seconds");

    private sealed record Stop(Outcome Outcome, string Reason);
}
