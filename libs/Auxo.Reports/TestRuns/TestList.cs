using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The tests of a report while it is read.</summary>
internal sealed class TestList
{
    public List<ReportedTest> Tests { get; } = [];

    public void Add(ReportedTest test)
    {
        if (Tests.Count == ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} tests");
        Tests.Add(test);
    }

    /// <summary>Adds a test with what it says, of which the first line is the message when there is no other.</summary>
    public void Add(TestIdentity id, TestOutcome outcome, TimeSpan? duration, string? message, string? detail, bool flaky = false)
    {
        var words = outcome == TestOutcome.Passed ? "" : Words.FirstLine(string.IsNullOrWhiteSpace(message) ? detail ?? "" : message);
        Add(new ReportedTest(id, outcome, duration, words, outcome == TestOutcome.Passed ? "" : Words.FirstLines(detail ?? ""))
        {
            IsFlaky = flaky,
        });
    }
}
