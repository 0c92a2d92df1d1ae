using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Histories;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Metrics.Tests.Dora;

public sealed class DoraProperties(MetricsService service) : IClassFixture<MetricsService>
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void any_past_in_any_order_gives_what_a_plain_recomputation_gives()
        => Prop.ForAll(Seeds, static seed =>
        {
            var generated = GeneratedHistory.Random(seed);
            Assert.Equal(PlainDora.Of(generated), Measured(generated, seed));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void numbers_stay_within_their_bounds_and_stages_add_up()
        => Prop.ForAll(Seeds, static seed =>
        {
            var generated = GeneratedHistory.Random(seed);
            var (history, window) = HistoryOf(generated, seed);
            var report = Measure.Dora(new DoraSeries(history), window, new Calendar(TimeZoneInfo.Utc));
            Assert.All(history.Production.Changes, static c => Assert.True(
                c.Coding + c.Review + c.Deploy == c.LeadTime
                    && c.Coding >= TimeSpan.Zero && c.Review >= TimeSpan.Zero && c.Deploy >= TimeSpan.Zero));
            Assert.True(report.ChangeFailRate.Ratio is null or (>= 0 and <= 1) && report.Rework.Ratio is null or (>= 0 and <= 1));
            Assert.Equal(report.DeploymentFrequency.N, report.Weeks.Sum(static w => w.Deployments));
            Assert.Equal(report.ChangeLeadTime.Time.N, report.Weeks.Sum(static w => w.Changes));
            Assert.Equal(report.ChangeFailRate.Count, report.Weeks.Sum(static w => w.Failed));
            Assert.Equal(report.Recovery.Time.N, report.Weeks.Sum(static w => w.Recovered));
            Assert.True(report.Score is null or (>= 1 and <= 4) && report.QuickCheck.Score is null or (>= 0 and <= 10));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData(11)]
    [InlineData(222)]
    [InlineData(3333)]
    [InlineData(44_444)]
    [InlineData(555_555)]
    public async Task so_it_does_through_messages_in_any_order_and_repeated(int seed)
    {
        // A history of some length.
        while (GeneratedHistory.Random(seed) is { Deployments.Count: < 5 } or { Failures.Count: < 3 } or { Patches.Count: < 4 }) seed++;
        var (host, rid, generated) = (service.Host, Ids.Rid($"generated{seed}"), GeneratedHistory.Random(seed));
        using var put = await host.Client.PutAsJsonAsync($"/api/repositories/{rid}/policy", new { deployments = "reported" });
        await host.SendAsync(generated.Messages(rid, seed + 1));

        var query =
            $"?from={GeneratedHistory.At(generated.From):yyyy-MM-ddTHH:mm:ssZ}&to={GeneratedHistory.At(generated.To):yyyy-MM-ddTHH:mm:ssZ}"
            + $"&asOf={GeneratedHistory.At(generated.AsOf):yyyy-MM-ddTHH:mm:ssZ}";
        var evidence = await host.GetAsync($"/api/dora/{rid}/evidence{query}");
        var report = await host.GetAsync($"/api/dora/{rid}{query}");
        var names = generated.Patches.ToDictionary(static p => Ids.Patch(p.Id).Value, static p => p.Id);

        Assert.Equal(PlainDora.Of(generated), new PlainDora(
            Say("deployments", static _ => true, static d => (string)d["id"]!), Say(
                "deployments", static d => (bool)d["rework"]!, static d => (string)d["id"]!),
            Say("changes", static _ => true, c => $"{names[(string)c["id"]!]} {(double)c["leadTimeSeconds"]! / 3600}"),
            Say("deployments", static d => d["failures"]!.AsArray().Count > 0, static d => (string)d["id"]!),
            Say("recoveries", static r
                => !(bool)r["open"]!, static r => $"{(string)r["deployment"]!} {(double)r["recoverySeconds"]! / 3600}"),
            (int)report["recovery"]!["open"]!, (int)report["changeFailRate"]!["unattributed"]!));

        string Say(string list, Func<JsonNode, bool> which, Func<JsonNode, string> word)
            => PlainDora.Say(evidence[list]!.AsArray().Where(i => which(i!)).Select(i => word(i!)));
    }

    private static (History History, Window Window) HistoryOf(GeneratedHistory generated, int seed)
        => (History.Of(RepositoryFacts.Of(
                Ids.Rid("generated"), [generated.Facts(seed)], new AsOf(GeneratedHistory.At(generated.AsOf), long.MaxValue))),
            new Window(GeneratedHistory.At(generated.From), GeneratedHistory.At(generated.To)));

    private static PlainDora Measured(GeneratedHistory generated, int seed)
    {
        var (history, window) = HistoryOf(generated, seed);
        var report = Measure.Dora(new DoraSeries(history), window, new Calendar(TimeZoneInfo.Utc));
        var evidence = Evidence.Of(history, window);
        var names = generated.Patches.ToDictionary(static p => Ids.Patch(p.Id).Value, static p => p.Id);
        return new PlainDora(
            PlainDora.Say(evidence.Deployments.Select(static d => d.Id)), PlainDora.Say(
                evidence.Deployments.Where(static d => d.Rework).Select(static d => d.Id)),
            PlainDora.Say(evidence.Changes.Select(c => $"{names[c.Id]} {c.LeadTimeSeconds / 3600}")),
            PlainDora.Say(evidence.Deployments.Where(static d => d.Failures.Count > 0).Select(static d => d.Id)),
            PlainDora.Say(evidence.Recoveries.Where(static r => !r.Open).Select(static r => $"{r.Deployment} {r.RecoverySeconds / 3600}")),
            report.Recovery.Open, report.ChangeFailRate.Unattributed!.Value);
    }
}
