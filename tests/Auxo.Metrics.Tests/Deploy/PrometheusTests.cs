using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using Auxo.Contracts;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Tests.Messages;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Deploy;

/// <summary>A real Prometheus with the configuration of <c>deploy/</c>, scraping the real service.</summary>
public sealed partial class PrometheusTests(PostgresFixture postgres) : IAsyncLifetime
{
    private MetricsHost _host = null!;

    /// <summary>On a port, since another program asks it.</summary>
    public async ValueTask InitializeAsync() => _host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task prometheus_scrapes_the_service_and_knows_the_rules()
    {
        var program = Tool.Require("prometheus");
        var rid = Ids.Rid("scraped");
        var hours = (TimeProvider.System.GetUtcNow() - SampleMessages.Noon).TotalHours - 2;
        await _host.SendAsync(new RepositoryTracked(rid, "a \"quoted\" name", "main", SampleMessages.Nowhere, [],
            SampleMessages.At(hours)),
            SampleMessages.Advanced(rid, null, "c0", hours), SampleMessages.Built(rid, "c0", hours + 1));
        await _host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(TestContext.Current.CancellationToken);

        using var port = ReservedPort.Take();
        var folder = Directory.CreateTempSubdirectory("auxo-prometheus-");
        var config = await File.ReadAllTextAsync(Path.Combine(Source(), "prometheus.yml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "prometheus.yml"),
            config.Replace("127.0.0.1:9100", _host.Client.BaseAddress!.Authority)
                .Replace("scrape_interval: 15s", "scrape_interval: 1s"), TestContext.Current.CancellationToken);
        File.Copy(Path.Combine(Source(), "auxo.rules.yml"), Path.Combine(folder.FullName, "auxo.rules.yml"));
        using var process = Process.Start(
            new ProcessStartInfo(program, ["--config.file=prometheus.yml", "--storage.tsdb.path=data",
                $"--web.listen-address=127.0.0.1:{port.Number}", "--log.level=error"])
        {
            UseShellExecute = false, RedirectStandardError = true, WorkingDirectory = folder.FullName,
        })!;
        try
        {
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port.Number}") };
            var up = await Eventually.ValueAsync(() => AskAsync(client, "up{job=\"radicle\"} == 1"), "Prometheus has scraped the service");
            Assert.NotNull(up);
            var rate = await Eventually.ValueAsync(()
                => AskAsync(client, $"radicle_ci_success_rate{{repo=\"{rid}\"}} * on (repo) group_left (name) radicle_repo_info"),
                "the success rate is there");
            Assert.Equal("a \"quoted\" name", (string)rate["metric"]!["name"]!);
            Assert.Equal("1", (string)rate["value"]![1]!);
            var rules = JsonNode.Parse(await client.GetStringAsync("/api/v1/rules", TestContext.Current.CancellationToken))!;
            Assert.Equal(2, rules["data"]!["groups"]!.AsArray().Count);
            await PanelsAsync(client, rid.Value);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Every expression of every panel, asked as Grafana asks: none is an error, and each has an answer for which the service
    /// exports a value.
    /// </summary>
    private async Task PanelsAsync(HttpClient client, string rid)
    {
        var page = (await _host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n');
        var (asked, answered) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Source(), "../grafana/provisioning/dashboards/auxo"), "*.json"))
        {
            var panels = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!["panels"]!.AsArray();
            foreach (var panel in panels.SelectMany(static p => p!["targets"]!.AsArray()).Select(static t => (string)t!["expr"]!))
            {
                var query = panel.Replace("$repo", rid).Replace("$window", "30d").Replace("$__interval", "5m").Replace("$__range", "1h");
                await AskAsync(client, query);
                asked++;
                // The registry's own names are on its own page.
                var selectors = Selectors().Matches(query);
                if (selectors.Count == 0 || !selectors.All(s => page.Any(line => IsOf(line, s)))) continue;
                await Eventually.TrueAsync(async () => await AskAsync(client, query) is not null, $"Prometheus has an answer to {query}");
                answered++;
            }
        }

        Assert.InRange(answered, 20, asked);
    }

    /// <summary>Whether a line of the page is a sample that the selector selects; a pattern selects all.</summary>
    private static bool IsOf(string line, Match selector)
        => line.StartsWith(selector.Groups["name"].Value + "{", StringComparison.Ordinal)
            && selector.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .All(label => label.Contains("=~", StringComparison.Ordinal) || line.Contains(label, StringComparison.Ordinal));

    [GeneratedRegex(@"(?<name>radicle_[a-z0-9_]+)(\{(?<labels>[^}]*)\})?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Selectors();

    private static async Task<JsonNode?> AskAsync(HttpClient client, string query)
        => JsonNode.Parse(await client.GetStringAsync("/api/v1/query?query=" + Uri.EscapeDataString(query)))!["data"]!["result"]!.AsArray()
            .FirstOrDefault();

    private static string Source([CallerFilePath] string file = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../deploy/prometheus"));
}
