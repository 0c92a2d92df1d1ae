using System.Globalization;
using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Findings;

/// <summary>SARIF 2.1. A result may leave its level and its name to its rule, and its words to the rule's messages.</summary>
internal static class Sarif
{
    public static readonly ReportFormat Format = new("sarif-2.1.0", ReportKind.Findings, static g => !g.IsList && g.Has("runs"), Read);

    private static FindingsReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var list = new FindingList();
        foreach (var run in json.RootElement.NeededList("runs"))
        {
            var rules = run.Get("tool", "driver", "rules").Each().ToList();
            var named = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var rule in run.Get("tool", "extensions").Each().SelectMany(static part => part.Get("rules").Each()).Concat(rules))
            {
                if (rule.Get("id").Text() is { } id) named[id] = rule;
            }

            foreach (var result in run.Get("results").Each()) Result(list, result, rules, named);
        }

        return list.Report(format);
    }

    private static void Result(FindingList list, JsonElement result, List<JsonElement> rules, Dictionary<string, JsonElement> named)
    {
        var id = result.Get("ruleId").Text() ?? result.Get("rule", "id").Text();
        JsonElement? rule = id is not null && named.TryGetValue(id, out var found) ? found
            : (result.Get("ruleIndex") ?? result.Get("rule", "index")).Number() is >= 0 and var index && index < rules.Count ? rules[index]
            : null;
        var level = result.Get("kind").Text() is { } kind && kind != "fail"
            ? "none"
            : result.Get("level").Text() ?? rule?.Get("defaultConfiguration", "level").Text() ?? "warning";
        var place = result.Get("locations").Each().FirstOrDefault();
        var file = place.Get("physicalLocation", "artifactLocation");
        var region = place.Get("physicalLocation", "region");
        list.Add(id ?? rule?.Get("id").Text(), level, file?.Get("uri").Text(),
            region?.Get("startLine").Number(), region?.Get("startColumn").Number(), Message(result, rule),
            result.Get("suppressions").Each().Any(static given => given.Get("status").Text() is null or "accepted"));
    }

    private static string? Message(JsonElement result, JsonElement? rule)
    {
        if (result.Get("message", "text").Text(ReportLimits.Detail) is { } text) return text;
        if (result.Get("message", "id").Text() is not { } id) return null;
        var words = rule?.Get("messageStrings", id, "text").Text(ReportLimits.Detail) ?? id;
        foreach (var (i, argument) in result.Get("message", "arguments").Each().Take(10).Index())
            words = words.Replace(
                "{" + i.ToString(CultureInfo.InvariantCulture) + "}", ((JsonElement?)argument).Text(), StringComparison.Ordinal);
        return words;
    }
}
