using Auxo.Cli.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary>A build in words: its steps while they end, and its verdict.</summary>
internal static class BuildReport
{
    private const int MaxFindings = 20;

    /// <summary>One line about what is built.</summary>
    public static void Head(Terminal terminal, Build build)
        => terminal.Line(
            $"[bold]{build.Short}[/]  {Terminal.Safe(build.RepositoryName)} {Terminal.Safe(Words.Subject(build))} at "
                + $"{Words.Short(build.Commit)}  [dim]{Cut(terminal, build.Title, 34)}[/]");

    /// <summary>One line about a step.</summary>
    public static void Step(Terminal terminal, BuildStep step)
    {
        var verdict = Words.Verdict(step);
        var text = $"{verdict.Text,-13} {Columns.Cut(step.Step, 20),-20} {Duration.Of(step.DurationSeconds),8}  ";
        terminal.Line($"  [{verdict.Style ?? "default"}]{Terminal.Safe(text)}[/][dim]{Cut(terminal, step.Summary, text.Length + 2)}[/]");
    }

    /// <summary>All that was found and what it comes to; returns the exit code.</summary>
    public static int End(Terminal terminal, Build build)
    {
        Findings(terminal, build.Findings ?? []);
        foreach (var file in build.Artifacts ?? [])
            terminal.Line($"  [dim]kept[/] {Terminal.Safe(file.Name)} [dim]{Words.Size(file.SizeBytes)}[/]");

        var verdict = Words.Verdict(build);
        var took = build.DurationSeconds is null ? "" : $" in {Duration.Of(build.DurationSeconds)}";
        var reason = string.IsNullOrEmpty(build.Reason) ? "" : $": {Terminal.Safe(build.Reason)}";
        terminal.Line();
        terminal.Line($"[bold {verdict.Style ?? "default"}]{Terminal.Safe(verdict.Text)}[/]{took}{reason}");
        if (build.Outcome is "failed" or "errored" or "timed_out") terminal.Line($"[dim]The logs: auxo ci logs {build.Short}[/]");
        return build.Outcome == "passed" ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Findings(Terminal terminal, IReadOnlyList<BuildFinding> findings)
    {
        if (findings.Count > 0) terminal.Line();
        foreach (var finding in findings.OrderByDescending(static f => f.Blocks).Take(MaxFindings))
        {
            var place = finding.Path is null ? "" : finding.Line is null ? $"{finding.Path}: " : $"{finding.Path}:{finding.Line}: ";
            terminal.Line(
                $"  [{(finding.Blocks ? "red" : "yellow")}]{(finding.Blocks ? "✗" : "!")}[/] "
                    + $"{Terminal.Safe(place)}{Terminal.Safe(finding.Message)} [dim]({Terminal.Safe(finding.Rule)})[/]");
        }

        if (findings.Count > MaxFindings) terminal.Line($"  [dim]and {findings.Count - MaxFindings} more: --json shows all[/]");
    }

    private static string Cut(Terminal terminal, string? text, int used)
        => Terminal.Safe(Columns.Cut(TamedText.OneLine(text ?? ""), Math.Max(10, terminal.Width - used)));
}
