using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Reports.Measuring;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// What a runner may report: only of steps of the plan, and in bounds. Whether a step passed is the runner's word, as it is the word of the
/// machine that runs it wherever that stands.
/// </summary>
internal static class ReportRules
{
    private const string Command = "command";
    private const int MostLine = 300;
    private const int MostPath = 1024;
    private const int MostMissed = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>What cannot be, as a sentence; null when all can.</summary>
    public static string? Refuse(Build build, ReportsBody body)
    {
        var steps = build.Plan.Steps.ToDictionary(static step => step.Name, StringComparer.Ordinal);
        if (body.Next.FirstOrDefault(name => name is null || !steps.ContainsKey(name)) is { } unknown)
            return $"'{PlainText.OneLine(unknown, 60)}' is no step of the build.";
        if (body.Next.Any(static name => name is null) || body.Next.Count > steps.Count || body.Reports.Count > steps.Count)
            return "There are more reports than steps.";
        foreach (var report in body.Reports)
        {
            if (report is null) return "A report is null.";
            if (!steps.TryGetValue(report.Result.Step, out var step))
                return $"'{PlainText.OneLine(report.Result.Step, 60)}' is no step of the build.";
            if (OfStep(report, step) is { } why) return $"The report of {step.Name} {why}.";
        }

        return null;
    }

    /// <summary>The same with texts that fit into one line, and with what the plan says of each step and not the runner.</summary>
    public static IEnumerable<StepReport> Tamed(Build build, IReadOnlyList<StepReport> reports)
    {
        var steps = build.Plan.Steps.ToDictionary(static step => step.Name, StringComparer.Ordinal);
        foreach (var report in reports)
        {
            var (result, step) = (report.Result, steps[report.Result.Step]);
            yield return report with
            {
                Result = result with
                {
                    Kind = Command,
                    // A failure that the plan does not ignore only warns when it is that of quarantined tests.
                    Blocks = result.Outcome != Outcome.Skipped && !step.IgnoresFailure
                        && (result.Blocks || result.Outcome != Outcome.Failed || build.Plan.Quarantined is null
                            || report.Tests is not { Quarantined: > 0 }),
                    Summary = PlainText.OneLine(result.Summary, MostLine),
                    Hint = result.Hint is null ? null : PlainText.OneLine(result.Hint, MostLine),
                },
                Findings = [.. report.Findings.Select(static finding => finding with
                {
                    Rule = PlainText.OneLine(finding.Rule, MostLine), Message = PlainText.OneLine(finding.Message, MostLine),
                    Path = finding.Path is null ? null : PlainText.OneLine(finding.Path, MostPath),
                })],
                Tests = report.Tests is { } tests ? Tamed(tests) : null,
                Coverage = report.Coverage is { } coverage
                    ? coverage with
                    {
                        Unit = coverage.Unit == "statements" ? coverage.Unit : "lines",
                        // They lie on the runner's disk.
                        Pages = null,
                        Files = [.. coverage.Files.Select(static file => file with { Path = PlainText.OneLine(file.Path, MostPath) })],
                        Languages = Tamed(coverage.Languages), Folders = Tamed(coverage.Folders),
                    }
                    : null,
                // Only checks say so, and those are made here.
                Fixes = null, Compared = null,
            };
        }
    }

    private static StepTests Tamed(StepTests tests)
        => tests with
        {
            Failures = [.. tests.Failures.Select(static test => test with
            {
                Name = PlainText.OneLine(test.Name, MostLine), Message = PlainText.OneLine(test.Message, MostLine),
                Path = test.Path is null ? null : PlainText.OneLine(test.Path, MostPath), Key = PlainText.OneLine(test.Key, MostPath),
                Quarantined = test.Quarantined is null ? null : PlainText.OneLine(test.Quarantined, MostLine),
            })],
            Flaky = [.. tests.Flaky.Select(static name => PlainText.OneLine(name, MostLine))],
            QuarantineNotes = tests.QuarantineNotes is not { } notes ? null
                : [.. notes.Take(StepTests.MostNotes).Select(static note => PlainText.OneLine(note, MostLine))],
        };

    private static string? OfStep(StepReport report, CommandStep step)
    {
        var result = report.Result;
        if (result.Outcome is not (Outcome.Passed or Outcome.Failed or Outcome.TimedOut or Outcome.Errored or Outcome.Skipped))
            return "has an outcome that a step cannot have";
        if (result.Duration < TimeSpan.Zero || result.Duration > Longest) return "has a duration that cannot be";
        if (result.Usage is { } usage && (usage.Processor < TimeSpan.Zero || usage.PeakMemoryBytes < 0 || usage.ReadBytes < 0
            || usage.WrittenBytes < 0))
            return "has a use of the machine that cannot be";
        if (report.Artifacts.Count > 0 && step.Artifacts.Count == 0) return "has artifacts, and the step keeps none";
        if (report.Artifacts.Any(static artifact => artifact is null)) return "has an artifact that is null";
        if (report.Findings.Count > ReportsBody.MostFindings) return $"has more than {ReportsBody.MostFindings} findings";
        if (report.Findings.Any(finding => finding is null || finding.Check != step.Name || finding.Line is < 1
            || !Enum.IsDefined(finding.Severity)))
            return "has a finding that is not of this step";
        return report.Tests is { } tests && OfTests(tests, step) is { } wrongTests ? wrongTests
            : report.Coverage is { } coverage && OfCoverage(coverage, step) is { } wrongCoverage ? wrongCoverage
            : null;
    }

    private static string? OfTests(StepTests tests, CommandStep step)
        => tests.Step != step.Name || tests.Failures.Count > StepTests.Most || tests.Flaky.Count > StepTests.Most
            || tests.Failures.Any(static test => test is null) || tests.Flaky.Any(static name => name is null)
            || tests.QuarantineNotes?.Any(static note => note is null) is true
            || tests is not { Total: >= 0, Passed: >= 0, Failed: >= 0, Skipped: >= 0, FlakyCount: >= 0, Quarantined: >= 0 }
            || tests.Quarantined > tests.Failed
            ? "has tests that cannot be" : null;

    private static string? OfCoverage(StepCoverage coverage, CommandStep step)
        => coverage.Step != step.Name || coverage.Files.Count > StepCoverage.Most || coverage.FileCount < 0
            || coverage.Files.Any(static file => file is null || file.Missed.Count > MostMissed || !IsCount(file.Lines))
            || !AreParts(coverage.Languages) || !AreParts(coverage.Folders)
            || !IsCount(coverage.Lines) || !IsCount(coverage.Branches) || coverage.Changed is { } changed && !IsCount(changed)
            ? "has coverage that cannot be" : null;

    private static bool AreParts(IReadOnlyList<CoveredPart>? parts)
        => parts is null || parts.Count <= CoveredPart.MostFolders
            && parts.All(static part => part is { Name: not null, Files: >= 0 } && IsCount(part.Lines));

    private static IReadOnlyList<CoveredPart>? Tamed(IReadOnlyList<CoveredPart>? parts)
        => parts is null ? null : [.. parts.Select(static part => part with { Name = PlainText.OneLine(part.Name, MostPath) })];

    private static bool IsCount(LineCount count) => count is { Covered: >= 0, Total: >= 0 } && count.Covered <= count.Total;
}
