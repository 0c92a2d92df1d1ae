using Auxo.Contracts;
using Auxo.Metrics.Health;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using static Auxo.Metrics.Tests.Health.HealthSamples;

namespace Auxo.Metrics.Tests.Health;

/// <summary>The real service on a real database hears facts, scores them and tells of another band.</summary>
public sealed class HealthHostTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task facts_of_other_services_become_a_score_with_what_wins_points_back()
    {
        await using var host = await StartAsync();
        await host.SendAsync(
            new RepositoryTracked(Heartwood, "sample", "main", RepositoryLocator.InStorage(Heartwood), [], Now.AddDays(-9)),
            SurveyTold(DateTimeOffset.UtcNow, Tree with { Documents = AllDocuments with { License = false } }),
            StandingTold(DateTimeOffset.UtcNow));

        var health = await host.GetAsync($"/api/health/{Heartwood}");

        Assert.Equal("sample", (string)health["name"]!);
        Assert.InRange((int)health["score"]!, 90, 99);
        Assert.Contains(health["topFixes"]!.AsArray(), static f => (string)f!["check"]! == "license" && ((string)f["fix"]!).Length > 0);
        Assert.Equal(2, (int)health["replicas"]!);
        Assert.Equal((string)health["rid"]!, (string)(await host.GetAsync("/api/health"))["items"]![0]!["rid"]!);
        RecordedAnswers.Match("metrics", "api/health/{rid}", health);
    }

    [Fact]
    public async Task a_repository_that_falls_is_told_of_once_and_its_past_can_be_asked_for()
    {
        await using var host = await StartAsync();
        var watch = host.Services.GetRequiredService<HealthWatch>();
        await host.SendAsync(
            new RepositoryTracked(Heartwood, "sample", "main", RepositoryLocator.InStorage(Heartwood), [], Now.AddDays(-9)),
            SurveyTold(DateTimeOffset.UtcNow), StandingTold(DateTimeOffset.UtcNow));
        Assert.Equal(1, await watch.RunAsync(Ct));
        Assert.Equal(0, await watch.RunAsync(Ct));
        var well = DateTimeOffset.UtcNow;

        await host.SendAsync(
            StandingTold(DateTimeOffset.UtcNow, Node with { IsRunning = false, ConnectedPeers = 0, Seeds = 0, SeedsInSync = 0 }),
            SurveyTold(DateTimeOffset.UtcNow, Tree with
            {
                Documents = new(false, false, false, false, OwnersFileState.Missing, 0, 0, null), Lines = 10, Todos = 9,
            }));
        Assert.Equal(1, await watch.RunAsync(Ct));
        Assert.Equal(0, await watch.RunAsync(Ct));

        var told = Assert.Single(await host.Queues.MessagesAsync<HealthChanged>("notify"));
        Assert.Equal(("Needs attention", "Excellent"), (told.Band, told.BandBefore));
        Assert.NotEmpty(told.TopFixes);
        Assert.Equal(100, (int)(await host.GetAsync($"/api/health/{Heartwood}?asOf={Uri.EscapeDataString(well.ToString("O"))}"))["score"]!);
        Assert.InRange((int)(await host.GetAsync($"/api/health/{Heartwood}"))["score"]!, 50, 69);
    }

    [Fact]
    public async Task a_message_that_comes_twice_or_late_changes_nothing()
    {
        await using var host = await StartAsync();
        var now = DateTimeOffset.UtcNow;
        await host.SendAsync(
            new RepositoryTracked(Heartwood, "sample", "main", RepositoryLocator.InStorage(Heartwood), [], Now.AddDays(-9)),
            SurveyTold(now), StandingTold(now));
        var before = await host.GetAsync($"/api/health/{Heartwood}");

        await host.SendAsync(
            SurveyTold(now), SurveyTold(now.AddHours(-1), Tree with { Todos = 4000 }),
            StandingTold(now.AddHours(-1), Node with { Seeds = 0, SeedsInSync = 0 }));

        Assert.Equal((int)before["score"]!, (int)(await host.GetAsync($"/api/health/{Heartwood}"))["score"]!);
    }

    private async Task<MetricsHost> StartAsync() => await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
}
