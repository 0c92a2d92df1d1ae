using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Scanners;

/// <summary>The JSON of Trivy: vulnerable packages, settings, secrets and licences. Nothing found is no list at all.</summary>
internal static class Trivy
{
    public static readonly ReportFormat Format = new("trivy-json", ReportKind.Findings,
        static g => !g.IsList && g.Has("SchemaVersion") && (g.Has("Results") || g.Has("ArtifactName")), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var result in json.RootElement.Get("Results").Each())
        {
            var target = result.Get("Target").Text();
            foreach (var found in result.Get("Vulnerabilities").Each())
                list.Add(found.Get("VulnerabilityID").Text(), found.Get("Severity").Text(), target, line: null, column: null,
                    Package(found), level: Level(found));
            foreach (var found in result.Get("Misconfigurations").Each())
            {
                if (found.Get("Status").Text() == "PASS") continue;
                list.Add(found.Get("ID").Text(), found.Get("Severity").Text(), target, found.Get("CauseMetadata", "StartLine").Number(),
                    column: null, (found.Get("Message") ?? found.Get("Title")).Text(ReportLimits.Detail), level: Level(found));
            }

            foreach (var found in result.Get("Secrets").Each())
                list.Add(found.Get("RuleID").Text(), found.Get("Severity").Text(), target, found.Get("StartLine").Number(), column: null,
                    found.Get("Title").Text(ReportLimits.Detail), level: Level(found));
            foreach (var found in result.Get("Licenses").Each())
                list.Add($"license:{found.Get("Name").Text()}", found.Get("Severity").Text(),
                    found.Get("FilePath").Text() ?? target, line: null, column: null,
                    $"{found.Get("PkgName").Text()} has the licence {found.Get("Name").Text()}", level: Level(found));
            foreach (var hidden in result.Get("ExperimentalModifiedFindings").Each())
                list.Add(hidden.Get("Finding", "VulnerabilityID").Text(), hidden.Get("Finding", "Severity").Text(), target, line: null,
                    column: null, hidden.Get("Statement").Text(ReportLimits.Detail), suppressed: true);
        }

        return list.Report(format);
    }

    private static string Package(JsonElement found)
    {
        var fix = found.Get("FixedVersion").Text();
        return $"{found.Get("PkgName").Text()} {found.Get("InstalledVersion").Text()}: "
            + $"{found.Get("Title").Text(ReportLimits.Message) ?? found.Get("VulnerabilityID").Text()}"
            + (string.IsNullOrEmpty(fix) ? "" : $" (fixed in {fix})");
    }

    private static FindingLevel? Level(JsonElement found) => found.Get("Severity").Text() == "UNKNOWN" ? FindingLevel.Warning : null;
}
