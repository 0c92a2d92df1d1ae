using Auxo.Contracts;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Mirrors.Telling;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Mirrors;

/// <summary>When metrics hears how the mirrors are.</summary>
public sealed class MirrorNewsTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void it_is_told_after_a_start_when_something_changed_and_daily_and_hourly_at_most()
    {
        Assert.Empty(MirrorNews.Of(told: null, [], Noon)!.Mirrors);
        var told = MirrorNews.Of(told: null, [Mirror()], Noon)!;
        Assert.Equal(new MirrorStanding("npm", "npm", Noon, IsFailing: false, Noon.AddDays(-1), 7), Assert.Single(told.Mirrors));

        // Upstream answers all day.
        Assert.Null(MirrorNews.Of(told, [Mirror() with { AskedAt = Noon.AddHours(2) }], Noon.AddHours(2)));
        Assert.NotNull(MirrorNews.Of(told, [Mirror()], Noon.AddHours(20)));

        var failing = Mirror() with { FailedAt = Noon, Failure = "nobody answers there" };
        Assert.Null(MirrorNews.Of(told, [failing], Noon.AddMinutes(59)));
        var news = MirrorNews.Of(told, [failing], Noon.AddHours(1))!;
        Assert.True(Assert.Single(news.Mirrors).IsFailing);
        Assert.Null(MirrorNews.Of(news, [failing with { Failure = "it answered 503" }], Noon.AddHours(3)));

        // One is gone, and then all are: that is said once.
        var none = MirrorNews.Of(news, [], Noon.AddHours(3))!;
        Assert.Empty(none.Mirrors);
        Assert.Null(MirrorNews.Of(none, [], Noon.AddDays(9)));
        Assert.NotNull(MirrorNews.Of(told, [Mirror()], Noon.AddYears(-5)));
        Assert.Equal(1000, MirrorNews.Of(null, [.. Enumerable.Repeat(Mirror(), 1500)], Noon)!.Mirrors.Count);
    }

    [Fact]
    public async Task the_service_tells_metrics_of_an_upstream_that_does_not_answer()
    {
        var (time, home) = (new ManualTime(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        var upstream = await UpstreamStandIn.StartAsync();
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), home, services => services.AddSingleton<TimeProvider>(time),
            ("Auxo:Egress:Allow", "127.0.0.1"));
        var (teller, ct) = (host.Get<TellMirrors>(), TestContext.Current.CancellationToken);
        await host.DefineAsync("npm", format: "npm", upstream: upstream.Address);
        time.Advance(TimeSpan.FromHours(2));
        await teller.RunAsync(ct);
        await upstream.DisposeAsync();
        using (await host.GetAsync("/npm/npm/left-pad")) time.Advance(TimeSpan.FromHours(2));
        // The service looks by itself as well, so it may have been told already.
        await teller.RunAsync(ct);
        await Eventually.TrueAsync(
            async () => await host.Queues.MessagesAsync<MirrorsObserved>("metrics") is [.., { Mirrors: [{ IsFailing: true } mirror] }]
                && mirror is { Repository: "npm", Format: "npm", RefreshDays: 7 },
            "metrics is told that upstream does not answer");
        Assert.False(await teller.RunAsync(ct));
    }

    private static MirrorStatus Mirror() => new(
        "npm", "npm", "https://registry.invalid/", 3, 7, 1, 1, 10, 100, Noon.AddDays(-1), Noon, FailedAt: null, Failure: null);
}
