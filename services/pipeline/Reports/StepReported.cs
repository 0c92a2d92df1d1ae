using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Running;

namespace Auxo.Pipeline.Reports;

/// <summary>What the reports of a step say, all of them together.</summary>
/// <param name="Tests">Null when there is no word of tests.</param>
/// <param name="Coverage">Null when there is no word of coverage.</param>
/// <param name="Findings">Of linters and scanners, those that block first.</param>
/// <param name="Blocks">Why the step fails although its commands passed; null when it does not.</param>
/// <param name="Warning">What is worth a word beside the step; null for nothing.</param>
internal sealed record StepReported(
    StepTests? Tests, StepCoverage? Coverage, IReadOnlyList<Finding> Findings, string? Blocks, string? Warning)
{
    /// <summary>Of a step without reports.</summary>
    public static readonly StepReported Nothing = new(null, null, [], null, null);

    /// <summary>Whether its failure may be that of quarantined tests alone; null when none of those failed.</summary>
    public QuarantineGate? Quarantine { get; init; }

    /// <summary>The same with the pages that were kept.</summary>
    public StepReported With(string step, IReadOnlyList<string> pages)
        => pages.Count == 0 ? this : this with { Coverage = (Coverage ?? StepCoverage.OfPages(step)) with { Pages = pages } };

    /// <summary>
    /// The step's report with all of it. The exit status counts: a red report makes no step fail, and only a failure that is
    /// wholly that of quarantined tests does not block.
    /// </summary>
    public StepReport Onto(StepReport report)
    {
        var result = report.Result;
        if (result.Outcome == Outcome.Passed && Blocks is not null) result = result with { Outcome = Outcome.Failed, Summary = Blocks };
        else if (result.Outcome == Outcome.Passed && Warning is not null) result = result with { Summary = Warning };
        else if (result.Outcome == Outcome.Failed && Quarantine is not null && result.Blocks)
        {
            var (blocks, words) = Quarantine.Judge(result.ExitCode, result.Summary);
            // What else the file asks of reports is asked all the same.
            if (!blocks && Blocks is not null) (blocks, words) = (true, $"{Blocks}; {words}");
            result = result with { Blocks = blocks, Summary = PlainText.OneLine(words) };
        }

        return report with { Result = result, Findings = Findings, Tests = Tests, Coverage = Coverage };
    }
}
