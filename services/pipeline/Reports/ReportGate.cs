using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Reports;

/// <summary>What reports do to their step. The exit status counts first; a report makes a step fail only where its file says so.</summary>
internal static class ReportGate
{
    /// <summary>Why the step fails; null when it does not.</summary>
    public static string? Blocks(StepReports wanted, StepCoverage? coverage, IReadOnlyList<Finding> findings)
    {
        if (findings.Count(static finding => finding.Blocks) is > 0 and var blocking)
            return $"{blocking} new finding{(blocking == 1 ? "" : "s")} of the level error";
        if (wanted.Block is not { } least || coverage is null) return null;
        if (coverage.Lines.Percent() is not { } percent) return $"no coverage was reported, and less than {least:0.#} % fails";
        return percent < least ? $"coverage is {ReportWords.Percent(percent)}, and less than {least:0.#} % fails" : null;
    }

    /// <summary>What is worth a word beside the step; null for nothing.</summary>
    public static string? Warning(StepReports wanted, StepTests? tests, StepCoverage? coverage)
    {
        List<string> words = [];
        if (tests is { Failed: > 0 and var failed })
            words.Add($"{failed} test{(failed == 1 ? "" : "s")} failed, though the step ended with 0");
        if (tests is { Total: 0 }) words.Add("no tests were reported");
        if (coverage is not null && coverage.Lines.Percent() is null) words.Add("no coverage was reported");
        if (wanted.Warn is { } least && coverage?.Lines.Percent() is { } percent && percent < least)
            words.Add($"coverage is {ReportWords.Percent(percent)}, under {least:0.#} %");
        return words.Count == 0 ? null : string.Join("; ", words);
    }
}
