using System.Text;
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
            var rules = run.Get("tool", "driver", "rules").Each().Select(static rule => new Rule(rule)).ToList();
            var named = new Dictionary<string, Rule>(StringComparer.Ordinal);
            foreach (var rule in run.Get("tool", "extensions").Each().SelectMany(static part => part.Get("rules").Each())
                .Select(static rule => new Rule(rule)).Concat(rules))
            {
                if (rule.Id is { } id) named[id] = rule;
            }

            foreach (var result in run.Get("results").Each()) Result(list, result, rules, named);
        }

        return list.Report(format);
    }

    private static void Result(FindingList list, JsonElement result, List<Rule> rules, Dictionary<string, Rule> named)
    {
        var id = result.Get("ruleId").Text() ?? result.Get("rule", "id").Text();
        var rule = id is not null && named.TryGetValue(id, out var found) ? found
            : (result.Get("ruleIndex") ?? result.Get("rule", "index")).Number() is >= 0 and var index && index < rules.Count ? rules[index]
            : null;
        var level = result.Get("kind").Text() is { } kind && kind != "fail"
            ? "none"
            : result.Get("level").Text() ?? rule?.Level ?? "warning";
        var place = result.Get("locations").Each().FirstOrDefault();
        var file = place.Get("physicalLocation", "artifactLocation");
        var region = place.Get("physicalLocation", "region");
        list.Add(id ?? rule?.Id, level, file?.Get("uri").Text(),
            region?.Get("startLine").Number(), region?.Get("startColumn").Number(), Message(result, rule),
            result.Get("suppressions").Each().Any(static given => given.Get("status").Text() is null or "accepted"));
    }

    private static string? Message(JsonElement result, Rule? rule)
    {
        if (result.Get("message", "text").Text(ReportLimits.Detail) is { } text) return text;
        if (result.Get("message", "id").Text() is not { } id) return null;
        return Filled(
            rule?.Message(id) ?? id,
            [.. result.Get("message", "arguments").Each().Take(10).Select(static one => ((JsonElement?)one).Text() ?? "")]);
    }

    /// <summary>
    /// Puts each argument into its places, once: an argument that has places itself would make the text longer with each of them.
    /// </summary>
    private static string Filled(string words, List<string> arguments)
    {
        var text = new StringBuilder();
        for (var at = 0; at < words.Length && text.Length <= ReportLimits.Detail; at++)
        {
            if (words.AsSpan(at) is ['{', >= '0' and <= '9' and var digit, '}', ..] && digit - '0' < arguments.Count)
            {
                text.Append(arguments[digit - '0']);
                at += 2;
            }
            else
            {
                text.Append(words[at]);
            }
        }

        return Words.Clip(text.ToString(), ReportLimits.Detail);
    }

    /// <summary>
    /// What results ask of a rule, read once: there may be many results of one rule, and much in that.
    /// </summary>
    private sealed class Rule(JsonElement json)
    {
        private Dictionary<string, string>? _messages;

        public string? Id { get; } = json.Get("id").Text();

        public string? Level { get; } = json.Get("defaultConfiguration", "level").Text();

        public string? Message(string id) => (_messages ??= Messages()).GetValueOrDefault(id);

        private Dictionary<string, string> Messages()
        {
            var messages = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var message in json.Get("messageStrings").Members())
            {
                if (message.Value.Get("text").Text(ReportLimits.Detail) is { } text) messages[message.Name] = text;
            }

            return messages;
        }
    }
}
