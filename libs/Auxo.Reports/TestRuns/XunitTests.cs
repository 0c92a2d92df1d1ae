using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The XML of xunit, version 2 and 3.</summary>
internal static class XunitTests
{
    public static readonly ReportFormat Format = new("xunit", ReportKind.Tests, static g => g.Root is "assemblies" or "assembly", Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var list = new TestList();
        var (announced, written) = (0, 0);
        while (xml.NextStart())
        {
            if (xml.Name == "assembly") announced += Words.Count(xml["total"]);
            else if (xml.Name == "test")
            {
                written++;
                Test(xml, list);
            }

            // What broke outside of a test, such as the end of a class's fixture.
            else if (xml.Name == "error") Ended(xml, list, TestIdentity.Of(null, xml["type"], xml["name"]), TestOutcome.Errored, null);
        }

        return new TestReport(format, list.Tests) { Missing = Math.Max(0, announced - written) };
    }

    private static void Test(XmlElements xml, TestList list)
        => Ended(xml, list, TestIdentity.Of(xml["source-file"], xml["type"], xml["name"]), xml["result"] switch
        {
            "Pass" => TestOutcome.Passed, "Fail" => TestOutcome.Failed, _ => TestOutcome.Skipped,
        }, Words.Seconds(xml["time"]));

    private static void Ended(XmlElements xml, TestList list, TestIdentity id, TestOutcome outcome, TimeSpan? duration)
    {
        string message = "", trace = "";
        var depth = xml.Depth;
        var empty = xml.IsEmpty;
        while (!empty && xml.Next() && !(xml.Depth == depth && !xml.IsStart))
        {
            if (!xml.IsStart) continue;
            if (xml.Name is "message" or "reason") message = xml.Text();
            else if (xml.Name == "stack-trace") trace = xml.Text();
        }

        list.Add(id, outcome, duration, message, $"{message}\n{trace}");
    }
}
