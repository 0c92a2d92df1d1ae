using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Backfilling;

/// <summary>The past of a repository arrives after it was followed, in the real service.</summary>
public sealed class RecordHistoryTests(PostgresFixture postgres)
{
    private static readonly Rid Rid = Ids.Rid("late");
    private static readonly string Window =
        $"from={Uri.EscapeDataString(At(-1).ToString("O"))}&to={Uri.EscapeDataString(At(200).ToString("O"))}";

    [Fact]
    public async Task a_past_is_counted_from_its_first_day_and_a_second_time_changes_nothing()
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        // Followed on the third day, when the third head was there.
        await host.SendAsync(
            new RepositoryTracked(Rid, "late", "main", Nowhere, [], At(72)),
            Head(null, "c3", 72, BroughtGap.FirstSeen));
        var before = await DoraAsync(host);
        Assert.Equal(0, (int)before["deploymentFrequency"]!["n"]!);

        var past = new HistoryFound(
            Rid, [Head(null, "c1", 0, BroughtGap.FirstSeen), Head("c1", "c2", 24), Head("c2", "c3", 48, patch: "p")],
            [Opened(Rid, "p", 30, authored: 26)], [], [new PatchMerged(Rid, Ids.Patch("p"), null, Ids.Commit("c3"), null, At(47), At(48))],
            HeadsWereLive: true);
        await host.SendAsync(past);
        var after = await DoraAsync(host);
        Assert.Equal(3, (int)after["deploymentFrequency"]!["n"]!);
        // The head of the first day began nobody knows when; the patch took from hour 26 to 48, the push half an hour.
        Assert.Equal("1800 79200", await LeadTimesAsync(host));
        var events = await host.ScalarAsync<long>("select count(*) from metrics.mt_events");

        await host.SendAsync(past, past);
        Assert.Equal(events, await host.ScalarAsync<long>("select count(*) from metrics.mt_events"));

        // What happens from now on goes on from there.
        await host.SendAsync(Head("c3", "c4", 96),
            new DeploymentReported(Rid, "d4", "production", Ids.Commit("c4"), [], true, DeploymentKind.Planned, null, null, At(97)));
        Assert.Equal("1800 5400 79200", await LeadTimesAsync(host));
    }

    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 2)]
    public async Task heads_were_live_only_where_nobody_reports_what_is(bool isReported, bool wereLive, long deployments)
    {
        await using var host = await MetricsHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.SendAsync(new RepositoryTracked(Rid, "late", "main", Nowhere, [], At(72)));
        if (isReported)
        {
            using var set = await host.Client.PutAsJsonAsync($"/api/repositories/{Rid}/policy", new { deployments = "reported" });
            set.EnsureSuccessStatusCode();
        }

        await host.SendAsync(new HistoryFound(
            Rid, [Head(null, "c1", 0, BroughtGap.FirstSeen), Head("c1", "c2", 24)], [], [], [], wereLive));
        Assert.Equal(deployments, await host.ScalarAsync<long>("select count(*) from metrics.mt_events where type = 'deployed'"));
    }

    private static DefaultBranchAdvanced Head(string? old, string commit, double at, BroughtGap? gap = null, string? patch = null)
        => new(Rid, "late", "main", old is null ? null : Ids.Commit(old), Ids.Commit(commit), null, commit,
            patch is null ? [] : [Ids.Patch(patch)], Nowhere, At(at), At(at),
            new BroughtCommits([Ids.Commit(commit)], gap is null ? At(at - 0.5) : null, gap, []));

    private static async Task<JsonNode> DoraAsync(MetricsHost host)
        => (await host.Client.GetFromJsonAsync<JsonNode>($"/api/dora/{Rid}?{Window}"))!;

    private static async Task<string> LeadTimesAsync(MetricsHost host)
    {
        var evidence = (await host.Client.GetFromJsonAsync<JsonNode>($"/api/dora/{Rid}/evidence?{Window}"))!;
        return string.Join(" ", evidence["changes"]!.AsArray().Select(static c => (double)c!["leadTimeSeconds"]!).Order());
    }
}
