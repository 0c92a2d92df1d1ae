using System.Globalization;
using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>What istanbul counted (<c>coverage-final.json</c>). A line ran as often as the statement on it that ran most.</summary>
internal static class IstanbulCoverage
{
    public static readonly ReportFormat Format = new("istanbul-coverage-final", ReportKind.Coverage,
        static g => !g.IsList && g.InnerKeys.Contains("statementMap"), Read);

    private static CoverageReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var map = new CoverageMap();
        foreach (var file in ((JsonElement?)json.RootElement).Members())
        {
            var entry = map.File(file.Value.Get("path").Text() ?? file.Name);
            var statements = ByName(file.Value.Get("s"));
            foreach (var statement in file.Value.Get("statementMap").Members())
            {
                if (statement.Value.Get("start", "line").Number() is not { } line)
                    throw new ContentException($"a statement of {Words.Clip(file.Name, 200)} has no line");
                entry.Line(line, Hits(statements.TryGetValue(statement.Name, out var hits) ? hits : null));
            }

            var branches = ByName(file.Value.Get("b"));
            foreach (var branch in file.Value.Get("branchMap").Members())
            {
                var line = branch.Value.Get("loc", "start", "line").Number() ?? branch.Value.Get("line").Number() ?? 0;
                var ways = branches.TryGetValue(branch.Name, out var counted) ? counted : (JsonElement?)null;
                foreach (var (i, taken) in ways.Each().Index())
                    entry.Branch(line, branch.Name, i.ToString(CultureInfo.InvariantCulture), Hits(taken) > 0);
            }
        }

        return map.Report(format);
    }

    /// <summary>To find a member in an object is to look at all of it, and a file may have very many.</summary>
    private static Dictionary<string, JsonElement> ByName(JsonElement? counts)
    {
        var byName = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var count in counts.Members()) byName[count.Name] = count.Value;
        return byName;
    }

    private static long Hits(JsonElement? count) => Words.Hits(count.Text());
}
