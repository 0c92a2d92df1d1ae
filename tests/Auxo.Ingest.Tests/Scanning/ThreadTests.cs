using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Git;
using Auxo.Ingest.Scanning;
using Auxo.Testing.Radicle;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Ingest.Tests.Scanning;

/// <summary>From signed storage to facts in the queue, through the real service.</summary>
public sealed class ThreadTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly RadicleTestKey _alice = new("alice");
    private readonly RadicleTestKey _bob = new("bob");
    private string _database = "";
    private RadicleStorage _storage = null!;
    private IngestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _storage = await RadicleStorage.CreateAsync(Path.Combine(_home, "storage"), "demo", _alice, Files("README.md", "# demo\n"));
        _host = await IngestHost.StartAsync(_database, _home);
    }

    [Fact]
    public async Task a_tracked_repository_sends_its_default_branch_once_and_leaves_old_patches_alone()
    {
        _storage.OpenPatch(_bob, "Old", Files("old.txt", "x"));
        await _host.TrackAsync(_storage.Rid);
        await _host.ScanAsync(_storage.Rid);
        var sent = await _host.SentAsync();
        Assert.Equal(["repository_tracked", "default_branch_advanced"], sent.Select(s => s.Name));
        Assert.Equal((_storage.Head, _storage.Rid, _alice.Did), (
            (string)sent[1].Body["new"]!, (string)sent[1].Body["source"]!, (string)sent[1].Body["author"]!));

        var refs = await _host.ItemsAsync($"/repositories/{_storage.Rid}/refs");
        Assert.Equal(["default_branch_advanced", null], refs.Select(r => (string?)r!["fact"]));
        Assert.Contains("when the repository was tracked", (string)refs[1]!["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_move_of_the_default_branch_says_which_commits_came_and_what_they_take_back()
    {
        await _host.TrackAsync(_storage.Rid);
        var first = _storage.Commit(Files("a.txt", "x"), "Add a", _storage.Head);
        var second = _storage.Commit(Files("a.txt", "y"), $"Take it back\n\nThis reverts commit {first}.", first);
        var third = _storage.Commit(Files("b.txt", "x"), "Add b", second);
        _storage.Push(_alice, third);
        await _host.ScanAsync(_storage.Rid);

        var brought = (await _host.SentAsync())[^1].Body["brought"]!;
        Assert.Equal([third, second, first], brought["commits"]!.AsArray().Select(static c => (string)c!));
        Assert.Equal(first, (string)brought["reverts"]![0]!["takes"]![0]!);
        Assert.NotNull(brought["firstAuthoredAt"]);
    }

    [Fact]
    public async Task a_branch_that_is_not_built_says_why_until_the_default_branch_contains_it()
    {
        await _host.TrackAsync(_storage.Rid);
        _storage.OpenPatch(_alice, "A patch has a row of its own", Files("a.txt", "x"));
        var commit = _storage.Commit(Files("try.txt", "x"), "Try something", _storage.Head);
        _storage.PushBranch(_alice, "try", commit);
        _storage.PushBranch(_bob, "stranger", commit);
        await _host.ScanAsync(_storage.Rid);

        var branch = Assert.Single(await RefsAsync(), r => (string)r["kind"]! == "branch" && r["fact"] is null);
        Assert.Equal(("try", commit), ((string)branch["name"]!, (string)branch["commit"]!));
        Assert.Equal(
            "Of a Radicle repository the default branch and the patches are built. Open a patch (git push rad HEAD:refs/patches), or "
                + "build it now: auxo ci build.", (string)branch["reason"]!);

        _storage.Push(_alice, commit);
        await _host.ScanAsync(_storage.Rid);
        Assert.DoesNotContain(await RefsAsync(), r => (string)r["name"]! == "try");

        async Task<IReadOnlyList<JsonNode>> RefsAsync() => [.. (await _host.ItemsAsync($"/repositories/{_storage.Rid}/refs"))!];
    }

    [Fact]
    public async Task refs_and_the_timeline_give_the_same_reason_why_a_patch_is_not_built()
    {
        var (patch, _) = _storage.OpenPatch(_bob, "Old", Files("old.txt", "x"));
        await _host.TrackAsync(_storage.Rid);

        var reason = (string)(await _host.ItemsAsync($"/repositories/{_storage.Rid}/refs"))[1]!["reason"]!;
        var entries = await _host.ItemsAsync($"/timeline?rid={_storage.Rid}&patch={patch}");
        Assert.EndsWith(
            $". {reason}", (string)entries.Single(e => (string)e!["what"]! == "patch_revised")!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task webhook_event_and_sweep_at_once_make_one_fact()
    {
        var secret = await _host.TrackAsync(_storage.Rid);
        var (patch, head) = _storage.OpenPatch(_bob, "New", Files("new.txt", "x"));
        using var hook = IngestHost.Hook(IngestHost.PatchBody(_storage.Rid, patch, head), secret);
        await Task.WhenAll(
            _host.Anonymous.SendAsync(hook), _host.ScanAsync(_storage.Rid, DetectedBy.Event),
            _host.ScanAsync(_storage.Rid, DetectedBy.Sweep),
            _host.Client.PostAsync($"/repositories/{_storage.Rid}/sweep", null));
        await _host.ScanAsync(_storage.Rid);

        var opened = Assert.Single(await _host.SentAsync(), s => s.Name == "patch_opened");
        Assert.Equal((head, "Stranger", $"patch/{_storage.Rid}/{patch}"), (
            (string)opened.Body["revision"]!["head"]!, (string)opened.Body["revision"]!["trust"]!, opened.Group));
        Assert.Equal(_storage.Head, (string)opened.Body["revision"]!["canonical"]!);
    }

    [Fact]
    public async Task after_a_downtime_the_tips_are_sent_and_a_restart_alone_sends_nothing()
    {
        await _host.TrackAsync(_storage.Rid);
        await _host.DisposeAsync();
        var (patch, first) = _storage.OpenPatch(_bob, "While away", Files("a.txt", "1"));
        var (revision, second) = _storage.RevisePatch(_bob, patch, first, Files("a.txt", "2"));
        _storage.Push(_alice, _storage.Commit(Files("b.txt", "b"), "Also while away", _storage.Head));

        _host = await IngestHost.StartAsync(_database, _home);
        await Eventually.TrueAsync(async () => (await _host.SentAsync()).Count == 4, "both tips are facts");
        var sent = await _host.SentAsync();
        Assert.Equal((revision, second), (
            (string)Single(sent, "patch_opened")["revision"]!["revisionId"]!, (string)Single(sent, "patch_opened")["revision"]!["head"]!));
        Assert.Equal(_storage.Head, (string)sent.Last(s => s.Name == "default_branch_advanced").Body["new"]!);
        var revisions = (await _host.ItemsAsync($"/patches?rid={_storage.Rid}"))[0]!["revisions"]!.AsArray();
        Assert.Equal(["superseded", "announced"], revisions.Select(r => (string)r!["disposition"]!));

        await _host.DisposeAsync();
        _host = await IngestHost.StartAsync(_database, _home);
        await _host.Services.GetRequiredService<Observer>().Started.WaitAsync(TimeSpan.FromSeconds(30));
        await _host.ScanAsync(_storage.Rid);
        Assert.Equal(4, (await _host.SentAsync()).Count);
    }

    [Fact]
    public async Task a_merge_is_reported_with_the_advance_that_contains_it()
    {
        await _host.TrackAsync(_storage.Rid);
        var (patch, head) = _storage.OpenPatch(_bob, "Good", Files("good.txt", "x"));
        await _host.ScanAsync(_storage.Rid);
        _storage.Push(_alice, head);
        await _host.ScanAsync(_storage.Rid);
        var sent = await _host.SentAsync();
        Assert.Equal(patch, (string)sent.Last(s => s.Name == "default_branch_advanced").Body["patches"]![0]!);
        Assert.Equal((patch, head), ((string)Single(sent, "patch_merged")["patchId"]!, (string)Single(sent, "patch_merged")["commit"]!));
    }

    [Fact]
    public async Task a_strangers_main_is_no_advance_and_trust_can_be_given_and_taken()
    {
        await _host.TrackAsync(_storage.Rid);
        _storage.PushBranch(_bob, "main", _storage.Commit(Files("evil.txt", "x"), "Not canonical", _storage.Head));
        await _host.ScanAsync(_storage.Rid);
        Assert.Equal(2, (await _host.SentAsync()).Count);

        async Task<string> TrustOfNextAsync(string name)
        {
            _storage.OpenPatch(_bob, name, Files(name, "x"));
            await _host.ScanAsync(_storage.Rid);
            return (string)(await _host.SentAsync()).Last(s => s.Name == "patch_opened").Body["revision"]!["trust"]!;
        }

        Assert.Equal("Stranger", await TrustOfNextAsync("one"));
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.PostAsync($"/repositories/{_storage.Rid}/trusted/{_bob.Did}", null))
            .StatusCode);
        Assert.Equal("Trusted", await TrustOfNextAsync("two"));
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.DeleteAsync($"/repositories/{_storage.Rid}/trusted/{_bob.Did}")).StatusCode);
        Assert.Equal("Stranger", await TrustOfNextAsync("three"));
        Assert.Equal(["Trusted", "Stranger"], (await _host.SentAsync()).Where(s => s.Name == "trust_changed")
            .Select(s => (string)s.Body["trust"]!));
    }

    [Fact]
    public async Task the_recorded_storage_of_real_nodes_can_be_tracked_by_its_path()
    {
        const string rid = "z3FncxVBpRsxNgBiagEzr4ZRcGhW7";
        var path = Path.Combine(_home, rid);
        await GitCommand.RunAsync(
            _home, ["clone", "--quiet", "--mirror", Fixtures.Require("radicle/recorded/storage.bundle"), path], CancellationToken.None);
        await _host.TrackAsync(path);
        var repository = (await _host.ItemsAsync("/repositories")).Single()!;
        Assert.Equal(($"rad:{rid}", "demo", "radicle"), (
            (string)repository["rid"]!, (string)repository["name"]!, (string)repository["kind"]!));
        Assert.Equal(6, (await _host.ItemsAsync($"/patches?rid=rad:{rid}")).Count);
        Assert.Equal(["repository_tracked", "default_branch_advanced"], await _host.SentNamesAsync());
    }

    [Fact]
    public async Task tracking_twice_is_fine_and_untracking_ends_it()
    {
        await _host.TrackAsync(_storage.Rid);
        using var again = await _host.Client.PostAsJsonAsync("/repositories", new { location = _storage.Path });
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Null((await again.Content.ReadFromJsonAsync<JsonNode>())!["secret"]);

        Assert.Equal(HttpStatusCode.NoContent, (await _host.Client.DeleteAsync($"/repositories/{_storage.Rid}")).StatusCode);
        Assert.Empty(await _host.ItemsAsync("/repositories"));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.PostAsync($"/repositories/{_storage.Rid}/sweep", null)).StatusCode);
        Assert.Equal("repository_untracked", (await _host.SentNamesAsync())[^1]);

        _storage.OpenPatch(_bob, "Unwatched", Files("x", "x"));
        await _host.TrackAsync(_storage.Rid);
        await _host.ScanAsync(_storage.Rid);
        Assert.DoesNotContain("patch_opened", await _host.SentNamesAsync());
    }

    private static JsonNode Single(IEnumerable<(string Name, JsonNode Body, string? Group)> sent, string name)
        => Assert.Single(sent, s => s.Name == name).Body;

    private static Dictionary<string, string> Files(string path, string content) => new(StringComparer.Ordinal) { [path] = content };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
        _alice.Dispose();
        _bob.Dispose();
    }
}
