using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary>
/// Watches a build to its end: results of checks as they come, the log of each command while it is written, then the verdict.
/// </summary>
internal sealed class BuildWatch(Session session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private string? _state;

    /// <summary>Returns the exit code of the verdict. Ctrl-C stops the watching, never the build.</summary>
    public async Task<int> RunAsync(Build build, CancellationToken ct)
    {
        var terminal = session.Terminal;
        try
        {
            build = await ToEndAsync(build, ct);
        }
        catch (OperationCanceledException) when (!terminal.Json)
        {
            terminal.Line();
            terminal.Line($"The build goes on. Watch it again: auxo ci logs {build.Short} --follow; stop it: auxo ci cancel {build.Short}");
            return ExitCode.Interrupted;
        }

        if (!terminal.Json) return BuildReport.End(terminal, build);
        terminal.WriteJson(build);
        return build.Outcome == "passed" ? ExitCode.Ok : ExitCode.Negative;
    }

    /// <summary>The build when it has ended; on the way, what happens is told, unless the answer is JSON.</summary>
    public async Task<Build> ToEndAsync(Build build, CancellationToken ct)
    {
        var terminal = session.Terminal;
        if (!terminal.Json) BuildReport.Head(terminal, build);
        while (true)
        {
            build = await session.Clients.Pipeline.GetAsync(build.Id, ct);
            if (!terminal.Json)
            {
                TellState(build);
                foreach (var step in build.Steps ?? []) await TellAsync(build, step, ct);
            }

            if (build.IsFinished) return build;
            await Task.Delay(Pause, terminal.Time, ct);
        }
    }

    private void TellState(Build build)
    {
        if (build.State == _state) return;
        _state = build.State;
        if (_state == "queued") session.Terminal.Line("  [dim]waits for a free runner[/]");
        if (_state == "awaiting_approval")
            session.Terminal.Line(
                "  [yellow]? waits for a delegate:[/] the author is not trusted here, so their own steps do not run "
                    + $"yet. Let them: auxo ci approve {build.Short}");
    }

    private async Task TellAsync(Build build, BuildStep step, CancellationToken ct)
    {
        if (_told.Contains(step.Step)) return;
        if (step.Kind == "command" && (step.State == "running" || step.Outcome is not (null or "skipped")))
        {
            session.Terminal.Line($"  [cyan]>[/] [bold]{Terminal.Safe(step.Step)}[/]");
            _told.Add(step.Step);
            var logs = new LogReader(session.Clients, session.Terminal);
            if (step.Outcome is null) await FollowAsync(logs, build, step, ct);
            else await logs.PrintAsync(build, step.Step, ct);
            step = await EndOfAsync(build, step, ct);
        }

        if (step.Outcome is null) return;
        _told.Add(step.Step);
        BuildReport.Step(session.Terminal, step);
    }

    /// <summary>
    /// A step that has just begun may not have a log yet (404): then it is asked for again until it has one, or has ended
    /// without.
    /// </summary>
    private async Task FollowAsync(LogReader logs, Build build, BuildStep step, CancellationToken ct)
    {
        while (step.Outcome is null)
        {
            try
            {
                await logs.FollowAsync(build, step.Step, ct);
                return;
            }
            catch (CliException e) when (e.Code == ExitCode.Negative)
            {
                await Task.Delay(Pause, session.Terminal.Time, ct);
                step = await ReadAsync(build, step, ct);
            }
        }

        await logs.PrintAsync(build, step.Step, ct);
    }

    /// <summary>The log ends a moment before the result is recorded.</summary>
    private async Task<BuildStep> EndOfAsync(Build build, BuildStep step, CancellationToken ct)
    {
        while (step.Outcome is null)
        {
            await Task.Delay(Pause, session.Terminal.Time, ct);
            step = await ReadAsync(build, step, ct);
        }

        return step;
    }

    /// <summary>
    /// The step as it is now. A build that has ended (cancelled, superseded) without a result of this step has none for it.
    /// </summary>
    private async Task<BuildStep> ReadAsync(Build build, BuildStep step, CancellationToken ct)
    {
        var now = await session.Clients.Pipeline.GetAsync(build.Id, ct);
        var found = now.Steps?.FirstOrDefault(s => s.Step == step.Step) ?? step;
        return now.IsFinished && found.Outcome is null ? found with { Outcome = now.Outcome ?? "skipped" } : found;
    }
}
