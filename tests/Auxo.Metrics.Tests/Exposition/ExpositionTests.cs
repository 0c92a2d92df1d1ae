using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

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
        Assert.Contains($"radicle_ci_builds_total{{repo=\"{rid}\",workflow=\"ci\",outcome=\"failure\"}} 1\n", page,
            StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_step_failures_total{{repo=\"{rid}\",step=\"shellcheck\",category=\"lint\"}} 1\n",
            page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_build_duration_seconds_bucket{{repo=\"{rid}\",workflow=\"ci\",le=\"60\"}} 2\n",
            page, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_default_branch_green{{repo=\"{rid}\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"radicle_deployments_total{{repo=\"{rid}\",environment=\"production\",kind=\"planned\",outcome=\"success\"}} 1\n",
            page, StringComparison.Ordinal);
        Assert.Contains($"radicle_dora_samples{{repo=\"{rid}\",window=\"30d\",metric=\"deployments\"}} 1\n", page,
            StringComparison.Ordinal);
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
        // Not that of the service, which publishes a page of its own at any moment.
        var prepared = new ServiceDefaults.Metrics.PreparedMetrics();
        prepared.Publish(page);
        var written = new System.Buffers.ArrayBufferWriter<byte>();
        prepared.Write(written, openMetrics: false);
        var text = new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(written.WrittenSpan);

        Assert.Contains(
            "# HELP radicle_test Help with a \\\\ and a\\nline end.\n# TYPE radicle_test "
                + "gauge\nradicle_test{name=\"a\\\"b\\\\c\\nd\uFFFDe\"} 1\n", text, StringComparison.Ordinal);
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
    public async Task nor_does_it_when_names_are_hostile()
    {
        var rid = Ids.Rid("hostile");
        var hours = (TimeProvider.System.GetUtcNow() - SampleMessages.Noon).TotalHours - 5;
        const string nasty = "\"}\n# TYPE evil counter\nevil{a=\"\\\0\u2028\ud83d";
        await SendRecentAsync(rid, nasty);
        await Host.SendAsync(
            SampleMessages.Built(rid, "c2", hours, Outcome.Failed, step: nasty),
            SampleMessages.Deployed(rid, nasty, "c9", hours, environment: nasty, rollout: nasty),
            SampleMessages.Failed(rid, nasty, nasty, hours),
            SampleMessages.Opened(rid, "p", hours, title: nasty));

        var page = await PageAsync();

        Assert.Contains($"radicle_ci_step_failures_total{{repo=\"{rid}\",step=\"\\\"}} # TYPE evil", page, StringComparison.Ordinal);
        Assert.Contains($"environment=\"\\\"}} # TYPE evil", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\nevil", page, StringComparison.Ordinal);
        Assert.Equal("", await Tool.RunAsync("promtool", ["check", "metrics"], input: page));
    }

    [Fact]
    public async Task only_a_repository_with_new_facts_is_worked_out_again_and_the_page_is_the_one_that_a_new_start_makes()
    {
        var (busy, quiet, now) = (Ids.Rid("busy"), Ids.Rid("quiet"), TimeProvider.System.GetUtcNow());
        var histories = Host.Services.GetRequiredService<Metrics.Histories.HistoryCache>();
        var kept = new ExpositionPage(histories);
        await SendRecentAsync(busy, "busy");
        await SendRecentAsync(quiet, "quiet");
        var before = (await kept.RefreshAsync(now, TestContext.Current.CancellationToken)).Sections;
        var hours = (now - SampleMessages.Noon).TotalHours - 3;
        object[][] steps =
        [
            [SampleMessages.Opened(busy, "p", hours), SampleMessages.Merged(busy, "p", "c2", hours + 1)],
            [SampleMessages.Advanced(busy, "c1", "c2", hours + 1, null, "p"), SampleMessages.Built(busy, "c2", hours + 2)],
            [SampleMessages.Failed(busy, "f", Ids.Build($"{busy} c2 1").ToString(), hours + 2.1)],
            [SampleMessages.Recovered(busy, "f", hours + 2.2)], [new RepositoryUntracked(busy, "gone", SampleMessages.At(hours + 2.5))],
        ];
        foreach (var (i, messages) in steps.Index())
        {
            await Host.SendAsync(messages);
            var (_, sections) = await kept.RefreshAsync(now, TestContext.Current.CancellationToken);
            var (_, again) = await new ExpositionPage(histories).RefreshAsync(now, TestContext.Current.CancellationToken);

            Assert.Equal(Text(again), Text(sections));
            // Two sections a repository; the untracked one has none.
            Assert.Equal(before.Count - (i == steps.Length - 1 ? 2 : 0), sections.Count);
            Assert.Equal(before.Count - 2, sections.Intersect(before).Count());
        }
    }

    [Fact]
    public async Task a_page_does_not_say_where_the_database_is()
    {
        var page = await Host.Client.GetStringAsync("/metrics");
        // The clients of the tests have no names.
        Assert.Contains(
            "db_client_operation_duration_seconds_count{db_client_connection_pool_name=\"auxo\"", page, StringComparison.Ordinal);
        Assert.Contains("db_client_connection_pool_name=\"one process\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("server_address=\"/", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task windows_slide_while_nothing_happens_and_the_rest_is_kept()
    {
        var (rid, now) = (Ids.Rid("slides"), TimeProvider.System.GetUtcNow());
        await SendRecentAsync(rid, "slides");
        var page = new ExpositionPage(Host.Services.GetRequiredService<Metrics.Histories.HistoryCache>());
        var deployments = $"radicle_dora_samples{{repo=\"{rid}\",window=\"7d\",metric=\"deployments\"}} ";

        Assert.Contains(deployments
            + "1\n", Text((await page.RefreshAsync(now, TestContext.Current.CancellationToken)).Sections), StringComparison.Ordinal);
        var later = Text((await page.RefreshAsync(now + TimeSpan.FromDays(8), TestContext.Current.CancellationToken)).Sections);

        Assert.Contains(deployments + "0\n", later, StringComparison.Ordinal);
        Assert.Contains($"radicle_ci_builds_total{{repo=\"{rid}\",workflow=\"ci\",outcome=\"success\"}} 1\n", later,
            StringComparison.Ordinal);
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

    private static string Text(IReadOnlyList<ServiceDefaults.Metrics.MetricsSection> sections)
    {
        var (prepared, text) = (new ServiceDefaults.Metrics.PreparedMetrics(), new ArrayBufferWriter<byte>());
        prepared.Publish(new RadicleMetrics().Page, sections);
        prepared.Write(text, openMetrics: false);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private async Task<string> PageAsync()
    {
        await Host.Services.GetRequiredService<RefreshExposition>().RefreshAsync(CancellationToken.None);
        return await Host.Client.GetStringAsync("/metrics");
    }

    /// <summary>A failed and a passed build, a minute each, yesterday.</summary>
    private async Task SendRecentAsync(Rid rid, string name)
    {
        var hours = (TimeProvider.System.GetUtcNow() - SampleMessages.Noon).TotalHours - 24;
        await Host.SendAsync(
            new RepositoryTracked(rid, name, "main", RepositoryLocator.OfFolder("/nowhere"), [], SampleMessages.At(hours)),
            SampleMessages.Advanced(rid, null, "c0", hours), SampleMessages.Built(rid, "c0", hours + 1, Outcome.Failed),
            SampleMessages.Advanced(rid, "c0", "c1", hours + 2), SampleMessages.Built(rid, "c1", hours + 3));
    }
}
