using Auxo.Reports.TestRuns;

namespace Auxo.Pipeline.Reports;

/// <summary>Several reports of one step's tests in one.</summary>
internal static class JoinTests
{
    /// <summary>
    /// All tests. Two loggers may write the same run in two formats: a test that is there in one of them does not count again in the
    /// other. In files of one format each counts, since a run of another platform has the same names.
    /// </summary>
    public static IReadOnlyList<ReportedTest> Of(IReadOnlyList<TestReport> reports)
    {
        var formats = reports.GroupBy(static report => report.Format.Name, StringComparer.Ordinal)
            .Select(static format => format.SelectMany(static report => report.Tests).ToList())
            .OrderByDescending(static tests => tests.Count).ToList();
        if (formats.Count == 0) return [];
        var all = formats[0];
        var known = all.Select(static test => test.Id.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var other in formats.Skip(1))
        {
            var fresh = other.Where(test => !known.Contains(test.Id.Key)).ToList();
            all.AddRange(fresh);
            known.UnionWith(fresh.Select(static test => test.Id.Key));
        }

        return all;
    }

    /// <summary>What is kept of them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tests">All.</param>
    /// <param name="before">What the same step said elsewhere.</param>
    /// <param name="path">Where a file of a report lies in the repository; null when it is in none.</param>
    /// <param name="quarantine">The tests that may fail; null for none.</param>
    public static StepTests Summarise(
        string step, IReadOnlyList<ReportedTest> tests, ReportsBefore before, Func<string, string?> path, Quarantine? quarantine = null)
    {
        quarantine ??= Quarantine.None;
        var red = tests.Where(static test => test.IsRed).ToList();
        var green = tests.Where(static test => test.Outcome == TestOutcome.Passed).ToList();
        var flaky = green.Where(test => test.IsFlaky || before.FailedHere(Clip(test.Id.Key)))
            .Concat(red.Where(test => before.PassedHere(Clip(test.Id.Key))))
            .Select(static test => test.Id.Display).Distinct(StringComparer.Ordinal).ToList();
        var failures = red.Select(test => new FailedTest(
                Clip(test.Id.Display), Clip(test.Message), test.Id.File is { } file ? path(file) : null,
                !before.FailsOnDefaultBranch(Clip(test.Id.Key)), Clip(test.Id.Key)) { Quarantined = quarantine.Of(test.Id)?.Words })
            .OrderBy(static test => test.Quarantined is not null).ThenByDescending(static test => test.IsNew);
        return new StepTests(
            step, tests.Count, green.Count, red.Count, tests.Count - green.Count - red.Count, [.. failures.Take(StepTests.Most)],
            [.. flaky.Take(StepTests.Most).Select(Clip)])
        {
            FlakyCount = flaky.Count, Quarantined = red.Count(test => quarantine.Of(test.Id) is not null),
            QuarantineNotes = quarantine.Notes(tests, before),
        };
    }

    /// <summary>As much of a test's name as is kept.</summary>
    internal static string Clip(string text) => text.Length <= 300 ? text : text[..(char.IsHighSurrogate(text[299]) ? 299 : 300)] + "…";
}
