using System.Net.Http.Headers;

using Auxo.Contracts;
using Auxo.Metrics.Exposition;
using Auxo.Metrics.Tests.Messages;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Exposition;

public sealed class ExpositionTests(MetricsService service) : IClassFixture<MetricsService>
{
    private MetricsHost Host => service.Host;

    [Fact]
    public async Task what_was_measured_stands_on_the_page()
    {
        var rid = Ids.Rid("page");
        await SendRecentAsync(rid, "sample");

        var page = await PageAsync();

        Assert.Contains($"radicle_ci_success_rate{{repo=\"{rid}\"}} 0.5\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_builds_window{{repo=\"{rid}\"}} 2\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_builds_total{{repo=\"{rid}\",workflow=\"ci\",outcome=\"failure\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_step_failures_total{{repo=\"{rid}\",step=\"shellcheck\",category=\"lint\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_build_duration_seconds_bucket{{repo=\"{rid}\",workflow=\"ci\",le=\"60\"}} 2\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_default_branch_green{{repo=\"{rid}\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_deployments_total{{repo=\"{rid}\",environment=\"production\",kind=\"planned\",outcome=\"success\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_dora_samples{{repo=\"{rid}\",window=\"30d\",metric=\"deployments\"}} 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"radicle_dora_recovery_time_seconds{{repo=\"{rid}\"", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE radicle_node_up gauge\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task labels_with_quotes_line_ends_backslashes_and_broken_characters_are_escaped()
    {
        var rid = Ids.Rid("labels");
        // A name's line end is taken out where it is recorded; an environment's and a step's as well. Here the page itself must stand it.
        var page = new ServiceDefaults.Metrics.MetricsPage();
        page.Gauge("radicle_test", "Help with a \\ and a\nline end.").Set(1, ("name", "a\"b\\c\nd\ud800e"), ("empty", ""));
        Host.Services.GetRequiredService<ServiceDefaults.Metrics.PreparedMetrics>().Publish(page);

        using var answer = await Host.Client.GetAsync("/metrics");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var text = new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

        Assert.Contains("# HELP radicle_test Help with a \\\\ and a\\nline end.\n# TYPE radicle_test gauge\nradicle_test{name=\"a\\\"b\\\\c\\nd\uFFFDe\"} 1\n", text, StringComparison.Ordinal);
        await SendRecentAsync(rid, "nasty \"name\"\n\\ \ud800");
        Assert.Contains($"radicle_repo_info{{repo=\"{rid}\",name=\"nasty \\\"name\\\" \\\\ ", await PageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task promtool_finds_nothing_to_complain_about()
    {
        await SendRecentAsync(Ids.Rid("promtool"), "sample");

        Assert.Equal("", await Tool.RunAsync("promtool", ["check", "metrics"], input: await PageAsync()));
    }

    [Fact]
    public async Task open_metrics_is_answered_to_who_wants_it()
    {
        await SendRecentAsync(Ids.Rid("open"), "sample");
        await Host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/openmetrics-text"));
        using var answer = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("# TYPE radicle_ci_builds counter\n", text, StringComparison.Ordinal);
        Assert.Contains("le=\"60.0\"", text, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("# EOF").Length);
    }

    private async Task<string> PageAsync()
    {
        await Host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(CancellationToken.None);
        return await Host.Client.GetStringAsync("/metrics");
    }

    /// <summary>A failed and a passed build, a minute each, yesterday.</summary>
    private async Task SendRecentAsync(Rid rid, string name)
    {
        var hours = (TimeProvider.System.GetUtcNow() - Told.Noon).TotalHours - 24;
        await Host.SendAsync(
            new RepositoryTracked(rid, name, "main", "/nowhere", [], Told.At(hours)), Told.Advanced(rid, null, "c0", hours), Told.Built(rid, "c0", hours + 1, Outcome.Failed),
            Told.Advanced(rid, "c0", "c1", hours + 2), Told.Built(rid, "c1", hours + 3));
    }
}
