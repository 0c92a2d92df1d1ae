using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>
/// JUnit's XML, which has no definition and a dialect per tool: suites in suites, tests outside of any, <c>error</c> for a failed
/// assertion, a failure below what is to be skipped.
/// </summary>
internal static class JunitTests
{
    public static readonly ReportFormat Format = new("junit", ReportKind.Tests, static g => g.Root is "testsuites" or "testsuite", Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var list = new TestList();
        var files = new Stack<string?>();
        TimeSpan? all = null, sum = null;
        int announced = 0, ofSuites = 0, written = 0;
        while (xml.Next())
        {
            switch (xml.Name)
            {
                case "testsuites" when xml.IsStart:
                    all = Words.Seconds(xml["time"]);
                    announced = Words.Count(xml["tests"]);
                    break;
                case "testsuite" when !xml.IsStart:
                    files.TryPop(out _);
                    break;
                case "testsuite":
                    if (files.Count == 0) ofSuites += Words.Count(xml["tests"]);
                    if (files.Count == 0 && Words.Seconds(xml["time"]) is { } time) sum = (sum ?? TimeSpan.Zero) + time;
                    if (!xml.IsEmpty) files.Push(xml["file"] ?? xml["filepath"] ?? files.FirstOrDefault());
                    break;
                case "testcase" when xml.IsStart:
                    written++;
                    Add(list, Case(xml, files.FirstOrDefault()));
                    break;
            }
        }

        return new TestReport(format, list.Tests)
        {
            Duration = all ?? sum, Missing = Math.Max(0, (announced > 0 ? announced : ofSuites) - written),
        };
    }

    private static ReportedTest Case(XmlElements xml, string? fileOfSuite)
    {
        var id = TestIdentity.Of(xml["file"] ?? fileOfSuite, xml["classname"], xml["name"]);
        var duration = Words.Seconds(xml["time"]);
        var skipped = xml["status"] is "disabled" or "notrun" or "skipped" || xml["result"] is "suppressed" or "skipped";
        var (failed, errored, flaky) = (false, false, false);
        string message = "", detail = "", reason = "";
        var (depth, empty) = (xml.Depth, xml.IsEmpty);
        while (!empty && xml.Next() && !(xml.Depth == depth && !xml.IsStart))
        {
            if (!xml.IsStart || xml.Depth != depth + 1) continue;
            switch (xml.Name)
            {
                case "skipped" or "disabled":
                    skipped = true;
                    reason = xml["message"] ?? "";
                    break;
                case "failure" or "error":
                    // An error says more than the failure beside it.
                    var isFirst = !failed && !errored;
                    var isError = xml.Name == "error";
                    var (words, text) = (xml["message"] ?? "", xml.Text());
                    if (isFirst || (isError && !errored)) (message, detail) = (words, text);
                    failed |= !isError;
                    errored |= isError;
                    break;
                case "flakyFailure" or "flakyError":
                    flaky = true;
                    break;
            }
        }

        // A failing test that is known to be one ("todo") is no failure of the run.
        var outcome = errored ? TestOutcome.Errored : skipped ? TestOutcome.Skipped : failed ? TestOutcome.Failed : TestOutcome.Passed;
        var said = new TestList();
        said.Add(id, outcome, duration, outcome == TestOutcome.Skipped && reason.Length > 0 ? reason : message, detail,
            flaky && outcome == TestOutcome.Passed);
        return said.Tests[0];
    }

    /// <summary>
    /// One test that failed and whose teardown broke, or a file that could not be loaded, is written as a failure and an error of one
    /// name, one after the other: a person counts it once.
    /// </summary>
    private static void Add(TestList list, ReportedTest test)
    {
        if (list.Tests is [.., var before] && before.Id == test.Id && before.Id.Name.Length > 0 && before.IsRed && test.IsRed
            && before.Outcome != test.Outcome)
        {
            if (test.Outcome == TestOutcome.Errored) list.Tests[^1] = test;
            return;
        }

        list.Add(test);
    }
}
