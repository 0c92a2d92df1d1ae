using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>The sums of istanbul (<c>json-summary</c>). Of nothing its percentage is the text <c>Unknown</c>.</summary>
internal static class IstanbulSummary
{
    public static readonly ReportFormat Format = new("istanbul-json-summary", ReportKind.Coverage,
        static g => !g.IsList && g.Has("total") && g.InnerKeys.Contains("statements") && g.InnerKeys.Contains("lines"), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var map = new CoverageMap();
        foreach (var file in ((JsonElement?)json.RootElement).Members())
        {
            if (file.NameEquals("total")) continue;
            map.File(file.Name).Sums(Of(file.Value, "lines"), Of(file.Value, "branches"));
        }

        return map.Report(format);
    }

    private static Ratio Of(JsonElement file, string what)
        => file.Get(what) is { } sums ? new Ratio(sums.Get("covered").Count(), sums.Get("total").Count()) : default;
}
