using System.Net.Http.Json;

using Auxo.Contracts;

namespace Auxo.Metrics.Tests.Messages;

public sealed class ReportedFailuresTests(MetricsService service) : IClassFixture<MetricsService>
{
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
