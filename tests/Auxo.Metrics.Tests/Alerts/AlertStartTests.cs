using Auxo.Contracts;
using Auxo.Metrics.Alerts;
using Auxo.Metrics.Health;
using Auxo.Metrics.Tests.Security;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Metrics.Tests.Alerts;

/// <summary>Alerts just after a start. A service of its own: repositories that came after a look are seen minutes later.</summary>
public sealed class AlertStartTests(MetricsService service) : IClassFixture<MetricsService>
{
    private MetricsHost Host => service.Host;

    [Fact]
    public async Task an_alert_of_health_outlives_a_start_before_anything_is_scored()
    {
        var (rid, now) = (Ids.Rid("ill"), TimeProvider.System.GetUtcNow());
        await Host.SendAsync(
            new RepositoryTracked(rid, "ill", "main", RepositoryLocator.OfFolder("/nowhere"), [], now),
            SecurityTests.Counted(rid, 2, now.AddMinutes(-9)));
        await Host.Services.GetRequiredService<HealthWatch>().RunAsync(TestContext.Current.CancellationToken);
        await Host.Services.GetRequiredService<AlertWatch>().LookAsync(TestContext.Current.CancellationToken);
        var before = await OfHealthAsync(rid);
        Assert.NotEmpty(before);

        using var started = ActivatorUtilities.CreateInstance<AlertWatch>(Host.Services, new HealthPage());
        await started.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(before, await OfHealthAsync(rid));
    }

    private async Task<IReadOnlyList<string>> OfHealthAsync(Rid rid)
        => [.. (await Host.GetAsync("/alerts"))["items"]!.AsArray().Where(alert => (string?)alert!["rid"] == rid.Value)
            .Where(static alert => ((string)alert!["rule"]!).StartsWith("RepositoryHealth", StringComparison.Ordinal))
            .Select(static alert => $"{alert!["rule"]} {alert["phase"]} {alert["since"]}")];
}
