namespace Auxo.Pipeline.Reports;

/// <summary>What the reports of one step say of its tests.</summary>
/// <param name="Step">The step.</param>
/// <param name="Total">All tests; 0 when it should have reported tests and did not.</param>
/// <param name="Passed">Of them passed, the flaky ones included.</param>
/// <param name="Failed">Of them failed or broke.</param>
/// <param name="Skipped">Of them did not run, or do not count.</param>
/// <param name="Failures">The first that failed, new ones first.</param>
/// <param name="Flaky">The first that had two outcomes at one commit.</param>
public sealed record StepTests(
    string Step, int Total, int Passed, int Failed, int Skipped, IReadOnlyList<FailedTest> Failures, IReadOnlyList<string> Flaky)
{
    /// <summary>Failures and flaky tests beyond these are only counted.</summary>
    public const int Most = 50;

    /// <summary>Notes on the quarantine beyond these are in the log of the step alone.</summary>
    public const int MostNotes = 10;

    /// <summary>How many had two outcomes at one commit.</summary>
    public int FlakyCount { get; init; }

    /// <summary>Of those that failed, how many are quarantined. 0 in builds of earlier versions.</summary>
    public int Quarantined { get; init; }

    /// <summary>What is to be done with entries of the quarantine; null for nothing.</summary>
    public IReadOnlyList<string>? QuarantineNotes { get; init; }
}

/// <summary>A test that failed.</summary>
/// <param name="Name">For people.</param>
/// <param name="Message">One line why; may be empty.</param>
/// <param name="Path">Its file in the repository; null when the report does not say it.</param>
/// <param name="IsNew">The default branch does not have this failure.</param>
/// <param name="Key">The same for every spelling of the same test.</param>
public sealed record FailedTest(string Name, string Message, string? Path, bool IsNew, string Key)
{
    /// <summary>Until when, by whom and why it may fail; null when it may not.</summary>
    public string? Quarantined { get; init; }
}
