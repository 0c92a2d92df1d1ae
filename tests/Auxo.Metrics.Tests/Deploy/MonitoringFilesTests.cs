using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Metrics.Exposition;

namespace Auxo.Metrics.Tests.Deploy;

/// <summary>What <c>deploy/</c> gives to Prometheus, Alertmanager and Grafana.</summary>
public sealed partial class MonitoringFilesTests
{
    private static string Deploy { get; } = Find();

    public static TheoryData<string> Dashboards
        => [.. Directory.EnumerateFiles(Path.Combine(Deploy, "grafana/provisioning/dashboards/auxo"), "*.json")
            .Select(static f => Path.GetFileName(f)!)];

    [Fact]
    public async Task prometheus_takes_its_configuration_and_its_rules()
    {
        await Tool.RunAsync("promtool", ["check", "config", "prometheus.yml"], Path.Combine(Deploy, "prometheus"));
        var said = await Tool.RunAsync(
            "promtool", ["check", "rules", "--lint=all", "--lint-fatal", "auxo.rules.yml"], Path.Combine(Deploy, "prometheus"));

        Assert.Contains("rules found", said, StringComparison.Ordinal);
    }

    [Fact]
    public Task the_alerts_fire_when_they_should_and_only_then()
        => Tool.RunAsync("promtool", ["test", "rules", "auxo.rules.test.yml"], Path.Combine(Deploy, "prometheus"));

    [Theory]
    [InlineData("alertname=DORAScoreDropped severity=warning")]
    [InlineData("alertname=RadicleNodeDown severity=critical node=n1")]
    public async Task alertmanager_sends_everything_to_notify(string labels)
    {
        var config = Path.Combine(Deploy, "alertmanager", "alertmanager.yml");
        await Tool.RunAsync("amtool", ["check-config", config]);

        // A warning about a configuration in somebody's home may follow.
        Assert.StartsWith("auxo-notify\n", await Tool.RunAsync("amtool",
            ["config", "routes", "test", "--config.file", config, .. labels.Split(' ')]), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task a_dashboard_asks_for_names_that_exist_in_words_that_prometheus_understands(string file)
    {
        var dashboard = Read(file);
        var expressions = dashboard["panels"]!.AsArray()
            .SelectMany(static p => p!["targets"]!.AsArray()).Select(static t => (string)t!["expr"]!).ToList();

        Assert.NotEmpty(expressions);
        Assert.Empty(expressions.SelectMany(static e => Name().Matches(e).Select(static m => m.Value))
            .Except(Names(), StringComparer.Ordinal));
        var rules = string.Concat(expressions.Select(static (e, i)
            => $"  - record: test:panel:{i}\n    expr: |-\n      {e.Replace("$__range", "1h").Replace("$__interval", "5m")}\n"));
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, $"groups:\n- name: panels\n  rules:\n{rules}", TestContext.Current.CancellationToken);
        await Tool.RunAsync("promtool", ["check", "rules", path]);
        File.Delete(path);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void a_dashboard_can_be_provisioned(string file)
    {
        var dashboard = Read(file);
        var sources = File.ReadAllText(Path.Combine(Deploy, "grafana/provisioning/datasources/auxo.yaml"));
        var panels = dashboard["panels"]!.AsArray().Select(static p => p!.AsObject()).ToList();

        Assert.False(dashboard.ContainsKey("id"), "An id of another Grafana would overwrite somebody's dashboard.");
        Assert.StartsWith("auxo-", (string)dashboard["uid"]!, StringComparison.Ordinal);
        Assert.Equal(panels.Count, panels.Select(static p => (int)p["id"]!).Distinct().Count());
        Assert.All(panels, p => Assert.Contains($"uid: {(string)p["datasource"]!["uid"]!}\n", sources, StringComparison.Ordinal));
        Assert.All(panels, static p => Assert.InRange((int)p["gridPos"]!["x"]! + (int)p["gridPos"]!["w"]!, 1, 24));
        Assert.Empty(panels.SelectMany(
            (a, i) => panels.Skip(i + 1).Where(b => Overlap(a, b)).Select(b => $"{a["title"]} and {b["title"]}")));
    }

    [Fact]
    public void the_rules_ask_for_names_that_exist()
    {
        var rules = File.ReadAllText(Path.Combine(Deploy, "prometheus", "auxo.rules.yml"));
        Assert.Empty(Name().Matches(rules)
            .Select(static m => m.Value).Where(static n => n is not "radicle_alerts").Except(Names(), StringComparer.Ordinal));
        Assert.All(["CriticalVulnerabilitiesFound", "DORAScoreDropped", "CISuccessRateLow", "RadicleNodeDown"], name
            => Assert.Contains($"alert: {name}\n", rules, StringComparison.Ordinal));
    }

    private static HashSet<string> Names()
    {
        var metrics = new RadicleMetrics();
        metrics.AddService("0", "", 0, 0, DateTimeOffset.UnixEpoch);
        return [.. metrics.Page.Names.SelectMany(static n => new[] { n, n + "_bucket", n + "_sum", n + "_count" })];
    }

    private static bool Overlap(JsonObject a, JsonObject b)
    {
        var (p, q) = (a["gridPos"]!, b["gridPos"]!);
        return Crosses("x", "w") && Crosses("y", "h");

        bool Crosses(string start, string size)
            => (int)p[start]! < (int)q[start]! + (int)q[size]! && (int)q[start]! < (int)p[start]! + (int)p[size]!;
    }

    private static JsonObject Read(string file)
        => JsonNode.Parse(File.ReadAllText(Path.Combine(Deploy, "grafana/provisioning/dashboards/auxo", file)))!.AsObject();

    private static string Find([CallerFilePath] string file = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../deploy"));

    [GeneratedRegex(@"\bradicle_[a-z0-9_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
