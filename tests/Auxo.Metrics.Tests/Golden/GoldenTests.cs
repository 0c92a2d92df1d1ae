using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Tests.Golden;

/// <summary>The golden data set, sent as messages into the real service and asked back over HTTP.</summary>
public sealed class GoldenTests(MetricsService service) : IClassFixture<MetricsService>
{
    [Fact]
    public async Task the_expected_numbers_come_out()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var rid = await SendAsync(host, golden, "straight", golden.Messages);

        await AssertCasesAsync(host, golden, rid);
    }

    [Fact]
    public async Task neither_the_order_nor_repeats_of_messages_matter()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var random = new Random(20251103);
        for (var i = 0; i < 3; i++)
        {
            var rid = await SendAsync(host, golden, $"shuffled{i}", r =>
            {
                (DateTimeOffset, object)[] twice = [.. golden.Messages(r), .. golden.Messages(r)];
                random.Shuffle(twice);
                return twice;
            });
            await AssertCasesAsync(host, golden, rid);
        }
    }

    [Fact]
    public async Task a_rebuild_gives_the_same_documents_byte_for_byte_and_the_same_numbers()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var rid = await SendAsync(host, golden, "rebuilt", golden.Messages);
        var before = await host.DocumentsAsync();

        await host.RebuildAsync();

        Assert.Equal(before, await host.DocumentsAsync());
        await AssertCasesAsync(host, golden, rid);
    }

    [Fact]
    public async Task asked_again_later_only_the_open_failure_has_ended()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var rid = await SendAsync(host, golden, "later", golden.Messages);
        var expected = golden.Case("A")["expect"]!.DeepClone();
        expected["failedDeploymentRecoverySeconds"]!["open"] = 0;

        GoldenAnswer.AssertSame(expected, await AskAsync(host, golden, rid, golden.Case("A"), asOf: "2025-12-01T00:00:00Z"));
    }

    [Fact]
    public async Task as_of_an_earlier_time_it_is_as_if_nothing_had_happened_since()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var whole = await SendAsync(host, golden, "whole", golden.Messages);
        foreach (var asOf in new[] { "2025-11-04T10:30:00Z", "2025-11-06T09:10:00Z", "2025-11-12T12:05:00Z" })
        {
            var cut = await SendAsync(
                host, golden, $"cut{asOf[..10]}", r => golden.Messages(r).Where(m => m.At <= DateTimeOffset.Parse(asOf)));
            GoldenAnswer.AssertSame(await AskAsync(host, golden, cut, golden.Case("A"), asOf),
                await AskAsync(host, golden, whole, golden.Case("A"), asOf), asOf);
        }
    }

    [Fact]
    public async Task as_of_an_earlier_position_it_is_as_it_was_answered_then()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var rid = Ids.Rid("positions");
        var messages = golden.Messages(rid).Select(static m => m.Message).ToArray();
        new Random(7).Shuffle(messages);
        await SetZoneAsync(host, rid, golden.Zone);
        await host.SendAsync(messages[..35]);
        var position = await host.PositionAsync();
        var then = await AskAsync(host, golden, rid, golden.Case("A"));

        await host.SendAsync(messages[35..]);

        GoldenAnswer.AssertSame(then, await AskAsync(host, golden, rid, golden.Case("A"), more: $"&position={position}"));
        await AssertCasesAsync(host, golden, rid);
    }

    [Fact]
    public async Task weeks_are_those_of_the_zone()
    {
        var golden = GoldenFile.Read();
        var host = service.Host;
        var rid = await SendAsync(host, golden, "weeks", golden.Messages);
        var expected = golden.Mutation("UTC instead")["expect"]!;

        Assert.Equal([(int)expected["localWeek1"]!, (int)expected["localWeek2"]!], await WeeksAsync(golden.Zone));
        Assert.Equal([0, (int)expected["week1Deployments"]!, (int)expected["week2Deployments"]!], await WeeksAsync("UTC"));

        async Task<IEnumerable<int>> WeeksAsync(string zone)
        {
            var window = golden.Case("A");
            var answer = await host.GetAsync($"/api/dora/{rid}?from={window["from"]}&to={window["to"]}&asOf={window["asOf"]}&zone={zone}");
            return answer["weeks"]!.AsArray().Select(static w => (int)w!["deployments"]!);
        }
    }

    [Fact]
    public void the_median_of_an_even_number_is_no_member_of_it()
    {
        var mutation = GoldenFile.Read().Mutation("naive lower median");

        var median = Percentile.Median(mutation["input"]!.AsArray().Select(static n => TimeSpan.FromSeconds((double)n!)));

        Assert.Equal((double)mutation["expect"]!["percentile_cont"]!, median);
    }

    private static async Task<Rid> SendAsync(
        MetricsHost host, GoldenFile golden, string name, Func<Rid, IEnumerable<(DateTimeOffset At, object Message)>> messages)
    {
        var rid = Ids.Rid(name);
        await SetZoneAsync(host, rid, golden.Zone);
        await host.SendAsync(messages(rid).Select(static m => m.Message));
        return rid;
    }

    private static async Task SetZoneAsync(MetricsHost host, Rid rid, string zone)
    {
        using var answer = await host.Client.PutAsJsonAsync($"/api/repositories/{rid}/policy", new { zone });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task AssertCasesAsync(MetricsHost host, GoldenFile golden, Rid rid)
    {
        foreach (var name in new[] { "A", "B" })
            GoldenAnswer.AssertSame(golden.Case(name)["expect"], await AskAsync(host, golden, rid, golden.Case(name)), name);
    }

    private static Task<JsonObject> AskAsync(
        MetricsHost host, GoldenFile golden, Rid rid, JsonObject window, string? asOf = null, string more = "")
        => GoldenAnswer.OfAsync(host, golden, rid, (string)window["from"]!, (string)window["to"]!, asOf ?? (string)window["asOf"]!, more);
}
