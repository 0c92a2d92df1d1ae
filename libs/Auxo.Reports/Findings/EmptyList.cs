namespace Auxo.Reports.Findings;

/// <summary>A JSON list without entries, or <c>null</c>: a dozen tools write that when they have found nothing.</summary>
internal static class EmptyList
{
    public static readonly ReportFormat Format = new("empty-list", ReportKind.Findings,
        static g => g.IsEmptyList || (g.EndsWith(".json") && g.Lines is ["null"] or ["null", ""]),
        static (format, content) =>
        {
            using var json = Reading.JsonText.Parse(content);
            return new FindingList().Report(format);
        });
}
