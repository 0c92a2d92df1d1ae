using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings.Compilers;

/// <summary>What cargo prints for machines: a JSON value on each line. The place is that of the primary span.</summary>
internal static class CargoMessages
{
    public static readonly ReportFormat Format = new("cargo-messages-jsonl", ReportKind.Findings,
        static g => !g.IsList && g.Has("reason") && (g.Has("message", "target") || g.Has("package_id") || g.Has("success")), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new FindingList();
        foreach (var value in JsonText.Values(content))
        {
            if (value.Get("reason").Text() != "compiler-message" || value.Get("message") is not { } found) continue;
            var spans = found.Get("spans").Each().ToList();
            // "2 warnings emitted" has neither a place nor a code.
            if (spans.Count == 0 && found.Get("code") is null) continue;
            JsonElement? place = spans.Find(static span => span.Get("is_primary").IsTrue());
            list.Add(found.Get("code", "code").Text(), found.Get("level").Text(), place?.Get("file_name").Text(),
                place?.Get("line_start").Number(), place?.Get("column_start").Number(), found.Get("message").Text(ReportLimits.Detail));
        }

        return list.Report(format);
    }
}
