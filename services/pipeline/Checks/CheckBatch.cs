using System.Text;

using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Leftovers;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// One built-in check. To add one: write its file, add it to <see cref="CheckBatch.All"/>, its row to
/// <see cref="CheckSettings.DefaultGates"/> and the same row to <c>docs/pipeline-file.md</c>; tests say which of them is missing.
/// </summary>
/// <param name="Name">Its step name, the key of the gate table.</param>
/// <param name="RunAsync">Looks at the tree and says what it saw; the gate table is applied afterwards.</param>
public sealed record BuiltInCheck(
    string Name, Func<SourceTree, CheckSettings, VerdictCache, CancellationToken, Task<CheckReport>> RunAsync)
{
    /// <summary>The programs that it asks: another version of one may find something else.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Says why it would find nothing to look at in a tree, in one line, or null; null for one that always looks.</summary>
    public Func<SourceTree, CheckSettings, VerdictCache, CancellationToken, Task<string?>>? WhyNothingAsync { get; init; }

    /// <summary>True when what the table blocks does so wherever it stood before: a vulnerability is none the less for being old.</summary>
    public bool BlocksKnown { get; init; }
}

/// <summary>Runs the built-in checks of one commit side by side and judges what they saw by the gate table.</summary>
public static class CheckBatch
{
    /// <summary>The step kind of a built-in check.</summary>
    public const string Kind = "check";

    /// <summary>In the order of the verdict.</summary>
    public static readonly IReadOnlyList<BuiltInCheck> All =
    [
        new("syntax", BashSyntax.RunAsync) { Programs = ["bash", "sh", "dash"] },
        new("shellcheck", ShellCheck.RunAsync) { Programs = ["shellcheck"] },
        new("secrets", Secrets.RunAsync),
        new(StaticAnalysis.Name, StaticAnalysis.RunAsync)
        {
            Programs = [Semgrep.Program], WhyNothingAsync = StaticAnalysis.WhyNothingAsync,
        },
        new("permissions", static (tree, settings, _, ct) => FilePermissions.RunAsync(tree, settings, ct)),
        new("documentation", static (tree, settings, _, ct) => DocumentationStructure.RunAsync(tree, settings, ct)),
        new("structure", static (tree, settings, _, _) => Task.FromResult(RepositoryStructure.Run(tree, settings))),
        new("dependencies", Dependencies.RunAsync)
        {
            Programs = ["trivy"], BlocksKnown = true, WhyNothingAsync = Dependencies.WhyNothingAsync,
        },
    ];

    /// <summary>
    /// What is looked at before a commit, in this order: of the checks those that need no second, and one that nobody wants to read of in
    /// a verdict.
    /// </summary>
    public static readonly IReadOnlyList<BuiltInCheck> BeforeCommit =
    [
        .. All.Where(static check => check.Name is "syntax" or "shellcheck" or "secrets" or "permissions"),
        new(DebugStatements.Name, DebugStatements.RunAsync),
    ];

    /// <summary>
    /// Checks are made of everybody's commits, before anybody has looked at them: a few objects, named many times, must not
    /// hold a place for days.
    /// </summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan MostTimeOfDeep = TimeSpan.FromHours(12);

    /// <summary>The checks that the settings leave on.</summary>
    public static IReadOnlyList<BuiltInCheck> Chosen(CheckSettings settings) => [.. All.Where(check => !settings.IsOff(check.Name))];

    /// <summary>Makes the named checks and judges what they saw, none of which is known from before.</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        SourceTree tree, CheckSettings settings, IReadOnlyList<string> names, VerdictCache cache, TimeProvider time, CancellationToken ct)
        => [.. (await LookAsync(tree, settings, names, cache, time, ct))
            .Select(run => Judge(run.Check, run.Report, settings, run.Duration))];

    /// <summary>Makes the named checks. One that breaks, or takes too long, does not stop the others.</summary>
    /// <param name="tree">What is looked at.</param>
    /// <param name="settings">Of the repository.</param>
    /// <param name="names">The checks.</param>
    /// <param name="cache">What was seen before.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops.</param>
    /// <param name="most">So long they may take; null for what is usual.</param>
    public static Task<IReadOnlyList<CheckRun>> LookAsync(
        SourceTree tree, CheckSettings settings, IReadOnlyList<string> names, VerdictCache cache, TimeProvider time, CancellationToken ct,
        TimeSpan? most = null)
        => LookAsync(tree, settings, [.. All.Where(check => names.Contains(check.Name))], cache, time, ct, most);

    /// <summary>Makes these checks, each as the others do.</summary>
    /// <param name="tree">What is looked at.</param>
    /// <param name="settings">Of the repository.</param>
    /// <param name="checks">The checks.</param>
    /// <param name="cache">What was seen before.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops.</param>
    /// <param name="most">So long they may take; null for what is usual.</param>
    public static async Task<IReadOnlyList<CheckRun>> LookAsync(
        SourceTree tree, CheckSettings settings, IReadOnlyList<BuiltInCheck> checks, VerdictCache cache, TimeProvider time,
        CancellationToken ct, TimeSpan? most = null)
    {
        var kept = cache.OfOneRun();
        var limit = most ?? (tree.IsDeep ? MostTimeOfDeep : MostTime);
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        return await Task.WhenAll(
            checks.Select(check => LookOneAsync(check, tree, settings, kept, time, limit, either.Token, ct)));
    }

