using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Backfilling;

/// <summary>What was there before a repository was followed is told to metrics, and to nobody else.</summary>
public sealed class BackfillRepositoryTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-backfill-").FullName;
    private readonly CommitGraph _git = new();
    private IngestHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_folder, "home"));

    [Fact]
    public async Task the_heads_before_the_first_one_that_was_seen_are_told_once_more_each_time()
    {
        var first = Commit("First", 1);
        var side = Commit("Side", 2, first);
        var second = Commit("Second", 3, first);
        var merge = Commit("Merge side", 5, second, side);
        var rid = await TrackAsync(merge);
        // What comes after it is told as always.
        var later = Commit("Later", 6, merge);
        _git.Branch("main", later);
        await _host.ScanAsync(rid);
        var sent = (await _host.SentAsync()).Count;

        var dry = await BackfillAsync(rid, new { dryRun = true });
        Assert.Equal("3 4 0 0 False", Words(dry));
        Assert.Empty(await FoundAsync());
        Assert.Equal("3 4 0 0 True", Words(await BackfillAsync(rid)));
        var found = Assert.Single(await FoundAsync());
        Assert.Equal([first, second, merge], found.Heads.Select(static h => h.New.Value));
        Assert.Equal([null, first, second], found.Heads.Select(static h => h.Old?.Value));
        Assert.Equal([BroughtGap.FirstSeen, null, null], found.Heads.Select(static h => h.Brought!.Gap));
        Assert.Equal([merge, side], found.Heads[2].Brought!.Commits.Select(static c => c.Value));
        Assert.Equal(At(2), found.Heads[2].Brought!.FirstAuthoredAt);
        Assert.True(found.HeadsWereLive);
        Assert.Equal(sent, (await _host.SentAsync()).Count);

        await BackfillAsync(rid, new { headsWereLive = false });
        var again = (await FoundAsync())[1];
        Assert.False(again.HeadsWereLive);
        Assert.Equal(found.Heads.Select(static h => (h.New, h.Old, h.At, h.SeenAt)),
            again.Heads.Select(static h => (h.New, h.Old, h.At, h.SeenAt)));
    }

    [Fact]
    public async Task since_a_day_only_what_landed_then()
    {
        var head = Commit("Commit 0", 0);
        for (var day = 1; day < 5; day++) head = Commit($"Commit {day}", day, head);
        var rid = await TrackAsync(head);
        var all = await BackfillAsync(rid, new { dryRun = true });
        var newest = (DateTimeOffset)all["to"]!;
        Assert.Equal("1 1 0 0 True", Words(await BackfillAsync(rid, new { since = newest })));
        Assert.NotNull(Assert.Single(Assert.Single(await FoundAsync()).Heads).Old);
        Assert.Equal("0 0 0 0 True", Words(await BackfillAsync(rid, new { since = newest.AddYears(900) })));
    }

    [Fact]
    public async Task a_repository_without_a_commit_has_no_past_and_one_that_nobody_follows_neither()
    {
        var empty = Path.Combine(_folder, "empty");
        await GitCommand.RunAsync(_folder, ["init", "-q", "-b", "main", empty], CancellationToken.None);
        await _host.TrackAsync(empty);
        var rid = (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;
        Assert.Equal("0 0 0 0 True", Words(await BackfillAsync(rid)));
        using var none = await _host.Client.PostAsJsonAsync("/repositories/git:none-12345678/backfill", new { });
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task a_past_that_is_not_here_any_more_is_said()
    {
        var rid = await TrackAsync(Commit("Gone", 1));
        Directory.Delete(Path.Combine(_git.Folder, "objects"), recursive: true);
        using var answer = await _host.Client.PostAsJsonAsync($"/repositories/{rid}/backfill", new { });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _git.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static DateTimeOffset At(int day) => new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day);

    private string Commit(string message, int day, params string[] parents) => _git.Commit(message, At(day), parents);

    private async Task<string> TrackAsync(string head)
    {
        _git.Branch("main", head);
        await _host.TrackAsync(_git.Folder);
        return (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;
    }

    private async Task<JsonNode> BackfillAsync(string rid, object? body = null)
    {
        using var answer = await _host.Client.PostAsJsonAsync($"/repositories/{rid}/backfill", body ?? new { });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private Task<IReadOnlyList<HistoryFound>> FoundAsync() => _host.Queues.MessagesAsync<HistoryFound>("metrics");

    private static string Words(JsonNode a) => $"{a["heads"]} {a["commits"]} {a["patches"]} {a["merges"]} {(bool)a["told"]!}";
}
