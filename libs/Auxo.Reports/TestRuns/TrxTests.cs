using System.Globalization;

using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The XML of Visual Studio's test tools. The class of a test stands apart from its result.</summary>
internal static class TrxTests
{
    public static readonly ReportFormat Format = new("trx", ReportKind.Tests, static g => g.Root == "TestRun", Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var results = new List<Result>();
        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Stack<Result>();
        string? definition = null;
        var (announced, isCutOff) = (0, false);
        while (xml.Next())
        {
            switch (xml.Name)
            {
                case "UnitTestResult" when xml.IsStart:
                    if (results.Count == ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} tests");
                    if (open.TryPeek(out var around)) around.IsGroup = true;
                    var result = new Result(xml["testId"] ?? "", xml["testName"] ?? "", Outcome(xml["outcome"]), Duration(xml["duration"]));
                    results.Add(result);
                    if (!xml.IsEmpty) open.Push(result);
                    break;
                case "UnitTestResult":
                    open.TryPop(out _);
                    break;
                case "Message" when xml.IsStart && open.TryPeek(out var says):
                    says.Message ??= xml.Text();
                    break;
                case "StackTrace" when xml.IsStart && open.TryPeek(out var traced):
                    traced.Trace ??= xml.Text();
                    break;
                case "ResultSummary" when xml.IsStart:
                    isCutOff = xml["outcome"] is "Aborted" or "PassedButRunAborted" or "Error" or "Timeout";
                    break;
                case "Counters" when xml.IsStart:
                    announced = Words.Count(xml["total"]);
                    break;
                case "UnitTest" when xml.IsStart:
                    definition = xml["id"];
                    break;
                case "TestMethod" when xml.IsStart && definition is not null:
                    classes[definition] = xml["className"] ?? "";
                    break;
            }
        }

        var list = new TestList();
        foreach (var result in results.Where(static result => !result.IsGroup))
            list.Add(TestIdentity.Of(file: null, classes.GetValueOrDefault(result.TestId), result.Name), result.Outcome, result.Duration,
                result.Message, result.Trace is null ? result.Message : $"{result.Message}\n{result.Trace}");
        return new TestReport(format, list.Tests) { Missing = Math.Max(isCutOff ? 1 : 0, announced - list.Tests.Count) };
    }

    private static TestOutcome Outcome(string? word) => word switch
    {
        "Passed" or "Completed" or "Warning" or "PassedButRunAborted" => TestOutcome.Passed,
        "Failed" => TestOutcome.Failed,
        "Error" or "Timeout" or "Aborted" => TestOutcome.Errored,
        _ => TestOutcome.Skipped,
    };

    private static TimeSpan? Duration(string? text)
        => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero ? time : null;

    private sealed record Result(string TestId, string Name, TestOutcome Outcome, TimeSpan? Duration)
    {
        /// <summary>It stands for the results in it, which count instead.</summary>
        public bool IsGroup { get; set; }

        public string? Message { get; set; }

        public string? Trace { get; set; }
    }
}
