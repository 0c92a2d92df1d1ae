using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Ci;

/// <summary>A build in words: its steps while they end, and its verdict.</summary>
internal static class BuildReport
{
    private const int MaxFindings = 20;
    private const int MaxKnownSecrets = 3;
    private const int MaxTests = 10;

    /// <summary>One line about what is built.</summary>
    public static void Head(Terminal terminal, Build build)
        => terminal.Line(
            $"[bold]{build.Short}[/]  {Terminal.Safe(build.RepositoryName)} {Terminal.Safe(build.Subject)} at "
                + $"{Words.Short(build.Commit)}  [dim]{Cut(terminal, build.Title, 34)}[/]");

    /// <summary>One line about a step.</summary>
    public static void Step(Terminal terminal, BuildStep step)
    {
        var verdict = Words.Verdict(step);
        var text = $"{verdict.Text,-13} {Columns.Cut(step.Step, 20),-20} {Duration.Of(step.DurationSeconds),8}  ";
        terminal.Line($"  [{verdict.Style ?? "default"}]{Terminal.Safe(text)}[/][dim]{Cut(terminal, step.Summary, text.Length + 2)}[/]");
        if (step.Hint is { } hint) terminal.Line($"    [bold]→ {Terminal.Safe(hint)}[/]");
    }

    /// <summary>What a step took of the machine, where somebody counted.</summary>
    public static void Usage(Terminal terminal, BuildStep step)
    {
        if (step.Usage?.Words is { Length: > 0 } words) terminal.Line($"    [dim]{words}[/]");
    }

    /// <summary>All that was found and what it comes to; returns the exit code.</summary>
    public static int End(Terminal terminal, Build build)
    {
        Reports(terminal, build);
        Findings(terminal, build);
        foreach (var file in build.Artifacts ?? [])
            terminal.Line($"  [dim]kept[/] {Terminal.Safe(file.Name)} [dim]{Amounts.Size(file.SizeBytes)}[/]");

        var verdict = Words.Verdict(build);
        var took = build.DurationSeconds is null ? "" : $" in {Duration.Of(build.DurationSeconds)}";
        var reason = string.IsNullOrEmpty(build.Reason) ? "" : $": {Terminal.Safe(build.Reason)}";
        terminal.Line();
        terminal.Line($"[bold {verdict.Style ?? "default"}]{Terminal.Safe(verdict.Text)}[/]{took}{reason}");
        if (build.IsUnsafe) terminal.Line("[red]UNSAFE:[/] its steps had no sandbox, as the operator set it (Auxo__Sandbox=host).");
        if (build.Outcome is "failed" or "errored" or "timed_out") terminal.Line($"[dim]The logs: auxo ci logs {build.Short}[/]");
        return build.Outcome == "passed" ? ExitCode.Ok : ExitCode.Negative;
    }

    /// <summary>Tests and coverage; the step is named where there are several.</summary>
    private static void Reports(Terminal terminal, Build build)
    {
        var (tests, coverage) = (build.Tests ?? [], build.Coverage ?? []);
        if (tests.Count + coverage.Count > 0) terminal.Line();
        foreach (var step in tests)
        {
            terminal.Line($"  [bold]tests{Of(step.Step, tests.Count)}[/]: {Terminal.Safe(step.Words)}");
            foreach (var test in step.Failures.Take(MaxTests)) terminal.Line(test.Quarantined is { } words
                ? $"  [yellow]![/] {Terminal.Safe(test.Name)} [dim]{Terminal.Safe(words)}; {Terminal.Safe(test.Message)}[/]"
                : $"  [red]✗[/] {(test.IsNew ? "" : "known: ")}{Terminal.Safe(test.Name)} [dim]{Terminal.Safe(test.Message)}[/]");
            if (step.Failed > MaxTests) terminal.Line($"  [dim]and {step.Failed - MaxTests} more failed[/]");
            foreach (var name in step.Flaky.Take(MaxTests)) terminal.Line($"  [yellow]![/] flaky: {Terminal.Safe(name)}");
            foreach (var note in step.QuarantineNotes ?? []) terminal.Line($"  [yellow]![/] {Terminal.Safe(note)}");
        }

        foreach (var step in coverage)
        {
            terminal.Line($"  [bold]coverage{Of(step.Step, coverage.Count)}[/]: {Terminal.Safe(step.Words)}");
            foreach (var page in step.Pages ?? [])
                terminal.Line($"  [dim]page {Terminal.Safe(page)}: on the build's page of the console[/]");
        }
    }

    private static string Of(string step, int several) => several > 1 ? $" of {Terminal.Safe(step)}" : "";

    private static void Findings(Terminal terminal, Build build)
    {
        var findings = build.Findings ?? [];
        if (build.Fixes is > 0 and var fixes)
            terminal.Line($"\n  [green]fixes {fixes} finding{(fixes == 1 ? "" : "s")} of the default branch[/]");
        if (findings.Count == 0) return;
        terminal.Line();
        var fresh = findings.Where(static f => !f.Known).OrderByDescending(static f => f.Blocks).ToList();
        var known = build.KnownFindings ?? 0;
        // Where nothing is new the last line has said it all.
        if (known > 0 && (fresh.Count > 0 || build.NewFindings > 0))
            terminal.Line($"  [bold]{build.NewFindings ?? fresh.Count} new, {known} known[/]");
        foreach (var finding in fresh.Take(MaxFindings))
            Finding(terminal, finding.Blocks ? "[red]✗[/]" : "[yellow]![/]", finding);
        var more = Math.Max(build.NewFindings ?? 0, fresh.Count) - MaxFindings;
        if (more > 0) terminal.Line($"  [dim]and {more} more in the logs of the checks: --step NAME[/]");
        if (known == 0) return;

        var secrets = findings.Where(static f => f is { Known: true, Check: "secrets" }).Take(MaxKnownSecrets).ToList();
        foreach (var finding in secrets) Finding(terminal, "[yellow]! known:[/]", finding);
        if (known > secrets.Count) terminal.Line(
            $"  [dim]{known - secrets.Count}{(secrets.Count == 0 ? "" : " more")} known, which stand in the default branch: auxo repo "
                + $"baseline show {Terminal.Safe(build.RepositoryName)}[/]");
    }

    private static void Finding(Terminal terminal, string mark, BuildFinding finding)
    {
        var place = finding.Path is null ? "" : finding.Line is null ? $"{finding.Path}: " : $"{finding.Path}:{finding.Line}: ";
        terminal.Line(
            $"  {mark} {Terminal.Safe(place)}{Terminal.Safe(finding.Message)} [dim]({Terminal.Safe(finding.Rule)})[/]");
    }

    private static string Cut(Terminal terminal, string? text, int used)
        => Terminal.Safe(Columns.Cut(TamedText.OneLine(text ?? ""), Math.Max(10, terminal.Width - used)));
}
