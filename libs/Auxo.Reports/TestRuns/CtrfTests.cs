using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The Common Test Report Format, JSON.</summary>
internal static class CtrfTests
{
    public static readonly ReportFormat Format = new("ctrf", ReportKind.Tests,
        static g => !g.IsList && g.Has("results") && g.InnerKeys.Contains("tool")
            && (g.Has("reportFormat") || g.InnerKeys.Contains("tests") || g.InnerKeys.Contains("summary")), Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new TestList();
        var results = json.RootElement.Get("results") ?? throw new ContentException("it has no 'results'");
        foreach (var test in results.NeededList("tests"))
        {
            var outcome = test.Get("status").Text() switch
            {
                "passed" => TestOutcome.Passed, "failed" => TestOutcome.Failed, _ => TestOutcome.Skipped,
            };
            var message = test.Get("message").Text(ReportLimits.Detail);
            list.Add(TestIdentity.Of(test.Get("filePath").Text(), Suite(test), test.Get("name").Text()), outcome,
                test.Get("duration") is { ValueKind: JsonValueKind.Number } ms ? Words.Duration(ms.GetDouble() / 1000) : null,
                message, $"{message}\n{test.Get("trace").Text(ReportLimits.Detail)}", test.Get("flaky").IsTrue());
        }

        var header = results.Get("summary")?.Get("tests");
        var announced = header is { ValueKind: JsonValueKind.Number } all && all.TryGetInt32(out var count) ? count : 0;
        return new TestReport(format, list.Tests) { Missing = Math.Max(0, announced - list.Tests.Count) };
    }

    private static string? Suite(JsonElement test)
        => test.Get("extra")?.Get("type").Text()
            ?? (test.Get("suite") is { ValueKind: JsonValueKind.Array } suites
                ? string.Join(" > ", suites.EnumerateArray().Select(static suite => ((JsonElement?)suite).Text()))
                : test.Get("suite").Text());
}