    /// <summary>True for what the gate table does not drop.</summary>
    public static bool IsShown(string check, Observation seen, CheckSettings settings)
        => settings.For(check, seen.Rule, seen.Level) != Gate.Off;

    /// <summary>
    /// Applies the gate table: what is off is dropped, what blocks fails the check, what warns, is known or accepted is shown.
    /// </summary>
    public static CheckResult Judge(string check, CheckReport report, CheckSettings settings, TimeSpan duration)
    {
        var shown = report.Observations.Select(seen => (Seen: seen, Gate: settings.For(check, seen.Rule, seen.Level)))
            .Where(static pair => pair.Gate != Gate.Off)
            .Select(pair => (pair.Seen, Finding: Found(check, pair.Seen, pair.Gate)))
            .OrderByDescending(static pair => pair.Finding.Blocks).ThenBy(static pair => pair.Finding.Known)
                .ThenByDescending(static pair => pair.Finding.Severity)
                .ThenBy(static pair => pair.Finding.Path, StringComparer.Ordinal).ThenBy(static pair => pair.Finding.Line)
            .ToList();
        var open = shown.FindAll(static pair => pair.Seen.Accepted is null);
        var blocking = open.Count(static pair => pair.Finding.Blocks);
        var (outcome, blocks) = report.Trouble switch
        {
            Outcome.Skipped => (Outcome.Skipped, false),
            { } trouble => (trouble, settings.MayBlock(check)),
            null when blocking > 0 => (Outcome.Failed, true),
            null when open.Count > 0 => (Outcome.Failed, false),
            null => (Outcome.Passed, settings.MayBlock(check)),
        };
        var summary = report.Reason ?? Summary(open, shown.Count - open.Count);
        return new CheckResult(
            new StepResult(check, Kind, outcome, blocks, duration, ExitCode: null, summary),
            [.. shown.Select(static pair => pair.Finding)], Log(report, shown, summary));
    }

    private static async Task<CheckRun> LookOneAsync(
        BuiltInCheck check, SourceTree tree, CheckSettings settings, VerdictCache cache, TimeProvider time, TimeSpan limit,
        CancellationToken either, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        CheckReport report;
        try
        {
            report = await check.RunAsync(tree, settings, cache, either);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            report = new CheckReport([], [])
            {
                Trouble = Outcome.TimedOut, Reason = $"it took longer than {limit.TotalMinutes:0} minutes",
            };
        }
        catch (TimeoutException e)
        {
            report = new CheckReport([], []) { Trouble = Outcome.TimedOut, Reason = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            report = CheckReport.Errored(PlainText.OneLine(e.Message));
        }

        return new CheckRun(check.Name, report, time.GetElapsedTime(start));
    }

    /// <summary>What is said of it; a known one that blocks all the same is one of those that block.</summary>
    private static Finding Found(string check, Observation seen, Gate gate)
    {
        var blocks = gate == Gate.Block && seen.Accepted is null
            && (!seen.IsKnown || All.Any(one => one.Name == check && one.BlocksKnown));
        List<string> words = [];
        if (blocks && seen.IsKnown) words.Add("not new");
        if ((seen.Accepted ?? seen.NoLongerAccepted) is { } acceptance) words.Add(acceptance);
        return new Finding(
            check, seen.Rule, seen.Severity, seen.Path, seen.Line,
            words.Count == 0 ? seen.Message : $"{seen.Message} ({string.Join("; ", words)})", blocks, seen.IsKnown && !blocks);
    }

    private static string Summary(List<(Observation Seen, Finding Finding)> open, int accepted)
    {
        var (known, blocking) = (open.Count(static pair => pair.Seen.IsKnown), open.Count(static pair => pair.Finding.Blocks));
        var old = open.Count(static pair => pair.Seen.IsKnown && pair.Finding.Blocks);
        var words = known == 0 ? Count(blocking, open.Count - blocking) : $"{open.Count - known} new, {known} known"
            + (old == 0 ? "" : $", of which {old} block{(old == 1 ? "s" : "")} all the same");
        return accepted == 0 ? words : $"{words}{(words.Length == 0 ? "" : ", ")}{accepted} accepted";
    }

    private static string Count(int errors, int warnings)
        => (errors, warnings) switch
        {
            (0, 0) => "",
            (0, _) => Words(warnings, "warning"),
            (_, 0) => Words(errors, "error"),
            _ => $"{Words(errors, "error")}, {Words(warnings, "warning")}",
        };

    private static string Words(int count, string word) => count == 1 ? $"1 {word}" : $"{count} {word}s";

    private static string Log(CheckReport report, List<(Observation Seen, Finding Finding)> shown, string summary)
    {
        var log = new StringBuilder();
        foreach (var note in report.Notes) log.AppendLine(note);
        foreach (var (seen, finding) in shown)
        {
            if (finding.Path is not null) log.Append(PlainText.OneLine(finding.Path))
                .Append(finding.Line is { } line ? $":{line}: " : ": ");
            log.Append(seen.Accepted is not null ? "accepted: " : finding.Known ? "known: " : finding.Blocks ? "error: " : "warning: ")
                .Append(finding.Message).Append(" [").Append(finding.Rule).AppendLine("]");
        }

        log.AppendLine(report.Reason is null ? summary.Length == 0 ? "nothing found" : summary : $"{report.Trouble}: {report.Reason}");
        return log.ToString();
    }
}
