using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Linters;

/// <summary>Checkstyle's XML, which most linters can write.</summary>
internal static class Checkstyle
{
    public static readonly ReportFormat Format = new("checkstyle", ReportKind.Findings, static g => g.Root == "checkstyle", Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var list = new FindingList();
        string? file = null;
        while (xml.NextStart())
        {
            if (xml.Name == "file") file = xml["name"];
            else if (xml.Name == "error")
                list.Add(xml["source"], xml["severity"] ?? "error", file, xml.Number("line"), xml.Number("column"), xml["message"]);
        }

        return list.Report(format);
    }
}
