using System.Net.Http.Json;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Metrics.Tests.Messages;

public sealed class ReportedFailuresTests(MetricsService service, PostgresFixture postgres) : IClassFixture<MetricsService>
{
    /// <summary>Through the real server: how it decodes paths is the question.</summary>
    [Fact]
    public async Task a_failure_can_be_closed_whatever_its_name_is()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync(), listen: true);
        var rid = Ids.Rid("names");
        string[] names =
        [
            "incidents/7", "incidents%2F7", "incidents%252F7", "a/b/c", "/", "50 %", "ä#?&+", "https://status.example/incidents/7?x=1",
        ];
        foreach (var name in names)
        {
            using var detected = await host.Client.PostAsJsonAsync(
                "/api/failures", new { rid = rid.Value, id = name, at = "2026-03-02T13:00:00Z" });
            detected.EnsureSuccessStatusCode();
            foreach (var verb in new[] { "recover", "reopen", "dismiss" })
            {
                using var answer = await host.Client.PostAsJsonAsync(
                    $"/api/failures/{rid}/{Uri.EscapeDataString(name)}/{verb}", new { at = "2026-03-02T14:00:00Z" });
                Assert.True(answer.IsSuccessStatusCode, $"{name} {verb}: {answer.StatusCode}");
            }
        }

        Assert.Equal(names.Length * 4L, await host.ScalarAsync<long>("select count(*) from metrics.mt_events"));
        Assert.Equal(names.Length, await host.ScalarAsync<long>("select count(distinct stream_id) from metrics.mt_events"));
        using var dots = await host.Client.PostAsJsonAsync("/api/failures", new { rid = rid.Value, id = ".." });
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, dots.StatusCode);
    }

    [Fact]
    public async Task a_failure_that_is_reported_over_http_is_passed_on_to_notify_once()
    {
        var (host, rid) = (service.Host, Ids.Rid("passedon"));
        for (var i = 0; i < 2; i++)
        {
            using var detected = await host.Client.PostAsJsonAsync(
                "/api/failures", new { rid = rid.Value, id = "f1", title = "down", at = "2026-03-02T13:00:00Z" });
            detected.EnsureSuccessStatusCode();
            using var recovered = await host.Client.PostAsJsonAsync(
                $"/api/failures/{rid}/f1/recover", new { at = "2026-03-02T13:30:00Z" });
            recovered.EnsureSuccessStatusCode();
        }

        await host.Queues.QuietAsync("metrics");
        Assert.Equal("down", Assert.Single(await host.Queues.MessagesAsync<FailureDetected>("notify")).Title);
        Assert.Equal("f1", Assert.Single(await host.Queues.MessagesAsync<FailureRecovered>("notify")).FailureId);
        Assert.Equal(2L, await host.ScalarAsync<long>("select count(*) from metrics.mt_events"));
    }
}
