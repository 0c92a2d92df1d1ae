using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Metrics.Tests.Golden;

/// <summary>What the service answers, in the words of the golden file.</summary>
internal static class GoldenAnswer
{
    public static async Task<JsonObject> OfAsync(
        MetricsHost host, GoldenFile golden, Rid rid, string from, string to, string asOf, string more = "")
    {
        var query = $"?from={from}&to={to}&asOf={asOf}{more}";
        var dora = await host.GetAsync($"/api/dora/{rid}{query}");
        var evidence = await host.GetAsync($"/api/dora/{rid}/evidence{query}");
        var ci = await host.GetAsync($"/api/ci/{rid}{query}");
        Assert.False((bool)evidence["truncated"]!);
        var (frequency, lead, recovery) = (dora["deploymentFrequency"]!, dora["changeLeadTime"]!, dora["recovery"]!);
        var deployments = Items(evidence, "deployments").Reverse().ToList();
        var closed = Items(evidence, "recoveries").Where(static r => !(bool)r["open"]!).ToList();
        var days = deployments.Select(static d => DateTimeOffset.Parse((string)d["at"]!)).ToList();
        return new JsonObject
        {
            ["deployments"] = frequency["n"]!.DeepClone(),
            ["deploymentIds"] = new JsonArray([.. deployments.Select(static d => d["id"]!.DeepClone())]),
            ["deploymentsPerDay"] = frequency["perDay"]!.DeepClone(),
            ["deploymentDays"] = frequency["deploymentDays"]!.DeepClone(),
            ["deploymentDaysUtc"] = Days(days, TimeZoneInfo.Utc),
            ["deploymentDaysLocal"] = Days(days, TimeZoneInfo.FindSystemTimeZoneById(golden.Zone)),
            ["deploymentDaysPerWeek"] = frequency["deploymentDaysPerWeek"]!.DeepClone(),
            ["changeLeadTimeSeconds"] = new JsonObject
            {
                ["samples"] = Samples(Items(evidence, "changes"), c => golden.Patches[(string)c["id"]!], "leadTimeSeconds"),
                ["count"] = lead["time"]!["n"]!.DeepClone(),
                ["p50"] = Copy(lead["time"]!["p50Seconds"]),
                ["p75"] = Copy(lead["time"]!["p75Seconds"]),
                ["p90"] = Copy(lead["time"]!["p90Seconds"]),
                ["mean"] = Copy(lead["time"]!["meanSeconds"]),
            },
            ["stageMediansSeconds"] = new JsonObject
            {
                ["coding"] = Copy(lead["stages"]!["codingP50Seconds"]),
                ["review"] = Copy(lead["stages"]!["reviewP50Seconds"]), ["deploy"] = Copy(lead["stages"]!["deployP50Seconds"]),
            },
            ["changeFailRate"] = new JsonObject
            {
                ["failed"] = new JsonArray(
                    [.. deployments.Where(static d => d["failures"]!.AsArray().Count > 0).Select(static d => d["id"]!.DeepClone())]),
                ["value"] = Copy(dora["changeFailRate"]!["ratio"]),
            },
            ["failedDeploymentRecoverySeconds"] = new JsonObject
            {
                ["samples"] = Samples(closed, static r => (string)r["deployment"]!, "recoverySeconds"),
                ["p50"] = Copy(recovery["time"]!["p50Seconds"]),
                ["mean"] = Copy(recovery["time"]!["meanSeconds"]),
                ["open"] = recovery["open"]!.DeepClone(),
            },
            ["exposureSeconds"] = new JsonObject
            {
                ["samples"] = Samples(closed, static r => (string)r["deployment"]!, "exposureSeconds"),
                ["p50"] = Copy(recovery["exposureP50Seconds"]),
            },
            ["reworkRate"] = new JsonObject
            {
                ["rework"] = new JsonArray([.. deployments.Where(static d => (bool)d["rework"]!).Select(static d => d["id"]!.DeepClone())]),
                ["value"] = Copy(dora["rework"]!["ratio"]),
            },
            ["tiers"] = new JsonObject
            {
                ["deploymentFrequency"] = Points(frequency["tier"]), ["changeLeadTime"] = Points(lead["tier"]),
                ["changeFailRate"] = Points(dora["changeFailRate"]!["tier"]),
                ["failedDeploymentRecoveryTime"] = Points(recovery["tier"]),
            },
            ["doraScore"] = Copy(dora["score"]),
            ["quickCheck"] = new JsonObject
            {
                ["leadtime"] = Copy(dora["quickCheck"]!["leadTime"]), ["deployfreq"] = Copy(dora["quickCheck"]!["deploymentFrequency"]),
                ["failurerecovery"] = Copy(dora["quickCheck"]!["recovery"]),
                ["changefailure"] = Copy(dora["quickCheck"]!["changeFailure"]), ["rework"] = Copy(dora["quickCheck"]!["rework"]),
            },
            ["quickCheckScore"] = Copy(dora["quickCheck"]!["score"]),
            ["ci"] = new JsonObject
            {
                ["success"] = ci["success"]!["passed"]!.DeepClone(),
                ["failure"] = (int)ci["success"]!["n"]! - (int)ci["success"]!["passed"]!,
                ["canceled"] = (int?)ci["outcomes"]!["cancelled"] ?? 0,
                ["successRate"] = Copy(ci["success"]!["ratio"]),
                ["commitSuccessRate"] = Copy(ci["commits"]!["ratio"]),
                ["flakyCommits"] = ci["flakyCommits"]!.DeepClone(),
                ["durationP50"] = Copy(ci["duration"]!["p50Seconds"]),
            },
        };
    }

