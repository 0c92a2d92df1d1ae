using Auxo.Pipeline.Suppressing;
using Auxo.Reports.TestRuns;

namespace Auxo.Pipeline.Reports;

/// <summary>The tests of one step that may fail, on one day (decision 188).</summary>
/// <param name="entries">The entries of the file that counts.</param>
/// <param name="step">The step.</param>
/// <param name="today">The day in UTC.</param>
internal sealed class Quarantine(IReadOnlyList<QuarantinedTest> entries, string step, DateOnly today)
{
    /// <summary>No test may fail.</summary>
    public static readonly Quarantine None = new([], "", DateOnly.MinValue);

    /// <summary>So often in a row a test has not failed before it is said that it may come out again.</summary>
    private const int EnoughPasses = 5;

    private const int MaxNotes = 10;

    private readonly List<QuarantinedTest> _entries = [.. entries.Where(entry => (entry.Step ?? step) == step)];

    /// <summary>By the name of their test: there may be as many red tests as a report holds.</summary>
    private readonly ILookup<string, QuarantinedTest> _inForce = entries
        .Where(entry => (entry.Step ?? step) == step && entry.Until >= today)
        .ToLookup(static entry => entry.Test, StringComparer.Ordinal);

    /// <summary>The entry by which a test may fail today, the first of several; null when it may not.</summary>
    public QuarantinedTest? Of(TestIdentity test)
        => _inForce.Count == 0 ? null : Spellings(test).SelectMany(name => _inForce[name]).MinBy(static entry => entry.Line);

    /// <summary>Entries that are over, whose test is stable again, or that name no test; null for none.</summary>
    /// <param name="tests">All that ran.</param>
    /// <param name="before">What the same step said elsewhere.</param>
    public IReadOnlyList<string>? Notes(IReadOnlyList<ReportedTest> tests, ReportsBefore before)
    {
        if (_entries.Count == 0) return null;
        var byName = new Dictionary<string, ReportedTest>(StringComparer.Ordinal);
        foreach (var test in tests.OrderByDescending(static test => test.IsRed))
            foreach (var name in Spellings(test.Id)) byName.TryAdd(name, test);
        var notes = _entries.Select(entry => Note(entry, byName.GetValueOrDefault(entry.Test), before)).OfType<string>().ToList();
        return notes.Count == 0 ? null : [.. notes.Take(MaxNotes)];
    }

    private string? Note(QuarantinedTest entry, ReportedTest? test, ReportsBefore before)
    {
        if (test is null) return entry.Step == step ? $"{entry.Place}: no test '{entry.Test}' has run" : null;
        if (entry.Until < today) return $"{entry.Place}: the quarantine of '{entry.Test}' was over on {entry.Until:yyyy-MM-dd}; "
            + (test.IsRed ? "mend the test" : "take the entry out");
        return test.Outcome == TestOutcome.Passed && !test.IsFlaky
            && before.PassedInNewest(JoinTests.Clip(test.Id.Key), EnoughPasses)
            ? $"{entry.Place}: '{entry.Test}' passed, and has not failed in the last {EnoughPasses} builds of the default branch; "
                + "take the entry out"
            : null;
    }

    /// <summary>As the verdict shows it, and the same for all spellings of the same test.</summary>
    private static IEnumerable<string> Spellings(TestIdentity test)
        => ((string[])[test.Display, test.Key]).SelectMany(static name => (string[])[name, JoinTests.Clip(name)])
            .Distinct(StringComparer.Ordinal);
}
