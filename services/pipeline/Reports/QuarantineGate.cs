namespace Auxo.Pipeline.Reports;

/// <summary>
/// Whether the failure of a step is nothing but failures of quarantined tests (decision 188). The exit status counts, unless the
/// step's own reports explain it whole.
/// </summary>
/// <param name="Failed">How many tests failed.</param>
/// <param name="Quarantined">Of them quarantined.</param>
/// <param name="Doubt">Why the reports do not explain a failure whole; null when they do.</param>
internal sealed record QuarantineGate(int Failed, int Quarantined, string? Doubt)
{
    /// <summary>
    /// By these test runners say that tests have failed: most by 1, a makefile by 2, ctest by 8, cargo by 101. Beyond 125 a
    /// program could not be started, or was killed.
    /// </summary>
    private static readonly int[] Codes = [1, 2, 8, 101];

    /// <summary>Looks at what a step has reported.</summary>
    /// <param name="tests">Its tests; null when it reported none.</param>
    /// <param name="missing">Tests that its reports announce and do not have.</param>
    /// <param name="hasUnread">A report of it could not be read.</param>
    /// <param name="before">What the same step said elsewhere.</param>
    public static QuarantineGate? Of(StepTests? tests, int missing, bool hasUnread, ReportsBefore before)
    {
        if (tests is not { Quarantined: > 0 }) return null;
        return new QuarantineGate(tests.Failed, tests.Quarantined, true switch
        {
            _ when tests.Failed > tests.Quarantined => $"{Words.Count(tests.Failed - tests.Quarantined, "other test")} failed",
            _ when hasUnread => "a report could not be read, and may name more",
            _ when missing > 0 => $"the reports announce {Words.Count(missing, "test")} more than they have",
            _ when before.DefaultBranch is { } main && main.Total > tests.Total
                => $"{Words.Count(tests.Total, "test")} ran, and {main.Total} in the default branch: what did not run may fail",
            _ => null,
        });
    }

    /// <summary>What is said of a step that ended with this exit code, and whether it blocks.</summary>
    public (bool Blocks, string Words) Judge(int? exitCode, string summary)
    {
        if (Doubt is not null) return (true, $"{summary}; {Count()}, but {Doubt}");
        return exitCode is { } code && (Codes.Contains(code) || code == Failed && code < 126)
            ? (false, $"{Count()}; {summary}")
            : (true, $"{summary}; {Count()}, but no test runner says so by this exit code");
    }

    private string Count() => $"{Words.Count(Quarantined, "quarantined test")} failed";

    private static class Words
    {
        public static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
    }
}
