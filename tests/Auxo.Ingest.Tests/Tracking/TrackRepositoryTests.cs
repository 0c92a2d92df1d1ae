using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Git;
using Auxo.Ingest.Scanning;
using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Tracking;

public sealed class TrackRepositoryTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-track-").FullName;
    private IngestHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_folder, "home"));

    [Fact]
    public async Task a_work_tree_is_followed_by_its_main_branch_whatever_is_checked_out()
    {
        var tree = await WorkTreeAsync("my project");
        await GitAsync(tree, "checkout", "-q", "-b", "topic");
        await CommitAsync(tree, "On the topic");
        await _host.TrackAsync("file://" + tree.Replace(" ", "%20", StringComparison.Ordinal));

        var repository = (await _host.ItemsAsync("/repositories")).Single()!;
        var rid = (string)repository["rid"]!;
        Assert.Matches("^git:my-project-[0-9a-f]{8}$", rid);
        Assert.Equal(
            ("git", "my project", "main", Path.Combine(tree, ".git")),
            ((string)repository["kind"]!, (string)repository["name"]!, (string)repository["defaultBranch"]!,
                (string)repository["source"]!));
        Assert.Equal("Start", (string)(await _host.SentAsync())[^1].Body["title"]!);

        await GitAsync(tree, "checkout", "-q", "main");
        var head = await CommitAsync(tree, "Next");
        await _host.ScanAsync(rid);
        var sent = (await _host.SentAsync())[^1];
        Assert.Equal(("default_branch_advanced", head, "Next"), (sent.Name, (string)sent.Body["new"]!, (string)sent.Body["title"]!));
        Assert.Equal([head], sent.Body["brought"]!["commits"]!.AsArray().Select(static c => (string)c!));
        Assert.NotNull(sent.Body["brought"]!["firstAuthoredAt"]);
        Assert.Equal(3, (await _host.SentAsync()).Count);
    }

    [Fact]
    public async Task the_command_line_is_answered_as_recorded()
    {
        var tree = await WorkTreeAsync("demo");
        await _host.TrackAsync(tree);
        var repository = (await _host.ItemsAsync("/repositories")).Single()!;
        var (rid, head) = ((string)repository["rid"]!, (string)(await _host.SentAsync())[^1].Body["new"]!);

        foreach (var (route, path) in ((string, string)[])[
            ("repositories", "/repositories"), ("repositories/{rid}", $"/repositories/{rid}"),
            ("repositories/{rid}/refs", $"/repositories/{rid}/refs"), ("node", "/node"),
            ("queues", "/queues"), ("describe", "/describe"), ("timeline", $"/timeline?rid={rid}&commit={head}")])
            RecordedAnswers.Match("ingest", route, (await _host.Client.GetFromJsonAsync<JsonNode>(path))!);
    }

    [Fact]
    public async Task a_bare_repository_is_followed_with_the_branches_that_were_asked_for()
    {
        var tree = await WorkTreeAsync("source");
        await GitAsync(tree, "branch", "dev");
        var bare = Path.Combine(_folder, "thing.git");
        await GitAsync(_folder, "clone", "-q", "--bare", tree, bare);
        await _host.TrackAsync(bare, new { branches = new[] { "dev", "later" }, name = "Thing" });

        Assert.Equal(["repository_tracked", "default_branch_advanced", "branch_advanced"], await _host.SentNamesAsync());
        var rid = (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;
        Assert.StartsWith("git:thing-", rid, StringComparison.Ordinal);
        await _host.ScanAsync(rid);
        var later = Assert.Single(await _host.ItemsAsync($"/repositories/{rid}/refs"), r => (string?)r!["name"] == "later")!;
        Assert.Null(later["fact"]);
        Assert.Contains("no branch later", (string)later["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_empty_repository_can_be_followed_and_its_first_commit_is_a_fact()
    {
        var tree = Path.Combine(_folder, "empty");
        await GitAsync(_folder, "init", "-q", "-b", "main", tree);
        await _host.TrackAsync(tree);
        Assert.Equal(["repository_tracked"], await _host.SentNamesAsync());
        await CommitAsync(tree, "First");
        await _host.ScanAsync((string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!);
        Assert.Equal(["repository_tracked", "default_branch_advanced"], await _host.SentNamesAsync());
    }

    [Fact]
    public async Task a_repository_that_is_gone_is_said_so_and_comes_back()
    {
        var tree = await WorkTreeAsync("moving");
        await _host.TrackAsync(tree);
        var rid = (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;
        Directory.Move(tree, tree + ".away");
        await _host.ScanAsync(rid);
        Assert.Contains((await _host.ItemsAsync($"/repositories/{rid}/refs")).Select(r => (string)r!["reason"]!), r
            => r.Contains("is gone", StringComparison.Ordinal));
        Directory.Move(tree + ".away", tree);
        await CommitAsync(tree, "Back");
        await _host.ScanAsync(rid);
        Assert.Equal("Back", (string)(await _host.SentAsync())[^1].Body["title"]!);
        Assert.DoesNotContain((await _host.ItemsAsync($"/repositories/{rid}/refs")).Select(r => (string)r!["reason"]!), r
            => r.Contains("is gone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji", "rad seed rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji --scope all")]
    [InlineData("rad:nonsense", "no repository id")]
    [InlineData("https://example.org/x.git", "not on this machine")]
    [InlineData("relative/path", "absolute path")]
    [InlineData("/does/not/exist", "does not exist")]
    [InlineData("/proc", "no git repository")]
    [InlineData("", "Say what to track")]
    public async Task what_cannot_be_tracked_is_refused_with_what_to_do(string location, string hint)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/repositories", new { location });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(hint, (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task options_that_make_no_sense_are_refused()
    {
        using var alice = new RadicleTestKey("alice");
        var storage = await RadicleStorage.CreateAsync(
            Path.Combine(_folder, "home", "storage"), "demo", alice, new Dictionary<string, string> { ["a"] = "a" });
        var tree = await WorkTreeAsync("plain");
        foreach (var request in (object[])[
            new { location = storage.Rid, branches = new[] { "dev" } }, new { location = storage.Rid, trusted = new[] { "alice" } },
            new { location = tree, branches = new[] { "--upload-pack=x" } }])
        {
            using var answer = await _host.Client.PostAsJsonAsync("/repositories", request);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }

        Assert.Empty(await _host.ItemsAsync("/repositories"));
    }

    [Fact]
    public async Task many_who_track_the_same_at_once_make_one_repository()
    {
        var tree = await WorkTreeAsync("wanted");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _host.Client.PostAsJsonAsync("/repositories", new
        {
            location = tree,
        })));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(["repository_tracked", "default_branch_advanced"], await _host.SentNamesAsync());
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task changes_of_one_repository_at_the_same_moment_are_all_kept()
    {
        await _host.TrackAsync(await WorkTreeAsync("shared"));
        var rid = (string)(await _host.ItemsAsync("/repositories")).Single()!["rid"]!;
        var keys = Enumerable.Range(0, 6).Select(static i => new RadicleTestKey($"reviewer {i}")).ToList();
        var granted = await Task.WhenAll(keys.Select(k => _host.Client.PostAsync($"/repositories/{rid}/trusted/{k.Did}", null)));
        Assert.All(granted, static a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        var trusted = (await _host.ItemsAsync("/repositories")).Single()!["trusted"]!.AsArray();
        Assert.Equal(
            keys.Select(static k => k.Did).Order(StringComparer.Ordinal),
            trusted.Select(static d => (string)d!).Order(StringComparer.Ordinal));

        var ended = await Task.WhenAll(keys.Select(_ => _host.Client.DeleteAsync($"/repositories/{rid}")));
        Assert.Single(ended, static a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(5, ended.Count(static a => a.StatusCode == HttpStatusCode.NotFound));
        Assert.Single(await _host.SentNamesAsync(), "repository_untracked");
        foreach (var key in keys) key.Dispose();
        foreach (var answer in granted.Concat(ended)) answer.Dispose();
    }

    [Fact]
    public async Task a_commit_to_a_plain_repository_is_seen_at_once_and_not_only_by_the_next_sweep()
    {
        var tree = await WorkTreeAsync("wanted");
        using var answer = await _host.Client.PostAsJsonAsync("/repositories", new { location = tree });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await Eventually.TrueAsync(async () => (await _host.SentNamesAsync()).Count == 2, "its head is told");

        await CommitAsync(tree, "Next");
        await Eventually.TrueAsync(async () => (await _host.SentNamesAsync()).Count == 3, "the commit is told", Observer.SweepEvery / 2);
        await GitAsync(tree, "pack-refs", "--all");
        await CommitAsync(tree, "After packing");
        await Eventually.TrueAsync(
            async () => (await _host.SentNamesAsync()).Count == 4, "the next commit is told", Observer.SweepEvery / 2);
    }

    [Fact]
    public async Task every_commit_to_a_plain_repository_begins_a_trace_of_its_own()
    {
        var tree = await WorkTreeAsync("traced");
        using var answer = await _host.Client.PostAsJsonAsync("/repositories", new { location = tree });
        foreach (var (message, sent) in ((string, int)[])[("First", 3), ("Second", 4)])
        {
            await CommitAsync(tree, message);
            await Eventually.TrueAsync(async () => (await _host.SentNamesAsync()).Count == sent, message);
        }

        Assert.Equal(2L, await _host.ScalarAsync<long>(
            """
            select count(distinct correlation_id) from (
                select correlation_id from ingest.mt_events where type = 'branch_advanced' order by seq_id desc limit 2) commits
            """));
    }

    private async Task<string> WorkTreeAsync(string name)
    {
        var tree = Path.Combine(_folder, name);
        await GitAsync(_folder, "init", "-q", "-b", "main", tree);
        await CommitAsync(tree, "Start");
        return tree;
    }

    private static async Task<string> CommitAsync(string tree, string message)
    {
        await GitAsync(tree, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", message);
        return (await GitCommand.RunAsync(tree, ["rev-parse", "HEAD"], CancellationToken.None)).Trim();
    }

    private static Task<string> GitAsync(string folder, params string[] arguments)
        => GitCommand.RunAsync(folder, arguments, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
