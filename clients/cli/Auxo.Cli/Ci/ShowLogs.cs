using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci logs [BUILD]</c></summary>
internal static class ShowLogs
{
    public static Command Create(CliHost host)
    {
        var build = new Argument<string?>("build")
        {
            Description = "At least 4 digits of the build's id, or of its patch or commit; the newest build by default",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var step = new Option<string?>("--step", "-s") { Description = "Only this step's log, exactly as it was written" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Stay until the build has ended" };
        return new Command("logs", "Show what a build printed and found") { build, step, follow }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetValue(build), parsed.GetValue(step), parsed.GetValue(follow), ct));
    }

    private static async Task<int> RunAsync(Session session, string? text, string? stepName, bool follow, CancellationToken ct)
    {
        var pipeline = session.Clients.Pipeline;
        var found = text is null ? await BuildArgument.NewestAsync(pipeline, ct) : await BuildArgument.ResolveAsync(pipeline, text, ct);
        if (stepName is null && follow && !found.IsFinished) return await new BuildWatch(session).RunAsync(found, ct);

        var build = await pipeline.GetAsync(found.Id, ct);
        var terminal = session.Terminal;
        if (stepName is not null) return await OneAsync(session, build, stepName, follow, ct);
        if (terminal.Json)
        {
            terminal.WriteJson(build);
            return ExitCode.Ok;
        }

        await PrintAsync(session, build, ct);
        return ExitCode.Ok;
    }

    /// <summary>All that a build printed and found.</summary>
    public static async Task PrintAsync(Session session, Build build, CancellationToken ct)
    {
        var terminal = session.Terminal;
        BuildReport.Head(terminal, build);
        var logs = new LogReader(session.Clients, terminal);
        foreach (var step in build.Steps ?? [])
        {
            if (step.Kind == "command" && (step.State == "running" || step.Outcome is not (null or "skipped")))
            {
                terminal.Line($"  [cyan]>[/] [bold]{Terminal.Safe(step.Step)}[/]");
                if (!await logs.PrintAsync(build, step.Step, ct)) terminal.Line("  [dim]printed nothing[/]");
            }

            BuildReport.Step(terminal, step);
            BuildReport.Usage(terminal, step);
        }

        if (build.IsFinished)
        {
            BuildReport.End(terminal, build);
            return;
        }

        var verdict = Words.Verdict(build);
        terminal.Line();
        terminal.Line($"[{verdict.Style ?? "default"}]{verdict.Text}[/]  [dim]" + (build.State == "awaiting_approval"
            ? $"its own steps do not run yet; let them: auxo ci approve {build.Short}[/]"
            : $"stay until its end: auxo ci logs {build.Short} --follow[/]"));
    }

    /// <summary>The bytes of one log and nothing else, so that they can be piped.</summary>
    private static async Task<int> OneAsync(Session session, Build build, string name, bool follow, CancellationToken ct)
    {
        var names = (build.Steps ?? []).Select(static s => s.Step).ToList();
        if (!names.Contains(name, StringComparer.Ordinal))
        {
            throw new CliException(
                ExitCode.Usage, $"Build {build.Short} has no step '{name}'.",
                Suggestions.Nearest(name, names) is { } near
                    ? $"Did you mean '{near}'?"
                    : names.Count == 0 ? "It has no steps."
                    : "There are: " + string.Join(", ", names));
        }

        var logs = new LogReader(session.Clients, session.Terminal);
        if (follow) await logs.FollowAsync(build, name, ct);
        else if (!await logs.PrintAsync(build, name, ct)) throw new CliException(
            ExitCode.Negative, $"The step '{name}' of build {build.Short} wrote no log.");
        return ExitCode.Ok;
    }
}
