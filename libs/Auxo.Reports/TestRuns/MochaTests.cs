using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The JSON of mocha. A hook that breaks is among its failures and not among its tests.</summary>
internal static class MochaTests
{
    public static readonly ReportFormat Format = new("mocha-json", ReportKind.Tests,
        static g => !g.IsList && g.Has("stats", "tests", "pending", "failures"), Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new TestList();
        foreach (var (name, outcome) in new[]
            { ("passes", TestOutcome.Passed), ("failures", TestOutcome.Failed), ("pending", TestOutcome.Skipped) })
        {
            foreach (var test in json.RootElement.NeededList(name))
                list.Add(
                    TestIdentity.Of(test.Get("file").Text(), type: "", (test.Get("fullTitle") ?? test.Get("title")).Text()), outcome,
                    test.Get("duration") is { ValueKind: JsonValueKind.Number } ms ? Words.Duration(ms.GetDouble() / 1000) : null,
                    test.Get("err", "message").Text(ReportLimits.Detail), test.Get("err", "stack").Text(ReportLimits.Detail),
                    outcome == TestOutcome.Passed && test.Get("currentRetry").Number() > 0);
        }

        return new TestReport(format, list.Tests);
    }
}
