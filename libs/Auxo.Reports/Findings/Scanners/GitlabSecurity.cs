using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>GitLab's security report, which several scanners can write. The rule is the first identifier.</summary>
internal static class GitlabSecurity
{
    public static readonly ReportFormat Format = new("gitlab-security-report", ReportKind.Findings,
        static g => !g.IsList && g.Has("vulnerabilities", "version") && !g.Has("bomFormat"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var found in json.RootElement.NeededList("vulnerabilities"))
            list.Add(found.Get("identifiers").Each().FirstOrDefault().Get("value").Text(), found.Get("severity").Text(),
                found.Get("location", "file").Text(), found.Get("location", "start_line").Number(), column: null,
                (found.Get("message") ?? found.Get("description") ?? found.Get("name")).Text(ReportLimits.Detail));
        return list.Report(format);
    }
}