    /// <summary>The same, numbers to a millionth.</summary>
    public static void AssertSame(JsonNode? expected, JsonNode? actual, string path = "")
    {
        switch (expected)
        {
            case JsonObject members:
                Assert.Equal(members.Select(static m => m.Key)
                    .Order(StringComparer.Ordinal), actual!.AsObject().Select(static m => m.Key).Order(StringComparer.Ordinal));
                foreach (var (name, value) in members) AssertSame(value, actual[name], $"{path}.{name}");
                break;
            case JsonArray items:
                Assert.True(items.Count == actual!.AsArray()
                    .Count, $"{path}: expected {items.ToJsonString()}, got {actual.ToJsonString()}");
                for (var i = 0; i < items.Count; i++) AssertSame(items[i], actual[i], $"{path}[{i}]");
                break;
            case JsonValue number when number.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                Assert.True(actual is not null && Math.Abs(Number(number) - Number(actual)) <= 1e-6,
                    $"{path}: expected {number}, got {actual?.ToJsonString() ?? "null"}");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual),
                    $"{path}: expected {expected?.ToJsonString() ?? "null"}, got {actual?.ToJsonString() ?? "null"}");
                break;
        }
    }

    /// <summary>As a double, however the node came to be.</summary>
    private static double Number(JsonNode node) => double.Parse(node.ToJsonString());

    private static IEnumerable<JsonObject> Items(JsonObject answer, string name)
        => answer[name]!.AsArray().Select(static i => i!.AsObject());

    private static JsonObject Samples(IEnumerable<JsonObject> items, Func<JsonObject, string> name, string value)
        => new(items.Select(i => KeyValuePair.Create(name(i), (JsonNode?)i[value]!.DeepClone())));

    private static JsonArray Days(List<DateTimeOffset> times, TimeZoneInfo zone)
        => new([.. times.Select(t => (JsonNode)TimeZoneInfo.ConvertTime(t, zone).ToString("yyyy-MM-dd"))
            .DistinctBy(static d => d.ToJsonString())]);

    private static JsonNode? Points(JsonNode? tier)
        => (string?)tier switch { "elite" => 4, "high" => 3, "medium" => 2, "low" => 1, _ => null };

    private static JsonNode? Copy(JsonNode? node) => node?.DeepClone();
}
