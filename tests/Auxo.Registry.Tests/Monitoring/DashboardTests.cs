using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Registry.Monitoring;
using Auxo.Testing;

using Microsoft.Extensions.Hosting;

namespace Auxo.Registry.Tests.Monitoring;

/// <summary>The registry's dashboard for Grafana asks for what the registry says of itself.</summary>
public sealed partial class DashboardTests(PostgresFixture postgres)
{
    [Fact]
    public async Task every_name_and_label_that_it_asks_for_is_on_the_page_of_the_registry()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        await host.DefineAsync("raw");
        await host.DefineAsync("npm", format: "npm", upstream: "https://registry.example");
        (await host.PutAsync("/raw/raw/a", "a")).Dispose();
        (await host.GetAsync("/raw/raw/a")).Dispose();
        await host.Get<IEnumerable<IHostedService>>().OfType<RegistryGauges>().Single().LookAsync(ct);
        var samples = (await host.Client.GetStringAsync("/metrics", ct)).Split('\n').Where(static line => !line.StartsWith('#')).ToList();

        var dashboard = JsonNode.Parse(await File.ReadAllTextAsync(Find(), ct))!;
        var expressions = dashboard["panels"]!.AsArray().SelectMany(static p => p!["targets"]!.AsArray())
            .Select(static t => (string)t!["expr"]!).Append((string)dashboard["templating"]!["list"]![0]!["definition"]!).ToList();
        Assert.InRange(expressions.Count, 8, 100);
        foreach (var expression in expressions)
        {
            var names = Name().Matches(expression).Select(static m => m.Groups["name"].Value).ToList();
            Assert.NotEmpty(names);
            foreach (var name in names)
            {
                var there = samples.Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)).ToList();
                Assert.True(there.Count > 0, $"{name} is not on the page");
                // 'job' is Prometheus's.
                foreach (var label in Label().Matches(expression).Select(static m => m.Groups["label"].Value).Where(static l => l != "job"))
                    Assert.True(there.Exists(line => line.Contains(label + "=\"", StringComparison.Ordinal)), $"{name} has no {label}");
            }
        }
    }

    private static string Find([CallerFilePath] string file = "")
        => Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(file)!, "../../../deploy/grafana/provisioning/dashboards/auxo/registry.json"));

    [GeneratedRegex(@"\b(?<name>(auxo|http)_[a-z0-9_]+)[{,]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex("(?<label>[a-z_]+)=~?\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
