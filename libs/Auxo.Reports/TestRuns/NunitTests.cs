using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The XML of NUnit 3 and later.</summary>
internal static class NunitTests
{
    public static readonly ReportFormat Format = new("nunit3", ReportKind.Tests, static g => g.Root == "test-run", Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var list = new TestList();
        TimeSpan? all = null;
        while (xml.NextStart())
        {
            if (xml.Name == "test-run") all = Words.Seconds(xml["duration"]);
            if (xml.Name != "test-case") continue;
            var id = TestIdentity.Of(file: null, xml["classname"], xml["fullname"] ?? xml["name"]);
            var outcome = (xml["result"], xml["label"]) switch
            {
                ("Passed" or "Warning", _) => TestOutcome.Passed,
                ("Failed", "Error" or "Cancelled") => TestOutcome.Errored,
                ("Failed", _) => TestOutcome.Failed,
                _ => TestOutcome.Skipped,
            };
            var duration = Words.Seconds(xml["duration"]);
            string message = "", trace = "";
            var (depth, empty) = (xml.Depth, xml.IsEmpty);
            while (!empty && xml.Next() && !(xml.Depth == depth && !xml.IsStart))
            {
                if (!xml.IsStart) continue;
                if (xml.Name == "message" && message.Length == 0) message = xml.Text();
                else if (xml.Name == "stack-trace" && trace.Length == 0) trace = xml.Text();
            }

            list.Add(id, outcome, duration, message, $"{message}\n{trace}");
        }

        return new TestReport(format, list.Tests) { Duration = all };
    }
}
